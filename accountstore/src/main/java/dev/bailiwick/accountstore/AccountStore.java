package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RepeatableWork;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.TransactionId;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One account store over an engine. Whoever holds this object holds all authority over the store; what it hands out, readers and
 * managers, is narrower.
 *
 * <p>Thread-safe. It does not close the engine: whoever opened that does, and then closes the store.
 */
public final class AccountStore implements AutoCloseable {
    /** For whoever looks for damage: it comes as it is. */
    private final Engine raw;

    /** For everything else: damage below the tables comes as damage of the store. */
    private final Engine engine;

    private final SteadyClock clock;
    private final IdSource ids;
    private final RandomGenerator random;
    private final StoreKeys keys;
    private final Optional<Anchoring> anchoring;

    /** What the anchor holds: where it is kept up, and where it was only read. */
    private final Optional<Anchored> anchored;

    private final AccountCache cache;
    private final AtomicReference<@Nullable Scrub> scrub = new AtomicReference<>();

    /** Touched on the commit lane alone. */
    private final ChainMemory chains = new ChainMemory();

    private final List<CommitListener> listeners = new CopyOnWriteArrayList<>();
    private final List<String> standing = new CopyOnWriteArrayList<>();

    private AccountStore(
            Engine engine,
            SteadyClock clock,
            RandomGenerator random,
            StoreKeys keys,
            Optional<Anchoring> anchoring,
            Optional<Anchored> anchored) {
        this.raw = engine;
        this.engine = new TellingEngine(engine);
        this.clock = clock;
        this.ids = new IdSource(random);
        this.random = random;
        this.keys = keys;
        this.anchoring = anchoring;
        this.anchored = anchored;
        this.cache = new AccountCache(this.engine);
    }

    /** Where the anchor is, and what it holds. */
    private record Anchored(StoreFiles files, Supplier<AnchoredHead> head) {}

    // ---- making and opening ----

