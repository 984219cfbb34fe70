package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.Release;
import java.util.List;
import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/**
 * One connection between two vats: the protocol, without any input or output. {@link #handle} takes the peer's messages one
 * after another from a single thread; ours go to an {@link Outbound}, in the order in which the peer shall see them.
 *
 * <p>This class routes messages and ends the connection. What they mean is the business of its parts: {@link Questions},
 * {@link Answers}, {@link ExportTable} and {@link ImportTable}, the protocol's four tables, and {@link Resolutions} for promises
 * and embargoes.
 *
 * <h2>Locking</h2>
 *
 * All parts are guarded by one {@link VatLock}, under which nothing foreign runs.
 *
 * <h2>Order</h2>
 *
 * Messages are made under the lock, so what one thread calls leaves in the order of its calls. What arrives is delivered by the
 * thread that calls {@link #handle}, each message wholly before the next. Together with the queues of {@link PromiseClient} and
 * the embargoes of {@link RemotePromise} that gives E-order.
 *
 * <h2>References</h2>
 *
 * The export table counts the references that went to the peer, the import table those that came from it.
 */
final class VatConnection {
    /** The pause before each read from a peer that has taken its window. It also bounds how late its end is noticed. */
    static final long SLOWEST_READING_NANOS = 100_000_000;

    /** What an entry of a table takes, roughly. */
    private static final long ENTRY_BYTES = 256;

    private static final System.Logger LOG = System.getLogger(VatConnection.class.getName());

    private final ClientHook bootstrap;
    private final ListenerBudget.Account account;
    private final VatLock lock;
    private final Link link;

    private final ExportTable exports;
    private final ImportTable imports;
    private final Resolutions resolutions;
    private final Questions questions;
    private final Answers answers;
    private final Envelope envelope = new Envelope(); // of the thread that handles messages
    private volatile List<String> faults = List.of();

    /** A connection that offers that object to the peer, and owns the reference to it. */
    VatConnection(ClientHook ownedBootstrap, Outbound out, Limits limits) {
        this(ownedBootstrap, out, limits, ListenerBudget.unbounded());
    }

    /** As {@link #VatConnection(ClientHook, Outbound, Limits)}, of which that account says how much it keeps in memory. */
    VatConnection(ClientHook ownedBootstrap, Outbound out, Limits limits, ListenerBudget.Account account) {
        this.bootstrap = ownedBootstrap;
        this.account = account;
        this.lock = new VatLock(this::releaseLocked, this::noteKept, out::flush);
        this.link = new Link(out, limits, lock);
        this.exports = new ExportTable(lock);
        this.imports = new ImportTable(this, lock, link.writer, limits.imports());
        CapTranslator caps = new CapTranslator(this, exports, imports, limits);
        this.resolutions = new Resolutions(this, link, caps, exports);
        this.questions = new Questions(this, link, caps, exports, resolutions);
        this.answers = new Answers(this, link, caps, exports);
    }

    // ---- the parts

    Questions questions() {
        return questions;
    }

    Answers answers() {
        return answers;
    }

    ImportTable imports() {
        return imports;
    }

    Resolutions resolutions() {
        return resolutions;
    }

    // ---- hooks

    /** Does it when the lock is free. Under the lock. */
    void later(Runnable action) {
        lock.later(action);
    }

    /** The peer's public object. */
    ClientHook bootstrap() {
        return questions.bootstrap();
    }

    /** One of this connection's hooks has lost its last reference. Never blocks. */
    void dropped(ClientHook hook) {
        lock.dropped(hook);
    }

    private void releaseLocked(ClientHook hook) {
        switch (hook) {
            case RemoteTarget.Imported client -> imports.release(client);
            case RemoteTarget.Promised promised -> questions.promiseDropped(promised.question());
            default -> throw new IllegalStateException("no hook of a connection");
        }
    }

