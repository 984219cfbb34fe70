package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Return;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Our calls to the peer: the question table, and what becomes of its entries.
 *
 * <p>A question is forgotten when its return has come and its finish was sent, which happens together: what is later asked of its
 * pipeline is found in the results.
 */
final class Questions {
    private final VatConnection connection;
    private final Link link;
    private final VatLock lock;
    private final CapTranslator caps;
    private final ExportTable exports;
    private final Resolutions resolutions;

    private final IdTable<QuestionCall> table = new IdTable<>(); // guarded by lock
    private long bytes; // of calls that are not answered; guarded by lock

    Questions(VatConnection connection, Link link, CapTranslator caps, ExportTable exports, Resolutions resolutions) {
        this.connection = connection;
        this.link = link;
        this.lock = link.lock;
        this.caps = caps;
        this.exports = exports;
        this.resolutions = resolutions;
    }

    // ---- asking

    /** Asks for the peer's public object. */
    ClientHook bootstrap() {
        lock.lock();
        try {
            RpcException closed = link.closedBecause();
            if (closed != null) {
                return new BrokenClient(closed);
            }
            if (table.size() >= link.limits.questions()) {
                return new BrokenClient(RpcException.overloaded("too many calls are waiting for an answer; try again"));
            }
            QuestionCall question = table.add(id -> new QuestionCall(this, id, false));
            link.writer.bootstrap(question.id());
            RemotePromise promise = promiseLocked(question, PipelinePath.ROOT);
            question.whenDone(results -> question.close(), failure -> question.close());
            return promise;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so much was answered that another call may be sent; for application threads, outside any lock.
     *
     * @throws RpcException if this thread was interrupted; it stays so
     */
    void awaitWindow() {
        if (!isWindowFull()) {
            return;
        }
        IoLoop.blocking();
        lock.lock();
        try {
            while (!link.isClosed() && bytes >= link.limits.window()) {
                link.out.expectInput();
                link.eased.await();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RpcException(RpcException.Type.FAILED, "interrupted while waiting to send a call", interrupted);
        } finally {
            lock.unlock();
        }
    }

    private boolean isWindowFull() {
        lock.lock();
        try {
            return !link.isClosed() && bytes >= link.limits.window();
        } finally {
            lock.unlock();
        }
    }

    /** How the answers get here. */
    Outbound out() {
        return link.out;
    }

    /** Calls a method of something of the peer's; takes the parameters over. */
    CallHandle call(
            RemoteTarget target, long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        lock.lock();
        try {
            return callLocked(target, interfaceId, methodId, params, resultsFor == connection);
        } finally {
            lock.unlock();
            params.close();
        }
    }

    /** Calls the promise's remote side, unless it has settled; then gives null, and the parameters stay the caller's. */
    @Nullable
    CallHandle callUnlessResolved(
            RemotePromise promise, long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        CallHandle handle;
        lock.lock();
        try {
            if (promise.resolved() != null) {
                return null;
            }
            handle = callLocked(promise.use(), interfaceId, methodId, params, resultsFor == connection);
        } finally {
            lock.unlock();
        }
        params.close();
        return handle;
    }

    private CallHandle callLocked(
            RemoteTarget target, long interfaceId, int methodId, Parcel params, boolean isRedirected) {
        RpcException closed = link.closedBecause();
        if (closed != null) {
            return BrokenClient.failed(closed);
        }
        if (table.size() >= link.limits.questions()) {
            return BrokenClient.failed(RpcException.overloaded("too many calls are waiting for an answer; try again"));
        }
        Outgoing outgoing = Outgoing.of(params, true);
        String tooMuch = outgoing.tooMuch(link.limits, "parameters");
        if (tooMuch != null) {
            return refuse(outgoing, tooMuch);
        }
        if (bytes > 0 && bytes + outgoing.bytes > link.limits.unanswered()) {
            // Whoever calls from outside waits at the window. This is a call that is passed on, and not the fault of
            // the
            // peer that would be drowned in it.
            outgoing.releaseCopy(lock);
            return BrokenClient.failed(
                    RpcException.overloaded("too many bytes of calls are waiting for an answer; try again"));
        }
        QuestionCall question = new QuestionCall(this, table.next(), isRedirected);
        table.add(question);
        outgoing.draft.completeCall(question.id(), interfaceId, methodId, isRedirected);
        target.writeTarget(outgoing.draft);
        question.paramExports = caps.write(outgoing.caps, outgoing.draft).exports();
        String excess = outgoing.excess(link.limits, "parameters");
        if (excess != null) {
            table.remove(question.id());
            exports.takeBack(question.paramExports);
            return refuse(outgoing, excess);
        }
        if (isRedirected) {
            lock.later(() -> question.complete(Parcel.elsewhere(question)));
        }
        question.bytes = outgoing.bytes;
        bytes += outgoing.bytes;
        outgoing.releaseCopy(lock);
        link.writer.send(outgoing.draft);
        connection.imports().releaseUnreachable();
        link.eased.signalAll(); // from now on the peer owes us something, so it must be listened to
        return question;
    }

    private CallHandle refuse(Outgoing parameters, String reason) {
        parameters.releaseCopy(lock);
        return BrokenClient.failed(RpcException.failed(reason + "; send them in parts"));
    }

    // ---- pipelines

    /** The promise of a place in a question's results, as a fresh reference; null once the results are known. */
    @Nullable
    ClientHook promise(QuestionCall question, PipelinePath path) {
        lock.lock();
        try {
            // One given out before is given out again even when it settled: it may be under embargo.
            RemotePromise given = question.promises.get(path);
            if (given != null) {
                given.addRef();
                return given;
            }
            if (question.isSettled() || question.finishSent || link.isClosed()) {
                return null;
            }
            return question.promises.size() < PromisedPipeline.MOST_PLACES
                    ? promiseLocked(question, path)
                    : PromisedPipeline.tooMany();
        } finally {
            lock.unlock();
        }
    }

    private RemotePromise promiseLocked(QuestionCall question, PipelinePath path) {
        RemotePromise promise = new RemotePromise(connection, new RemoteTarget.Promised(connection, question, path));
        promise.addRef(); // the question's own
        if (question.promises.isEmpty()) {
            question.promises = new HashMap<>();
        }
        question.promises.put(path, promise);
        if (question.isRedirected()) {
            question.openPromises++;
        }
        return promise;
    }

    /** The question's holder will not use its pipeline any more. */
    void forgetPromises(QuestionCall question) {
        lock.lock();
        try {
            if (!question.promises.isEmpty()) {
                question.promises.values().forEach(promise -> lock.later(promise::release));
                question.promises = Map.of();
            }
        } finally {
            lock.unlock();
        }
    }

    private void settlePromises(QuestionCall question, Pipeline actual) {
        question.settleLocked(actual);
        if (!question.promises.isEmpty()) {
            question.promises.forEach((path, promise) -> resolutions.settle(promise, actual.capability(path)));
        }
    }

    // ---- questions whose results stay with the peer

    /** Nobody needs the results themselves. What was promised of them may still be used: then they must stay where they are. */
    void giveUpRedirected(QuestionCall question) {
        lock.lock();
        try {
            question.givenUp = true;
            forgetPromises(question);
            finishGivenUp(question);
        } finally {
            lock.unlock();
        }
    }

    /** A promise of a redirected question's results is not used any more. Under the lock. */
    void promiseDropped(QuestionCall question) {
        question.openPromises--;
        finishGivenUp(question);
    }

    private void finishGivenUp(QuestionCall question) {
        if (question.givenUp && question.openPromises == 0 && !link.isClosed() && !question.finishSent) {
            sendFinish(question, true);
        }
    }

    // ---- answers

    /** Tells the peer that the answer is not needed; the question stays in the table until the peer's return. */
    void cancel(QuestionCall question, RpcException why) {
        lock.lock();
        try {
            if (link.isClosed() || question.finishSent || table.get(question.id()) != question) {
                return;
            }
            if (!question.isSettled()) {
                settlePromises(question, Pipeline.broken(why));
            }
            sendFinish(question, true);
            lock.later(() -> question.fail(why));
            if (question.takenFrom != null) {
                connection.answers().giveUpKept(question.takenFrom);
            }
        } finally {
            lock.unlock();
        }
    }

    private void sendFinish(QuestionCall question, boolean releaseResultCaps) {
        question.finishSent = true;
        if (question.returned) {
            table.remove(question.id());
        }
        link.writer.finish(question.id(), releaseResultCaps);
    }

    /** The peer answered. */
    void handleReturn(Envelope answer, MessageView view) throws ProtocolException {
        lock.lock();
        try {
            if (link.isClosed()) {
                return;
            }
            QuestionCall question = table.get(answer.questionId());
            if (question == null) {
                throw new ProtocolException("peer answered a call that was not made");
            }
            if (question.returned) {
                throw new ProtocolException("peer answered a call twice");
            }
            question.returned = true;
            bytes -= question.bytes;
            link.eased.signalAll();
            if (answer.releasesCapabilities()) {
                exports.releaseAll(question.paramExports);
            }
            if (question.finishSent) {
                table.remove(question.id());
                return;
            }
            if (question.isRedirected()) {
                Return.Which outcome = answer.outcome();
                if (outcome == Return.Which.RESULTS || outcome == Return.Which.TAKE_FROM_OTHER_QUESTION) {
                    throw new ProtocolException("peer sent results that it was asked to keep");
                }
                return; // they are there, or it says why not: either way it is for whom they were redirected to
            }
            switch (answer.outcome()) {
                case RESULTS -> {
                    if (answer.hasCapabilities(false)) {
                        caps.read(reader(view).getResults(), view.caps());
                    }
                    returned(question, answer.payload(view, false));
                }
                case EXCEPTION ->
                    failed(question, WireExceptions.read(reader(view).getException()));
                case CANCELED -> failed(question, PendingCall.cancelled());
                case RESULTS_SENT_ELSEWHERE ->
                    throw new ProtocolException("peer sent results elsewhere without having been asked to");
                case TAKE_FROM_OTHER_QUESTION -> takeFrom(question, reader(view).getTakeFromOtherQuestion());
                case ACCEPT_FROM_THIRD_PARTY, _NOT_IN_SCHEMA -> {
                    failed(question, RpcException.unimplemented("results from a third party are not supported"));
                    connection.sendUnimplemented(view);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private static Return.Reader reader(MessageView view) {
        return Envelope.reader(view).getReturn();
    }

    /** The peer does not know the message that asked it: nothing came of it there, and there is nothing to finish. */
    void notTaken(int id) throws ProtocolException {
        QuestionCall question = table.get(id);
        if (question == null || question.returned) {
            throw new ProtocolException("peer sent back a call that was not made");
        }
        question.returned = true;
        bytes -= question.bytes;
        link.eased.signalAll();
        exports.releaseAll(question.paramExports);
        table.remove(id);
        if (!question.finishSent) {
            question.finishSent = true;
            RpcException failure = RpcException.unimplemented("peer does not know this kind of call");
            settlePromises(question, Pipeline.broken(failure));
            lock.later(() -> question.fail(failure));
        }
    }

    private void returned(QuestionCall question, Parcel results) {
        settlePromises(question, results);
        sendFinish(question, false);
        lock.later(QuestionCall::complete, question, results);
    }

    private void failed(QuestionCall question, RpcException failure) {
        settlePromises(question, Pipeline.broken(failure));
        sendFinish(question, false);
        lock.later(() -> question.fail(failure));
    }

    /**
     * The results are those of a call that the peer made to us, and that it asked us to keep. The question is finished only when
     * they are there: its finish makes the peer finish that other call, which would cancel it.
     */
    private void takeFrom(QuestionCall question, int otherId) throws ProtocolException {
        Answer kept = connection.answers().get(otherId);
        CallHandle handle = kept == null || !kept.keepsResults ? null : kept.handle;
        if (handle == null) {
            throw new ProtocolException("peer redirected a call to one that kept no results");
        }
        question.takenFrom = kept;
        // Its pipeline may belong to another connection, and must not be asked under this one's lock.
        PromisedPipeline promised = new PromisedPipeline();
        settlePromises(question, promised);
        Cascade cascade = new Cascade();
        lock.later(() -> {
            promised.resolve(handle.pipeline(), cascade);
            cascade.run();
            promised.giveUp();
            handle.passOn(question, () -> finishRedirected(question));
        });
    }

    private void finishRedirected(QuestionCall question) {
        lock.lock();
        try {
            if (!link.isClosed() && !question.finishSent) {
                sendFinish(question, false);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    /** Fails everything that is not answered, because the connection is gone. Under the lock. */
    void close(RpcException reason) {
        table.drain(question -> {
            if (!question.finishSent) {
                if (!question.isSettled()) {
                    settlePromises(question, Pipeline.broken(reason));
                }
                lock.later(() -> question.fail(reason));
            }
        });
        bytes = 0;
    }

    /** What must hold between calls. Under the lock. */
    void check(SelfCheck check) {
        long unanswered = 0;
        int open = 0;
        for (int id = 0; open < table.size(); id++) {
            QuestionCall question = table.get(id);
            if (question != null) {
                open++;
                unanswered += question.returned ? 0 : question.bytes;
            }
        }
        check.equal("bytes of questions", bytes, unanswered);
    }

    /** How many there are. Under the lock. */
    int size() {
        return table.size();
    }
}
