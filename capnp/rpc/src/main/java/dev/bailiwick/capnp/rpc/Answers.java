package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Bootstrap;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Return;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.capnproto.Void;
import org.jspecify.annotations.Nullable;

/** The peer's calls to us: the answer table, and what becomes of its entries. */
final class Answers {
    private final VatConnection connection;
    private final Link link;
    private final VatLock lock;
    private final CapTranslator caps;
    private final ExportTable exports;

    private final AnswerTable table = new AnswerTable(); // guarded by lock, as all that follows
    private long callBytes; // of calls that have not returned
    private long heldBytes; // of results that are kept

    Answers(VatConnection connection, Link link, CapTranslator caps, ExportTable exports) {
        this.connection = connection;
        this.link = link;
        this.lock = link.lock;
        this.caps = caps;
        this.exports = exports;
    }

    // ---- calls

    /** The peer asked for our public object. */
    void handleBootstrap(Bootstrap.Reader message, ClientHook bootstrap) throws ProtocolException {
        Draft results = Draft.results(0);
        ServedBootstrap served = new ServedBootstrap();
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            Answer answer = add(message.getQuestionId(), false, 0);
            answer.handle = served;
            CapPointers.write(results.first(), results.contentWord(), bootstrap);
            lock.later(() -> served.complete(Parcel.of(results)));
            lock.later(() -> watch(answer, served));
        } finally {
            lock.unlock();
        }
    }

    private Answer add(int id, boolean keepsResults, long bytes) throws ProtocolException {
        if (table.size() >= link.limits.answers()) {
            throw new ProtocolException("peer has more than " + link.limits.answers() + " calls waiting");
        }
        Answer answer = new Answer(this, id, keepsResults, bytes);
        if (table.get(id) != null) {
            throw new ProtocolException("peer used question id " + Integer.toUnsignedString(id) + " twice");
        }
        table.add(answer);
        callBytes += bytes;
        checkBacklog();
        return answer;
    }

    /** A peer that does not read must not make us keep what we write to it without end. Under the lock. */
    void checkBacklog() throws ProtocolException {
        if (callBytes + heldBytes + link.out.backlog() > link.limits.backlog()) {
            throw new ProtocolException(
                    "peer has more than " + link.limits.backlog() + " bytes of calls waiting or unread");
        }
    }

    /** Requires that a peer which lets us write reads it, too. */
    void requireRoom() throws ProtocolException {
        lock.lock();
        try {
            if (!link.isClosed()) {
                checkBacklog();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The peer calls a method. */
    void handleCall(Envelope call, MessageView view) throws ProtocolException {
        Call.SendResultsTo.Which resultsTo = call.resultsTo();
        boolean isSupported = switch (resultsTo) {
            case CALLER, YOURSELF -> true;
            case THIRD_PARTY, _NOT_IN_SCHEMA -> false;
        };
        if (!isSupported) {
            connection.sendUnimplemented(view);
            return;
        }
        boolean isYourself = resultsTo == Call.SendResultsTo.Which.YOURSELF;
        Parcel params = call.payload(view, true);
        long interfaceId = call.interfaceId();
        int methodId = call.methodId();
        ClientHook target = null;
        Addressee addressee = null;
        Answer answer;
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            if (call.hasCapabilities(true)) {
                caps.read(Envelope.reader(view).getCall().getParams(), view.caps());
            }
            answer = add(call.questionId(), isYourself, view.costInBytes());
            if (call.isOnExport()) {
                target = caps.exported(call.target()).hook.addRef();
            } else {
                addressee = caps.read(Envelope.reader(view).getCall().getTarget());
                if (addressee instanceof Addressee.Promised promised) {
                    answer.pipelinedOn = promised.answer();
                    promised.answer().dependents++;
                }
            }
        } finally {
            lock.unlock();
        }
        if (target == null) {
            target = Objects.requireNonNull(addressee).hook();
        }
        CallHandle handle = target.call(interfaceId, methodId, params, isYourself ? null : connection);
        target.release();
        boolean orphaned;
        lock.lock();
        try {
            orphaned = link.isClosed();
            answer.handle = handle;
        } finally {
            lock.unlock();
        }
        if (orphaned) {
            handle.close();
        } else {
            watch(answer, handle);
        }
    }

    /** The answer with that id; null if there is none. Under the lock. */
    @Nullable
    Answer get(int id) {
        return table.get(id);
    }

    /**
     * Nobody here wants the results that were kept for a question of ours, and nobody else can have them: so the call is
     * cancelled unless others were made on it. Not every peer finishes it before it was answered. Under the lock.
     */
    void giveUpKept(Answer answer) {
        CallHandle handle = answer.handle;
        if (handle != null && !answer.returned && answer.dependents == 0) {
            lock.later(handle::cancel);
        }
    }

    // ---- returns

    private static void watch(Answer answer, CallHandle handle) {
        handle.whenDone(answer);
    }

    /** Answers a call of the peer's, with results or a failure. Borrows the results. */
    void sendReturn(Answer answer, @Nullable Parcel results, @Nullable RpcException failure) {
        Map<PipelinePath, ClientHook> usedAhead = results == null ? Map.of() : answer.usedAhead();
        lock.lock();
        try {
            if (link.isClosed() || answer.returned) {
                return;
            }
            answer.returned = true;
            releaseDependency(answer);
            connection.imports().releaseUnreachable();
            callBytes -= answer.callBytes;
            link.eased.signalAll();
            Outgoing outgoing = null;
            Described described = null;
            RpcException reason = failure;
            QuestionCall elsewhere = results == null ? null : results.elsewhere();
            if (results != null && !answer.finished && !answer.keepsResults && elsewhere == null) {
                Outgoing whole = Outgoing.of(results, false);
                whole.releaseCopy(lock);
                String excess = whole.tooMuch(link.limits, "results");
                if (excess == null) {
                    described = caps.write(whole.caps, instead(usedAhead, whole.draft), whole.draft);
                    excess = whole.excess(link.limits, "results");
                    if (excess != null) {
                        exports.takeBack(described.exports());
                    }
                }
                if (excess == null) {
                    outgoing = whole;
                } else {
                    reason = RpcException.failed(excess + "; ask for them in parts");
                }
            }
            if (outgoing != null && described != null) {
                outgoing.draft.completeReturn(answer.id);
                answer.resultExports = described.exports();
                answer.leadsBack = described.leadsBack();
                if (outgoing.capabilities() > 0) {
                    hold(answer, outgoing.bytes);
                }
                link.writer.send(outgoing.draft);
            } else {
                link.writer.send(withoutResults(answer, results, reason, elsewhere));
            }
            if (answer.finished) {
                remove(answer);
            } else if (answer.heldBytes == 0 && !answer.keepsResults && elsewhere == null) {
                // Nothing can be pipelined on results without capabilities, so they need not wait for the finish.
                if (failure == null) {
                    closeHandle(answer);
                }
            }
            checkBacklog();
        } catch (ProtocolException overrun) {
            connection.abort(overrun.reason());
        } finally {
            lock.unlock();
            if (!usedAhead.isEmpty()) {
                usedAhead.values().forEach(ClientHook::release);
            }
        }
    }

    /** A return that says what became of a call instead of giving results. */
    private Draft withoutResults(
            Answer answer, @Nullable Parcel results, @Nullable RpcException failure, @Nullable QuestionCall elsewhere) {
        Draft draft = Draft.plain(32);
        Return.Builder message = ProtocolWriter.message(draft).initReturn();
        message.setAnswerId(answer.id);
        message.setReleaseParamCaps(false);
        if (answer.finished) {
            message.setCanceled(Void.VOID);
        } else if (elsewhere != null) {
            message.setTakeFromOtherQuestion(elsewhere.id());
            answer.leadsBack = true;
        } else if (failure != null && !answer.keepsResults) {
            WireExceptions.write(message.initException(), failure);
        } else {
            // They stay, or the failure, until another question takes them; their memory is the peer's to answer for.
            hold(answer, results == null ? 0 : results.sizeInBytes());
            message.setResultsSentElsewhere(Void.VOID);
        }
        return draft;
    }

    /** By index, what stands for capabilities in the results because the peer's calls on them may still wait in it. */
    private static Map<Integer, ClientHook> instead(Map<PipelinePath, ClientHook> usedAhead, Draft results) {
        if (usedAhead.isEmpty()) {
            return Map.of();
        }
        Map<Integer, ClientHook> instead = new HashMap<>();
        usedAhead.forEach(
                (path, hook) -> instead.put(path.index(results.content().asReader()), hook));
        return instead;
    }

    private void hold(Answer answer, long bytes) {
        answer.heldBytes = bytes;
        heldBytes += bytes;
    }

    /** The call needs no other's results any more; if the peer does not either, and no other call, that one is cancelled. */
    private void releaseDependency(Answer answer) {
        Answer needed = answer.pipelinedOn;
        answer.pipelinedOn = null;
        if (needed != null) {
            needed.dependents--;
            CallHandle handle = needed.handle;
            if (needed.dependents == 0 && needed.finished && !needed.returned && handle != null) {
                lock.later(handle::cancel);
            }
        }
    }

    private void remove(Answer answer) {
        table.remove(answer);
        heldBytes -= answer.heldBytes;
        closeHandle(answer);
    }

    private void closeHandle(Answer answer) {
        CallHandle handle = answer.handle;
        if (handle != null && !answer.handleClosed) {
            answer.handleClosed = true;
            lock.later(Answers::close, this, handle);
        }
    }

    private void close(CallHandle handle) {
        handle.close();
    }

    /** The peer needs an answer no more. */
    void handleFinish(Envelope finish) throws ProtocolException {
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            Answer answer = table.get(finish.questionId());
            if (answer == null || answer.finished) {
                throw new ProtocolException("peer finished a call it did not make");
            }
            answer.finished = true;
            if (!answer.returned) {
                CallHandle handle = answer.handle;
                if (handle != null && answer.dependents == 0) {
                    lock.later(handle::cancel);
                }
                return;
            }
            remove(answer);
            if (finish.releasesCapabilities()) { // which fails if the peer gave some of them back before
                exports.releaseAll(answer.resultExports);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    /** Cancels what runs and forgets everything, because the connection is gone. Under the lock. */
    void close(RpcException reason) {
        for (Answer answer : table.all()) {
            CallHandle handle = answer.handle;
            if (handle != null) {
                lock.later(() -> handle.close(() -> reason));
            }
        }
        table.clear();
        callBytes = 0;
        heldBytes = 0;
    }

    /** What must hold between calls. Under the lock. */
    void check(SelfCheck check) {
        long calls = 0;
        long held = 0;
        for (Answer answer : table.all()) {
            calls += answer.returned ? 0 : answer.callBytes;
            held += answer.heldBytes;
            check.require("a finished answer has yet to return", !answer.finished || !answer.returned);
        }
        check.equal("bytes of calls", callBytes, calls);
        check.equal("bytes of results", heldBytes, held);
    }

    /** Bytes of calls that have not returned, and of results that are kept. Under the lock. */
    long bytes() {
        return callBytes + heldBytes;
    }

    /** Bytes of calls that have not returned. Under the lock. */
    long callBytes() {
        return callBytes;
    }

    /** How many there are. Under the lock. */
    int size() {
        return table.size();
    }

    /** The answer to a bootstrap question. */
    private static final class ServedBootstrap extends PromisedCall {
        @Override
        void cancel(RpcException why) {}
    }
}