    /** Notes what is kept for the peer, and ends a connection that has taken too much. Under the lock, when it is going to be freed. */
    private void noteKept() {
        if (!link.isClosed()) {
            long entries =
                    (long) questions.size() + answers.size() + exports.size() + imports.size() + resolutions.size();
            if (!account.keep(answers.bytes() + entries * ENTRY_BYTES)) {
                abortBeyond();
            }
        }
    }

    /** Ends the connection if it has taken more memory than was to be had, and gives what it can of that back at once. */
    void abortBeyond() {
        String beyond = account.beyond();
        if (beyond != null) {
            link.out.dropUnsent();
            abort(beyond);
        }
    }

    // ---- the peer's messages

    /**
     * Takes a message from the peer; returns when it was delivered. Never throws: a message that breaks the rules ends this
     * connection and nothing else.
     */
    void handle(MessageView view) {
        try {
            switch (envelope.open(view)) {
                case CALL -> answers.handleCall(envelope, view);
                case RETURN -> questions.handleReturn(envelope, view);
                case FINISH -> answers.handleFinish(envelope);
                case RELEASE -> handleRelease(reader(view).getRelease());
                case RESOLVE -> resolutions.handleResolve(reader(view).getResolve());
                case DISEMBARGO -> resolutions.handleDisembargo(reader(view).getDisembargo(), view);
                case BOOTSTRAP -> answers.handleBootstrap(reader(view).getBootstrap(), bootstrap);
                case ABORT ->
                    close(RpcException.disconnected("peer aborted the connection: "
                            + WireExceptions.read(reader(view).getAbort()).reason()));
                case UNIMPLEMENTED -> handleUnimplemented(reader(view).getUnimplemented());
                case PROVIDE, ACCEPT, JOIN, OBSOLETE_SAVE, OBSOLETE_DELETE, _NOT_IN_SCHEMA -> sendUnimplemented(view);
            }
            if (link.out.backlog() > link.limits.window()) {
                answers.requireRoom();
            }
        } catch (ProtocolException broken) {
            reject(view, broken.reason());
        } catch (DecodeException malformed) {
            reject(view, "malformed message: " + malformed.getMessage());
        } catch (RuntimeException unforeseen) {
            // Whatever a hostile message sets off must cost its sender, and nobody else.
            String reason = RpcException.of(unforeseen).reason();
            reject(view, "message could not be handled: " + reason);
        } finally {
            envelope.close();
        }
    }

    private static Message.Reader reader(MessageView view) {
        return Envelope.reader(view);
    }

    private void reject(MessageView view, String reason) {
        abort(reason);
        view.releaseCaps();
    }