    /**
     * Initialises the tables of a new engine and makes the store's key and anchor. The seeds are the first journal entry.
     *
     * @param files where the key and the anchor are to be; neither may exist
     * @param random of the store's id and all later ids; must be a secure one outside tests
     * @throws AnchorException if the anchor exists or cannot be made
     * @throws StoreRefusedException if the seeds break a rule of the store; nothing is then written
     */
    public static AccountStore create(
            Engine engine, StoreFiles files, List<Mutation> seeds, InstantSource clock, RandomGenerator random) {
        boolean isAnchored = !(files.mode() instanceof AnchorMode.None);
        if (isAnchored && Files.exists(files.anchor())) {
            throw new AnchorException(
                    AnchorException.Code.EXISTS,
                    files.anchor(),
                    "there is an anchor at \"" + files.anchor() + "\" already");
        }
        try {
            StoreKey key = StoreKey.create(files.key(), random);
            try {
                initialise(engine, key, seeds, clock, random);
            } catch (RuntimeException e) {
                // Without a store the key is of no use, and would stand in the way of the next attempt.
                Files.delete(files.key());
                throw e;
            }
            SteadyClock steady = steady(engine, clock);
            if (!isAnchored) {
                return unanchored(engine, steady, random, StoreKeys.made(files.key(), key));
            }
            RollbackAnchor anchor = RollbackAnchor.create(files.anchor(), engine.read(Anchoring::headOf));
            return anchored(engine, steady, random, StoreKeys.made(files.key(), key), files, anchor);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Initialises a store that lives as long as its engine: without files, and so without rollback detection. For tests. */
    public static AccountStore createInMemory(
            Engine engine, List<Mutation> seeds, InstantSource clock, RandomGenerator random) {
        StoreKey key = StoreKey.generate(random);
        initialise(engine, key, seeds, clock, random);
        return unanchored(engine, steady(engine, clock), random, StoreKeys.inMemory(key));
    }

    /**
     * Opens an initialised store, if it extends its anchor. Over an engine that is open read-only nothing is written, not even the
     * anchor.
     *
     * @throws AnchorException if the anchor is missing, damaged or of another store, or the store does not extend it
     * @throws CorruptStoreException if what is read on opening is damaged
     * @throws ClockSetBackException if the clock is before the store's last entry by more than clocks are corrected by in good order
     */
    public static AccountStore open(Engine engine, StoreFiles files, InstantSource clock, RandomGenerator random) {
        CheckpointKey expected = engine.read(view -> {
            Meta.load(view);
            return Meta.publicKey(view);
        });
        StoreKeys keys = StoreKeys.open(files.key(), expected, engine.state() == Engine.State.OPEN);
        if (files.mode() instanceof AnchorMode.None) {
            requireTail(engine, clock);
            return unanchored(engine, steady(engine, clock), random, keys);
        }
        return switch (engine.state()) {
            case OPEN -> {
                RollbackAnchor anchor = openAnchor(engine, files, clock);
                yield anchored(engine, steady(engine, clock), random, keys, files, anchor);
            }
            case READ_ONLY, FAILED, CLOSED -> {
                AnchoredHead anchored = RollbackAnchor.read(files.anchor());
                requireExtends(engine, anchored, files);
                requireTail(engine, clock);
                yield new AccountStore(
                        engine,
                        steady(engine, clock),
                        random,
                        keys,
                        Optional.empty(),
                        Optional.of(new Anchored(files, () -> anchored)));
            }
        };
    }

    /** The anchor, once the store is known to extend it, moved to where the store is. */
    private static RollbackAnchor openAnchor(Engine engine, StoreFiles files, InstantSource clock) {
        RollbackAnchor anchor = RollbackAnchor.open(files.anchor());
        try {
            requireExtends(engine, anchor.head(), files);
            requireTail(engine, clock);
            // A group that was synced but not acknowledged when the process died is anchored now. And what was read may
            // be in the
            // system's memory only, if the process before could not sync it; so it is written even if it is this head.
            anchor.advance(engine.read(Anchoring::headOf));
            return anchor;
        } catch (RuntimeException e) {
            anchor.close();
            throw e;
        }
    }

    private static void requireExtends(Engine engine, AnchoredHead expected, StoreFiles files) {
        engine.read(view -> {
            Anchoring.requireExtends(view, expected, files.anchor());
            return true;
        });
    }

    /**
     * The head that the anchor of a store holds; empty if there is none, or none is wanted, or it is damaged.
     *
     * @throws AnchorException if it cannot be read
     */
    public static Optional<AnchoredHead> anchoredHead(StoreFiles files) {
        try {
            return RollbackAnchor.readIfThere(files);
        } catch (AnchorException e) {
            if (e.code() == AnchorException.Code.CORRUPT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The head that a store states; empty if it cannot be read. */
    public static Optional<AnchoredHead> headOf(Engine engine) {
        return engine.read(RecoverySource::statedHead);
    }

    /**
     * Puts an anchor that holds {@code head} in place of whatever is there. Only a recovery or an import does this: it is what
     * moves a store to its next epoch.
     *
     * @throws AnchorException if it cannot be written
     */
    public static void replaceAnchor(StoreFiles files, AnchoredHead head) {
        RollbackAnchor.replace(files.anchor(), head);
    }

    /** Refuses a store without its newest entries, and a clock that is before them. */
    private static void requireTail(Engine engine, InstantSource clock) {
        engine.read(view -> {
            HashChain.JOURNAL.requireTail(view);
            HashChain.AUDIT.requireTail(view);
            Instant last = lastTime(view);
            Instant now = now(clock);
            if (now.isBefore(last.minus(StoreLimits.CLOCK_CORRECTION))) {
                throw new ClockSetBackException(now, last);
            }
            return true;
        });
    }

    /** When either chain was last written to. */
    static Instant lastTime(View view) {
        Instant journal = HashChain.JOURNAL.lastTime(view);
        Instant audit = HashChain.AUDIT.lastTime(view);
        return audit.isAfter(journal) ? audit : journal;
    }

    private static SteadyClock steady(Engine engine, InstantSource clock) {
        return SteadyClock.following(clock, engine.read(AccountStore::lastTime));
    }

    private static AccountStore anchored(
            Engine engine,
            SteadyClock clock,
            RandomGenerator random,
            StoreKeys keys,
            StoreFiles files,
            RollbackAnchor anchor) {
        Anchoring anchoring = new Anchoring(anchor, files.mode(), clock);
        engine.addDurabilityHook(anchoring);
        return new AccountStore(
                engine,
                clock,
                random,
                keys,
                Optional.of(anchoring),
                Optional.of(new Anchored(files, anchoring::anchored)));
    }

    private static AccountStore unanchored(Engine engine, SteadyClock clock, RandomGenerator random, StoreKeys keys) {
        return new AccountStore(engine, clock, random, keys, Optional.empty(), Optional.empty());
    }

    private static void initialise(
            Engine engine, StoreKey key, List<Mutation> seeds, InstantSource clock, RandomGenerator random) {
        IdSource ids = new IdSource(random);
        // The store is named by its first transaction, so that the journal proves which store it is of.
        TransactionId first = TransactionId.of(ids.next());
        List<Mutation> all = new ArrayList<>(seeds);
        all.add(Mutation.create(RecordId.of(ids.next()), new StoreKeyContent(key.publicKey(), Optional.empty())));
        Transaction transaction = new Transaction(
                first, now(clock), new Actor.Manifest(), "store.init", Optional.empty(), all, List.of());
        StateMachine.Command command = StateMachine.Command.of(transaction);
        Meta meta = new Meta(Meta.FORMAT, StoreId.of(first.toBytes()), 1, 0);
        engine.commit(txn -> {
            Rows empty = new Rows(txn);
            meta.write(empty);
            HashChain.JOURNAL.writeHead(HashChain.State.empty(), empty);
            HashChain.AUDIT.writeHead(HashChain.State.empty(), empty);
            empty.writeTo(txn);
            StateMachine.Transition transition = StateMachine.apply(txn, command);
            switch (transition.result()) {
                case CommitResult.Committed committed ->
                    transition.rows().orElseThrow().writeTo(txn);
                case CommitResult.Conflict conflict ->
                    throw new StoreRefusedException("the store is initialised already");
                case CommitResult.Rejected(Rejection code, String message) ->
                    throw new StoreRefusedException(code.text() + ": " + message);
            }
            return true;
        });
    }

    // ---- what the store hands out ----

    /** Lookups of accounts, the newest versions from memory where possible. */
    public AccountStoreReader accounts() {
        return new LiveAccountReader(engine, cache);
    }

    /** Changes of accounts. */
    public AccountStoreManager accountManager() {
        return new LiveAccountManager(this::commitThrough, new Reading(engine), clock, ids);
    }

    /** Verifiers, for the credential service alone. */
    public CredentialReader credentials() {
        return new LiveCredentialReader(engine);
    }

    /** Lookups of resource profiles. */
    public ResourceProfileReader resourceProfiles() {
        return new LiveResourceProfileReader(new Reading(engine));
    }

    /** Changes of resource profiles. */
    public ResourceProfileManager resourceProfileManager() {
        return new LiveResourceProfileManager(this::commitThrough, new Reading(engine), clock, ids);
    }

    /** Changes of policy profiles. */
    public PolicyProfileManager policyProfileManager() {
        return new LivePolicyProfileManager(this::commitThrough, new Reading(engine), clock, ids);
    }

    /** Changes of the role catalogue. */
    public PolicyVersionManager policyVersionManager() {
        return new LivePolicyVersionManager(this::commitThrough, new Reading(engine), clock, ids);
    }

    /** Checks links, hashes, tree and head of the whole audit chain, and that it reaches what the anchor holds. */
    public AuditReport verifyAudit() {
        // Read before the state is, so that a later commit cannot move the anchor past what is being verified.
        return Verifier.auditChain(raw, anchored.map(Anchored::head).map(Supplier::get));
    }

    /** Lookups of policy. */
    public PolicyReader policy() {
        return new LivePolicyReader(new Reading(engine));
    }

    /** The audit chain. */
    public AuditLog auditLog() {
        return new LiveAuditLog(engine, chains);
    }

    /**
     * Writes the published state as an export, one frame at a time: every record version but credentials, both chains and a signed
     * checkpoint.
     *
     * @throws CorruptStoreException if something in the store is damaged
     * @throws UncheckedIOException if {@code out} cannot be written
     */
    public ExportSummary export(OutputStream out) {
        return export(out, ExportCredentials.WITHHELD);
    }

    /**
     * The same with credentials, so that nobody has to enrol again after an import: whoever has it has the verifiers. Who made it, and when, is
     * audited before the first byte is written; where that is not possible nothing is written.
     *
     * @param by who makes it
     * @param where it goes to, in words
     * @throws dev.bailiwick.engine.EngineException if it cannot be audited, among other reasons because the store is open read-only
     * @throws CorruptStoreException if something in the store is damaged
     * @throws UncheckedIOException if {@code out} cannot be written
     */
    public ExportSummary exportWithCredentials(OutputStream out, Actor by, String where) {
        auditLog()
                .append(List.of(AuditEvent.of(now(clock), "store.export", "ok", Optional.of(by))
                        .withNewValue(AuditEvent.shortened("with credentials, to " + where))));
        return export(out, ExportCredentials.INCLUDED);
    }

    ExportSummary export(OutputStream out, ExportCredentials credentials) {
        return engine.read(view -> ExportWriter.write(
                view, keys.signing(Meta.publicKey(view)), credentials == ExportCredentials.INCLUDED, out));
    }

    /**
     * Copies this store's audit chain, as it is and as it grows, to a file that it goes on with: for a store in memory, of which nothing
     * is left when it ends. Whoever asks closes it, after the engine.
     *
     * @throws UncheckedIOException if the file cannot be written
     */
    public EmergencyLog logTo(Path file) {
        return EmergencyLog.follow(engine, file);
    }

    /**
     * Takes what such a file holds over into this store's audit chain.
     *
     * @return how many events that were
     * @throws UncheckedIOException if the file cannot be read
     */
    public long takeOverLog(Path file) {
        long[] taken = new long[1];
        List<AuditEvent> waiting = new ArrayList<>();
        Runnable flush = () -> {
            if (!waiting.isEmpty()) {
                auditLog().append(waiting);
                taken[0] += waiting.size();
                waiting.clear();
            }
        };
        long broken = EmergencyLog.read(file, event -> {
            waiting.add(event.ofEmergency());
            if (waiting.size() >= StoreLimits.AUDIT_EVENTS) {
                flush.run();
            }
        });
        flush.run();
        String text = taken[0] + " events taken over from " + file.getFileName()
                + (broken == 0 ? "" : "; " + broken + " lines of it are damaged, or do not follow the one before");
        auditLog()
                .append(List.of(AuditEvent.of(
                                now(clock),
                                AuditEvent.EMERGENCY,
                                broken == 0 ? "ok" : "corrupt",
                                Optional.of(new Actor.Daemon()))
                        .withNewValue(AuditEvent.shortened(text))));
        return taken[0];
    }

    /** Integrity inspection. */
    public StoreInspector inspector() {
        return new LiveInspector(raw, keys, anchored.map(Anchored::head), clock);
    }

    /**
     * Lines that the store's key vouches for, below a first line that names the store and the topic.
     *
     * @param topic what they are about, small letters
     * @param text at least one line, none empty, each ended by a newline
     */
    public SignedStatement statement(String topic, String text) {
        return engine.read(view -> SignedStatement.of(view, topic, text, keys));
    }

    /** Proofs for others. */
    public Prover prover() {
        return new LiveProver(engine, keys);
    }

    /**
     * Begins to check all that is stored, over and over, in the background. Whoever starts it closes it, before the engine.
     *
     * @param position where it keeps how far it is
     * @param rowsPerSecond at most, at least 1
     */
    public Scrub startScrub(Path position, int rowsPerSecond) {
        Scrub started = new Scrub(raw, auditLog(), clock, position).start(rowsPerSecond);
        scrub.set(started);
        return started;
    }

    /** How far the background check is, if there is one. */
    public Optional<ScrubStatus> scrubStatus() {
        return Optional.ofNullable(scrub.get()).map(Scrub::status);
    }

    /** Takes the background check through a whole pass now, if there is one. */
    public Optional<ScrubStatus> scrubNow() {
        return Optional.ofNullable(scrub.get()).map(Scrub::runPass);
    }

    /** Whether commits are spared looking up ids that were never used. */
    boolean knowsUsedIds() {
        return chains.ids().isComplete();
    }

    /** Applies {@code reader} to one published state. The snapshot must not be kept. */
    public <T> T read(Function<StoreSnapshot, T> reader) {
        return engine.read(view -> reader.apply(new ViewSnapshot(view)));
    }

    /** Adds a listener to all commits from now on. */
    public void addCommitListener(CommitListener listener) {
        listeners.add(listener);
    }

    /** Commits any transaction and waits until the answer is durable. Managers narrow which records it may write. */
    public CommitResult commit(Transaction transaction) {
        return commitThrough(transaction, CommitGate.alwaysOpen());
    }

    private CommitResult commitThrough(Transaction transaction, CommitGate gate) {
        return engine.commit(new GatedCommit(gate, StateMachine.Command.of(transaction)));
    }

    /**
     * Lets a new key sign for the store. The key in use names it in a statement that is part of its journal entry, so that whoever
     * trusts the one comes to trust the other; what the old key signed before stays good.
     *
     * @throws UncheckedIOException if the new key cannot be written, and nothing has changed; or if it cannot be moved to its place,
     *     though it is in use, which the message says
     */
    public CommitResult rotateKey(Attribution by) {
        synchronized (keys) {
            StoreKey next = keys.prepare(random);
            CommitResult result = commitInLane(by.gate(), txn -> StateMachine.Command.of(rotation(txn, next, by)));
            switch (result) {
                case CommitResult.Committed committed -> keys.promote();
                case CommitResult.Conflict conflict -> keys.discard();
                case CommitResult.Rejected rejected -> keys.discard();
            }
            return result;
        }
    }

    /**
     * Derives the index anew from the records, and audits that it was done. Commits wait meanwhile: it is for maintenance.
     *
     * @throws CorruptStoreException if a record is damaged; nothing is written then, but what passes before it found
     */
    public IndexReport rebuildIndexes(Attribution by) {
        long written = 0;
        long removed = 0;
        IndexRebuild.Pass pass;
        do {
            pass = engine.commit(IndexRebuild::run);
            written += pass.written();
            removed += pass.removed();
        } while (!pass.changedNothing());
        auditLog().append(List.of(AuditEvent.of(now(clock), "store.rebuild-indexes", "ok", Optional.of(by.actor()))));
        return new IndexReport(pass.rows(), written, removed);
    }

    /** Drafted in the lane, because the statement says which journal entry records it. */
    private Transaction rotation(View view, StoreKey next, Attribution by) {
        Meta meta = Meta.load(view);
        Stored<?> record = new Records(view)
                .byIndex(Keys.storeKey())
                .orElseThrow(() -> new CorruptStoreException("store key", "its record is missing"));
        StoreKey inUse = keys.signing(Meta.publicKey(view));
        KeyStatement statement = new KeyStatement(
                Checkpoint.originOf(meta.storeId(), meta.storeEpoch()),
                HashChain.JOURNAL.head(view).size() + 1,
                inUse.publicKey(),
                next.publicKey());
        return new Transaction(
                TransactionId.of(ids.next()),
                now(clock),
                by.actor(),
                "store.rotate-key",
                by.approval(),
                List.of(Mutation.replace(
                        record,
                        new StoreKeyContent(
                                next.publicKey(),
                                Optional.of(statement.signed(inUse, next).toString())))),
                List.of());
    }

    private CommitResult commitInLane(CommitGate gate, Function<View, StateMachine.Command> drafting) {
        return engine.commit(txn -> {
            // INVARIANT (no change overtakes a revocation): gates are closed on this lane, before an acknowledgement.
            Optional<String> closed = gate.closed();
            return closed.isPresent() ? revoked(closed.get()) : apply(txn, drafting.apply(txn));
        });
    }

    private static CommitResult revoked(String why) {
        return new CommitResult.Rejected(Rejection.REVOKED, why);
    }

    private CommitResult apply(Txn txn, StateMachine.Command command) {
        StateMachine.Transition transition = StateMachine.apply(txn, command, chains);
        if (transition.rows().isPresent() && transition.result() instanceof CommitResult.Committed(Receipt receipt)) {
            transition.rows().get().writeTo(txn);
            if (chains.ids().counted(receipt.sequence())) {
                txn.beforeAcknowledge(() -> chains.ids().load(raw));
            }
            txn.beforePublish(() -> cache.suspend(receipt));
            txn.beforeAcknowledge(() -> {
                cache.invalidate(receipt);
                if (!listeners.isEmpty()) {
                    List<RecordContent> written = command.transaction().mutations().stream()
                            .map(Mutation::content)
                            .toList();
                    listeners.forEach(listener -> listener.committing(receipt, written));
                }
            });
        }
        return transition.result();
    }

    /**
     * One command behind a gate. The lane may run it ahead: all that it touches but its rows is {@link ChainMemory}, which answers only
     * while the rows agree.
     */
    private final class GatedCommit implements RepeatableWork<CommitResult> {
        private final CommitGate gate;
        private final StateMachine.Command command;
        private Optional<String> closed = Optional.empty();

        GatedCommit(CommitGate gate, StateMachine.Command command) {
            this.gate = gate;
            this.command = command;
        }

        @Override
        public CommitResult run(Txn txn) {
            closed = gate.closed();
            return closed.isPresent() ? revoked(closed.get()) : apply(txn, command);
        }

        /** INVARIANT (no change overtakes a revocation): gates are closed before an acknowledgement, and this is asked after it. */
        @Override
        public boolean holds() {
            return gate.closed().equals(closed);
        }
    }

    /** The newest head that the anchor holds; empty for a store in memory, which has none. */
    public Optional<AnchoredHead> anchored() {
        return anchored.map(Anchored::head).map(Supplier::get);
    }

    /** What keeps this store from being turned back unnoticed, now. */
    public RollbackDetection rollbackDetection() {
        return anchored.map(place -> RollbackDetection.of(
                        place.files(), place.head().get(), inspector().head().journalSize()))
                .orElseGet(RollbackDetection::none);
    }

    /** The clock that the store's times come from: the machine's, except that it never goes back. */
    public SteadyClock clock() {
        return clock;
    }

    /** Adds something that an operator should look at, for as long as the store is open. */
    public void warn(String sentence) {
        standing.add(sentence);
    }

    /** What an operator should look at, a sentence each; empty when all is well. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>(standing);
        anchoring.flatMap(Anchoring::failure).ifPresent(why -> warnings.add("the anchor does not follow: " + why));
        scrubStatus().ifPresent(status -> {
            status.findings()
                    .forEach(finding ->
                            warnings.add((finding.isDamage() ? "the store is damaged: " : "the store cannot be read: ")
                                    + finding.what() + ": " + finding.message()
                                    + "; run 'account-admin store verify'"));
            status.stopped()
                    .ifPresent(why -> warnings.add("the check in the background has stopped, and damage goes unseen: "
                            + why + "; restart the daemon"));
        });
        clock.setBack()
                .ifPresent(
                        by -> warnings.add(
                                "the machine's clock was set back by " + by.toSeconds()
                                        + " s; time goes on from where it was, but a restart will be refused until the clock is right"));
        return warnings;
    }

    /**
     * Anchors what is not yet anchored and lets go of the files. Close the engine first: it still finishes queued work, which is
     * anchored too.
     */
    @Override
    public void close() {
        anchoring.ifPresent(Anchoring::close);
    }

    static Instant now(InstantSource clock) {
        return Instant.ofEpochMilli(clock.millis());
    }
}
