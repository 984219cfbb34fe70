package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who lets whom use which namespace. Each share has a row under its owner and one under its recipient, written together.
 *
 * <p>Thread-safe. All methods throw {@link CorruptStorageException} when a row they need is damaged, and {@link EngineException} when
 * the engine refuses or fails.
 */
public final class ShareTable {
    /** Shares that one principal has given and not ended. */
    public static final int GIVEN = 64;

    /** Shares that one principal has received: nobody can fill another's list beyond it. */
    public static final int RECEIVED = 256;

    private final Engine engine;

    /** The shares in {@code engine}. */
    public ShareTable(Engine engine) {
        this.engine = engine;
    }

    /**
     * Shares the namespace at a path below a root. Those of the same owner that have expired are forgotten on the way.
     *
     * @param home the root's own namespace, as its owner holds it; its gate is asked in the commit lane
     * @param path of a namespace below, not the root itself
     */
    public ShareResult add(
            Namespace home,
            String path,
            Id128 id,
            PrincipalId owner,
            PrincipalId recipient,
            boolean readOnly,
            long nowMs,
            long expiresAtMs) {
        return switch (EntryPath.parse(path, home.limits())) {
            case EntryPath.Parsed.Invalid(Denied why) -> why;
            case EntryPath.Parsed.Valid(EntryPath entryPath) ->
                located(
                        owner,
                        () -> engine.commit(txn -> {
                            Optional<Denied> closed = closed(home.access().gate());
                            if (closed.isPresent()) {
                                return closed.get();
                            }
                            RootRows rows = new RootRows(txn, home.access().root());
                            if (rows.live().isEmpty()) {
                                return Denials.rootGone();
                            }
                            return switch (rows.walk(Base.ROOT, entryPath)) {
                                case RootRows.Walk.Self ignored -> Denials.sharesAll();
                                case RootRows.Walk.Missing ignored -> Denials.notFound(path);
                                case RootRows.Walk.Blocked(String at) -> Denials.notANamespace(at);
                                case RootRows.Walk.BaseGone() -> Denials.baseGone();
                                case RootRows.Walk.Found(RootRows.Place _, EntryRow entry) ->
                                    switch (entry.target()) {
                                        case EntryRow.Target.Content ignored -> Denials.notANamespace(path);
                                        case EntryRow.Target.Child(long node) ->
                                            put(
                                                    txn,
                                                    new Share(
                                                            id,
                                                            owner,
                                                            recipient,
                                                            home.access().root(),
                                                            node,
                                                            path,
                                                            readOnly,
                                                            nowMs,
                                                            expiresAtMs));
                                    };
                            };
                        }));
        };
    }

    private static ShareResult put(Txn txn, Share share) {
        int given = 0;
        for (Share other : given(txn, share.owner())) {
            if (other.hasExpired(share.createdAtMs())) {
                delete(txn, other);
            } else {
                given++;
            }
        }
        if (given >= GIVEN) {
            return new Denied.QuotaExceeded("sharesGiven", GIVEN, given, 1);
        }
        int received = received(txn, share.recipient()).size();
        if (received >= RECEIVED) {
            return new Denied.QuotaExceeded("sharesReceived", RECEIVED, received, 1);
        }
        put(txn, StorageTables.SHARES, ShareRow.key(share.owner(), share.id()), ShareRow.body(share));
        put(
                txn,
                StorageTables.SHARES_RECEIVED,
                ShareRow.key(share.recipient(), share.id()),
                ByteBuffer.wrap(share.owner().toBytes()));
        return new ShareResult.Shared(share);
    }

    /** All shares that a principal has given, by id; expired ones may be among them. */
    public List<Share> given(PrincipalId owner) {
        return located(owner, () -> engine.read(view -> given(view, owner)));
    }

    private static List<Share> given(View view, PrincipalId owner) {
        List<Share> found = new ArrayList<>();
        byte[] prefix = owner.toBytes();
        view.scan(
                StorageTables.SHARES,
                prefix,
                Keys.after(prefix),
                (key, value) -> found.add(ShareRow.decode(owner, key, Seal.open(StorageTables.SHARES, key, value))));
        return found;
    }

    /** All shares that a principal has received, by id; expired ones may be among them. */
    public List<Share> received(PrincipalId recipient) {
        return located(recipient, () -> engine.read(view -> received(view, recipient)));
    }