    private void handleRelease(Release.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (!link.isClosed()) {
                exports.release(message.getId(), message.getReferenceCount());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The peer did not understand a message of ours. Where there is a way to go on without it, that way is taken. */
    private void handleUnimplemented(Message.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            switch (message.which()) {
                case BOOTSTRAP -> questions.notTaken(message.getBootstrap().getQuestionId());
                case CALL -> questions.notTaken(message.getCall().getQuestionId());
                case RESOLVE -> resolutions.resolveNotTaken(message.getResolve());
                case DISEMBARGO -> resolutions.disembargoNotTaken(message.getDisembargo());
                case UNIMPLEMENTED -> {} // what was sent back to the peer is of no use to it either
                case RETURN, FINISH, RELEASE, ABORT ->
                    throw new ProtocolException("peer lacks a message this connection cannot do without");
                case PROVIDE, ACCEPT, JOIN, OBSOLETE_SAVE, OBSOLETE_DELETE, _NOT_IN_SCHEMA ->
                    throw new ProtocolException("peer sent back a message that it was not sent");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends a message back that is not understood here. */
    void sendUnimplemented(MessageView view) throws ProtocolException {
        lock.lock();
        try {
            link.writer.unimplemented(view);
            answers.checkBacklog();
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    /** As {@link #abort}, from under the lock while a message is being made. */
    void abortLater(String reason) {
        lock.later(() -> abort(reason));
    }

    /** Ends the connection because of something the peer did, and tells it. */
    void abort(String reason) {
        RpcException failure = RpcException.disconnected(reason);
        lock.lock();
        try {
            if (!link.isClosed()) {
                try {
                    link.writer.abort(reason);
                } finally { // whether or not it can be told why
                    close(failure);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection: everything that depends on it fails with that reason. Does nothing the second time. */
    void close(RpcException reason) {
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            report(selfCheck());
            link.close(reason);
            questions.close(reason);
            imports.close(reason);
            resolutions.close(reason);
            answers.close(reason);
            exports.close();
            lock.later(bootstrap::release);
            link.writer.close();
            lock.later(link.out::end); // it closes channels, and tells whoever waits for the end
            lock.later(this::checkEnd);
        } finally {
            lock.unlock();
        }
    }

    // ---- self-check

    /** Looks for broken invariants; empty unless this library has a bug. Takes a step for each entry of the tables. */
    List<String> selfCheck() {
        SelfCheck check = new SelfCheck();
        lock.lock();
        try {
            questions.check(check);
            answers.check(check);
            exports.check(check);
            imports.check(check);
            resolutions.check(check);
        } finally {
            lock.unlock();
        }
        return check.faults();
    }

    /**
     * INVARIANT (nothing leaked): when a connection has ended, each reference that was handed out or received was given back, and
     * its four tables and its embargoes are empty, and stay so.
     */
    private void checkEnd() {
        SelfCheck check = new SelfCheck();
        lock.lock();
        try {
            check.equal("references handed out and not given back", exports.outstanding(), 0);
            check.equal("references received and not given back", imports.outstanding(), 0);
        } finally {
            lock.unlock();
        }
        check.require("nothing is left in " + tables(), tables().equals(TableSizes.EMPTY));
        report(check.faults());
    }

    private void report(List<String> faults) {
        if (!faults.isEmpty()) {
            this.faults = faults;
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a connection has lost count, which is a bug of this library: {0}",
                    faults);
        }
    }

    /** What the self-checks at the end found; for tests, which expect nothing. */
    List<String> faults() {
        return faults;
    }

    /** Why the connection is closed; null while it is open. */
    @Nullable
    RpcException closedBecause() {
        return link.closedBecause();
    }

    /**
     * Waits while the peer has a window's worth of calls and messages unanswered and unread, but not for long: what is owed to us
     * (a return, what a promise settles for, or that the peer has gone) is behind those. So such a peer is listened to slowly,
     * and while it owes something that we know of, at full speed.
     */
    void awaitReadable() {
        lock.lock();
        try {
            long left = SLOWEST_READING_NANOS;
            while (left > 0 && !isReadableLocked()) {
                left = link.eased.awaitNanos(left);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has ended. */
    boolean isOver() {
        return link.isClosed();
    }

    private boolean isReadableLocked() {
        return link.isClosed()
                || answers.callBytes() + link.out.backlog() < link.limits.window()
                || questions.size() > 0
                || resolutions.size() > 0
                || imports.openPromises() > 0;
    }

    /** Whether the peer should be listened to without a pause; see {@link #awaitReadable}. */
    boolean isReadable() {
        lock.lock();
        try {
            return isReadableLocked();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the peer can do nothing but answer: it holds no object of ours, and owes no outcome of a promise. */
    boolean isQuiet() {
        lock.lock();
        try {
            return exports.size() == 0 && resolutions.size() == 0 && imports.openPromises() == 0;
        } finally {
            lock.unlock();
        }
    }

    /** The outbound passed messages on; readers may be waiting for that. */
    void drained() {
        lock.lock();
        try {
            link.eased.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How full the tables are. */
    record TableSizes(int questions, int answers, int exports, int imports, int embargoes) {
        static final TableSizes EMPTY = new TableSizes(0, 0, 0, 0, 0);
    }

    /** The tables' sizes now, for tests and self-checks: all zero after the end. */
    TableSizes tables() {
        lock.lock();
        try {
            imports.releaseUnreachable();
            return new TableSizes(questions.size(), answers.size(), exports.size(), imports.size(), resolutions.size());
        } finally {
            lock.unlock();
        }
    }
}