    private static List<Share> received(View view, PrincipalId recipient) {
        List<Share> found = new ArrayList<>();
        byte[] prefix = recipient.toBytes();
        view.scan(StorageTables.SHARES_RECEIVED, prefix, Keys.after(prefix), (key, value) -> {
            share(view, ownerOf(key, value), ShareRow.idOf(key)).ifPresent(found::add);
            return true;
        });
        return found;
    }

    /** One that a principal has received; empty if there is none of that id. */
    public Optional<Share> received(PrincipalId recipient, Id128 id) {
        byte[] key = ShareRow.key(recipient, id);
        return located(
                recipient,
                () -> engine.read(view -> Optional.ofNullable(view.get(StorageTables.SHARES_RECEIVED, key))
                        .flatMap(value -> share(view, ownerOf(key, value), id))));
    }

    private static PrincipalId ownerOf(byte[] key, byte[] value) {
        ByteBuffer body = Seal.open(StorageTables.SHARES_RECEIVED, key, value);
        Body.requireLength(body, Id128.BYTES);
        return PrincipalId.of(Body.bytes(body, Id128.BYTES));
    }

    private static Optional<Share> share(View view, PrincipalId owner, Id128 id) {
        byte[] key = ShareRow.key(owner, id);
        return Optional.ofNullable(view.get(StorageTables.SHARES, key))
                .map(value -> ShareRow.decode(owner, key, Seal.open(StorageTables.SHARES, key, value)));
    }

    /**
     * Ends a share of that owner.
     *
     * @param gate asked in the commit lane
     * @param before run once it is durable and before this returns; it must not block
     */
    public RemoveResult remove(PrincipalId owner, Id128 id, EffectGate gate, Runnable before) {
        return located(
                owner,
                () -> engine.commit(txn -> {
                    Optional<Denied> closed = closed(gate);
                    if (closed.isPresent()) {
                        return closed.get();
                    }
                    Optional<Share> share = share(txn, owner, id);
                    if (share.isEmpty()) {
                        return Denials.noShare();
                    }
                    delete(txn, share.get());
                    txn.beforeAcknowledge(before);
                    return new RemoveResult.Removed();
                }));
    }

    private static void delete(Txn txn, Share share) {
        txn.delete(StorageTables.SHARES, ShareRow.key(share.owner(), share.id()));
        txn.delete(StorageTables.SHARES_RECEIVED, ShareRow.key(share.recipient(), share.id()));
    }

    private static Optional<Denied> closed(EffectGate gate) {
        return gate.closed().map(why -> Denied.because(DenialCode.REVOKED, why, ""));
    }

    private static void put(Txn txn, Table table, byte[] key, ByteBuffer body) {
        txn.put(table, key, Seal.seal(table, key, body));
    }

    /** Verifies the shares that a principal has given and received. */
    static void audit(View view, PrincipalId principal, Findings findings) {
        String what = "shares of " + principal;
        byte[] prefix = principal.toBytes();
        findings.reading(what, () -> {
            view.scan(StorageTables.SHARES, prefix, Keys.after(prefix), (key, value) -> {
                findings.decode(StorageTables.SHARES, key, value, what, body -> ShareRow.decode(principal, key, body))
                        .filter(share ->
                                view.get(StorageTables.SHARES_RECEIVED, ShareRow.key(share.recipient(), share.id()))
                                        == null)
                        .ifPresent(share -> findings.add("missing", what, "its recipient does not find one of them"));
                return true;
            });
            view.scan(StorageTables.SHARES_RECEIVED, prefix, Keys.after(prefix), (key, value) -> {
                findings.decode(StorageTables.SHARES_RECEIVED, key, value, what, body -> {
                            Body.requireLength(body, Id128.BYTES);
                            return PrincipalId.of(Body.bytes(body, Id128.BYTES));
                        })
                        .filter(owner ->
                                view.get(StorageTables.SHARES, ShareRow.key(owner, ShareRow.idOf(key))) == null)
                        .ifPresent(owner -> findings.add("orphan", what, "nobody has given one of them"));
                return true;
            });
        });
    }

    private static <T> T located(PrincipalId principal, Supplier<T> call) {
        try {
            return call.get();
        } catch (BadRowException e) {
            throw new CorruptStorageException("shares of " + principal, "", e);
        } catch (EngineException e) {
            if (e.code() == EngineException.Code.CORRUPT || e.code() == EngineException.Code.LOST) {
                throw new CorruptStorageException("shares of " + principal, "", e);
            }
            throw e;
        }
    }
}
