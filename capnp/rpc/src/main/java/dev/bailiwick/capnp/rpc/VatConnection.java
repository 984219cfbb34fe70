package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Bootstrap;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.CapDescriptor;
import dev.bailiwick.capnp.rpc.wire.Disembargo;
import dev.bailiwick.capnp.rpc.wire.Finish;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.Payload;
import dev.bailiwick.capnp.rpc.wire.Release;
import dev.bailiwick.capnp.rpc.wire.Resolve;
import dev.bailiwick.capnp.rpc.wire.Return;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;
import org.capnproto.Void;
import org.jspecify.annotations.Nullable;

/**
 * One connection between two vats: the protocol, without any input or output. {@link #handle} takes the peer's messages one
 * after another from a single thread; ours go to an {@link Outbound}, in the order in which the peer shall see them.
 *
 * <h2>Locking</h2>
 *
 * The four tables are guarded by one {@link VatLock}, under which nothing foreign runs.
 *
 * <h2>Order</h2>
 *
 * Messages are made under the lock, so what one thread calls leaves in the order of its calls. What arrives is delivered by the
 * thread that calls {@link #handle}, each message wholly before the next. Together with the queues of {@link PromiseClient} and
 * the embargoes of {@link RemotePromise} that gives E-order.
 *
 * <h2>References</h2>
 *
 * The export table counts the references that went to the peer, the import table those that came from it. A question is forgotten
 * when its return has come and its finish was sent, which happens together: what is later asked of its pipeline is found in the
 * results.
 */
final class VatConnection {
    /** The pause before each read from a peer that has taken its window. It also bounds how late its end is noticed. */
    private static final long SLOWEST_READING_NANOS = 100_000_000;

    private final Limits limits;
    private final Outbound out;
    private final ClientHook bootstrap;

    private final VatLock lock = new VatLock(this::releaseLocked);
    private final Condition eased = lock.newCondition();

    // The four tables and the embargoes; guarded by lock.
    private final IdTable<QuestionCall> questions = new IdTable<>();
    private final Map<Integer, Answer> answers = new HashMap<>();
    private final ExportTable exports = new ExportTable(lock);
    private final ImportTable imports;
    private final IdTable<Embargo> embargoes = new IdTable<>();

    private final ProtocolWriter writer;
    private final CapTranslator caps;

    private long questionBytes; // guarded by lock, as all that follows
    private long answerBytes;
    private long heldBytes;
    private volatile @Nullable RpcException closed; // set under lock

    /** A capability of ours that calls must not be made on before a disembargo came back. */
    private record Embargo(int id, PromiseClient held, ClientHook target) {}

    /** A connection that offers that object to the peer, and owns the reference to it. */
    VatConnection(ClientHook ownedBootstrap, Outbound out, Limits limits) {
        this.bootstrap = ownedBootstrap;
        this.out = out;
        this.limits = limits;
        this.writer = new ProtocolWriter(out);
        this.imports = new ImportTable(this, lock, writer, limits.imports());
        this.caps = new CapTranslator(this, exports, imports, this::answerPipeline, limits);
    }

    private @Nullable Pipeline answerPipeline(int id) {
        Answer answer = answers.get(id);
        CallHandle handle = answer == null ? null : answer.handle;
        return handle == null ? null : handle.pipeline();
    }

    // ---- hooks

    /** One of this connection's hooks has lost its last reference. Never blocks. */
    void dropped(ClientHook hook) {
        lock.dropped(hook);
    }

    private void releaseLocked(ClientHook hook) {
        switch (hook) {
            case RemoteTarget.Imported client -> imports.release(client);
            case RemotePromise promise -> {
                ClientHook resolution = promise.abandonLocked();
                lock.later(promise.remote()::release);
                if (resolution != null) {
                    lock.later(resolution::release);
                }
            }
            default -> throw new IllegalStateException("no hook of a connection");
        }
    }

    // ---- our calls

    /** The peer's public object. */
    ClientHook bootstrap() {
        lock.lock();
        try {
            if (closed != null) {
                return new BrokenClient(closed);
            }
            QuestionCall question = questions.add(id -> new QuestionCall(this, id));
            writer.bootstrap(question.id());
            RemotePromise promise = promiseLocked(question, PipelinePath.ROOT);
            question.whenDone(results -> question.close(), failure -> question.close());
            return promise;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until so much was answered that another call may be sent; for application threads, outside any lock. */
    void awaitWindow() {
        lock.lock();
        try {
            while (closed == null && questionBytes >= limits.window()) {
                eased.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    CallHandle call(RemoteTarget target, long interfaceId, int methodId, Parcel params) {
        lock.lock();
        try {
            return callLocked(target, interfaceId, methodId, params);
        } finally {
            lock.unlock();
            params.close();
        }
    }

    /** Calls the promise's remote side, unless it has settled; then gives null, and the parameters stay the caller's. */
    @Nullable
    CallHandle callUnlessResolved(RemotePromise promise, long interfaceId, int methodId, Parcel params) {
        CallHandle handle;
        lock.lock();
        try {
            if (promise.resolved() != null) {
                return null;
            }
            handle = callLocked(promise.use(), interfaceId, methodId, params);
        } finally {
            lock.unlock();
        }
        params.close();
        return handle;
    }

    private CallHandle callLocked(RemoteTarget target, long interfaceId, int methodId, Parcel params) {
        if (closed != null) {
            return BrokenClient.failed(closed);
        }
        if (questions.size() >= limits.questions()) {
            return BrokenClient.failed(RpcException.overloaded("too many calls are waiting for an answer; try again"));
        }
        Outgoing outgoing = Outgoing.of(params, true);
        if (outgoing.bytes > limits.messageBytes()) {
            lock.later(outgoing::releaseCopy);
            return BrokenClient.failed(RpcException.failed("parameters of " + outgoing.bytes
                    + " bytes are longer than the limit of " + limits.messageBytes() + "; send them in parts"));
        }
        QuestionCall question = questions.add(id -> new QuestionCall(this, id));
        Call.Builder call = ProtocolWriter.message(outgoing.draft).getCall();
        call.setQuestionId(question.id());
        call.setInterfaceId(interfaceId);
        call.setMethodId((short) methodId);
        target.writeTarget(call.getTarget());
        question.paramExports = caps.write(outgoing.caps, call.getParams());
        question.bytes = outgoing.bytes;
        questionBytes += outgoing.bytes;
        lock.later(outgoing::releaseCopy);
        writer.send(outgoing.draft);
        imports.releaseUnreachable();
        eased.signalAll(); // from now on the peer owes us something, so it must be listened to
        return question;
    }

    /** The promise of a place in a question's results, as a fresh reference; null once the results are known. */
    @Nullable
    RemotePromise promise(QuestionCall question, PipelinePath path) {
        lock.lock();
        try {
            // One given out before is given out again even when it settled: it may be under embargo.
            RemotePromise given = question.promises.get(path);
            if (given != null) {
                given.addRef();
                return given;
            }
            return question.isSettled() || question.finishSent || closed != null ? null : promiseLocked(question, path);
        } finally {
            lock.unlock();
        }
    }

    private RemotePromise promiseLocked(QuestionCall question, PipelinePath path) {
        RemotePromise promise = new RemotePromise(this, new RemoteTarget.Promised(this, question, path));
        promise.addRef(); // the question's own
        question.promises.put(path, promise);
        return promise;
    }

    /** The question's holder will not use its pipeline any more. */
    void forgetPromises(QuestionCall question) {
        lock.lock();
        try {
            question.promises.values().forEach(promise -> lock.later(promise::release));
            question.promises.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Tells the peer that the answer is not needed; the question stays in the table until the peer's return. */
    void cancel(QuestionCall question) {
        lock.lock();
        try {
            if (closed != null || question.finishSent || questions.get(question.id()) != question) {
                return;
            }
            RpcException cancelled = PendingCall.cancelled();
            if (!question.isSettled()) {
                settlePromises(question, Pipeline.broken(cancelled));
            }
            sendFinish(question, true);
            lock.later(() -> question.fail(cancelled));
        } finally {
            lock.unlock();
        }
    }

    private void sendFinish(QuestionCall question, boolean releaseResultCaps) {
        question.finishSent = true;
        if (question.returned) {
            questions.remove(question.id());
        }
        writer.finish(question.id(), releaseResultCaps);
    }

    private void settlePromises(QuestionCall question, Pipeline actual) {
        question.settleLocked(actual);
        question.promises.forEach((path, promise) -> settlePromise(promise, actual.capability(path)));
    }

    /** Settles a promise, under embargo if calls are on their way to the peer and back. Owns the target's reference. */
    private void settlePromise(RemotePromise promise, ClientHook owned) {
        ClientHook target = owned.innermost();
        if (promise.wasUsed() && target instanceof RemotePromise next) {
            next.use(); // it may lead back yet, and then what was called on this promise was called on it
        }
        boolean leadsBack = target.connection() != this && !(target instanceof BrokenClient);
        if (!leadsBack || !promise.wasUsed() || closed != null) {
            lock.later(promise.settleLocked(owned));
            return;
        }
        PromiseClient held = new PromiseClient();
        Embargo embargo = embargoes.add(id -> new Embargo(id, held, owned));
        writer.disembargo(promise.remote(), embargo.id());
        lock.later(promise.settleLocked(held));
    }

    // ---- promises the peer was given

    /** Tells the peer what an exported promise settles for, once it does. Under the lock. */
    void watch(Export export, ClientHook promise) {
        lock.later(() -> {
            var stage = promise.whenResolved();
            if (stage == null) {
                exportSettled(export);
            } else {
                var _ = stage.whenComplete((hook, failure) -> exportSettled(export));
            }
        });
    }

    /** An exported promise may have settled: then the peer is told, once. */
    private void exportSettled(Export export) {
        lock.lock();
        try {
            if (closed != null || exports.get(export.id) != export) {
                return;
            }
            ClientHook inner = export.hook.innermost();
            if (inner.connection() != this && inner.whenResolved() != null) {
                watch(export, inner);
                return;
            }
            writer.resolve(export.id, resolve -> {
                if (inner instanceof BrokenClient broken) {
                    WireExceptions.write(resolve.initException(), broken.reason());
                } else {
                    caps.write(inner, resolve.initCap(), new Ids());
                }
            });
        } finally {
            lock.unlock();
        }
    }

    // ---- the peer's messages

    /**
     * Takes a message from the peer; returns when it was delivered. Never throws: a message that breaks the rules ends this
     * connection and nothing else.
     */
    void handle(MessageView view) {
        try {
            Message.Reader message = new AnyPointer.Reader(view.segment(0), 0, limits.nesting()).getAs(Message.factory);
            switch (message.which()) {
                case CALL -> handleCall(message, view);
                case RETURN -> handleReturn(message.getReturn(), view);
                case FINISH -> handleFinish(message.getFinish());
                case RELEASE -> handleRelease(message.getRelease());
                case RESOLVE -> handleResolve(message.getResolve());
                case DISEMBARGO -> handleDisembargo(message.getDisembargo(), view);
                case BOOTSTRAP -> handleBootstrap(message.getBootstrap());
                case ABORT ->
                    close(RpcException.disconnected("peer aborted the connection: "
                            + WireExceptions.read(message.getAbort()).reason()));
                case UNIMPLEMENTED -> handleUnimplemented(message.getUnimplemented());
                case PROVIDE, ACCEPT, JOIN, OBSOLETE_SAVE, OBSOLETE_DELETE, _NOT_IN_SCHEMA -> sendUnimplemented(view);
            }
        } catch (ProtocolException broken) {
            reject(view, broken.reason());
        } catch (DecodeException malformed) {
            reject(view, "malformed message: " + malformed.getMessage());
        } catch (RuntimeException unforeseen) {
            // Whatever a hostile message sets off must cost its sender, and nobody else.
            String reason = RpcException.of(unforeseen).reason();
            reject(view, "message could not be handled: " + reason);
        }
    }

    private void reject(MessageView view, String reason) {
        abort(reason);
        view.caps().release();
    }

    private void handleBootstrap(Bootstrap.Reader message) throws ProtocolException {
        Draft results = Draft.results(0);
        ServedBootstrap served = new ServedBootstrap();
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            Answer answer = addAnswer(message.getQuestionId(), false, 0);
            answer.handle = served;
            CapPointers.write(results.first(), results.contentWord(), bootstrap);
            lock.later(() -> served.complete(Parcel.of(results)));
            lock.later(() -> watch(answer, served));
        } finally {
            lock.unlock();
        }
    }

    private Answer addAnswer(int id, boolean keepsResults, long bytes) throws ProtocolException {
        if (answers.size() >= limits.answers()) {
            throw new ProtocolException("peer has more than " + limits.answers() + " calls waiting");
        }
        Answer answer = new Answer(id, keepsResults, bytes);
        if (answers.putIfAbsent(id, answer) != null) {
            throw new ProtocolException("peer used question id " + Integer.toUnsignedString(id) + " twice");
        }
        answerBytes += bytes;
        checkBacklog();
        return answer;
    }

    private void checkBacklog() throws ProtocolException {
        if (answerBytes + heldBytes + out.backlog() > limits.backlog()) {
            throw new ProtocolException("peer has more than " + limits.backlog() + " bytes of calls waiting or unread");
        }
    }

    private void handleCall(Message.Reader message, MessageView view) throws ProtocolException {
        Call.Reader call = message.getCall();
        boolean isSupported = switch (call.getSendResultsTo().which()) {
            case CALLER, YOURSELF -> true;
            case THIRD_PARTY, _NOT_IN_SCHEMA -> false;
        };
        if (!isSupported) {
            sendUnimplemented(view);
            return;
        }
        Payload.Reader payload = call.getParams();
        Parcel params = parcel(payload, view);
        ClientHook target;
        Answer answer;
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            caps.read(payload, view.caps());
            answer = addAnswer(call.getQuestionId(), call.getSendResultsTo().isYourself(), view.sizeInBytes());
            target = caps.read(call.getTarget());
        } finally {
            lock.unlock();
        }
        CallHandle handle = target.call(call.getInterfaceId(), Short.toUnsignedInt(call.getMethodId()), params);
        target.release();
        boolean orphaned;
        lock.lock();
        try {
            orphaned = closed != null;
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

    private static Parcel parcel(Payload.Reader payload, MessageView view) {
        // A payload without content reads as a null pointer of the runtime's, in no segment of the view.
        return payload.hasContent()
                ? payload.getContent()
                        .getAs((segment, word, nesting) -> Parcel.received(view, (MessageView.Segment) segment, word))
                : Parcel.nothing(view.caps());
    }

    private void watch(Answer answer, CallHandle handle) {
        handle.whenDone(results -> sendReturn(answer, results, null), failure -> sendReturn(answer, null, failure));
    }

    /** Answers a call of the peer's, with results or a failure. Borrows the results. */
    private void sendReturn(Answer answer, @Nullable Parcel results, @Nullable RpcException failure) {
        lock.lock();
        try {
            if (closed != null || answer.returned) {
                return;
            }
            answer.returned = true;
            imports.releaseUnreachable();
            answerBytes -= answer.callBytes;
            eased.signalAll();
            Outgoing outgoing = null;
            RpcException reason = failure;
            if (results != null && !answer.finished && !answer.keepsResults) {
                outgoing = Outgoing.of(results, false);
                if (outgoing.bytes > limits.messageBytes()) {
                    lock.later(outgoing::releaseCopy);
                    reason = RpcException.failed("results of " + outgoing.bytes + " bytes are longer than the limit of "
                            + limits.messageBytes() + "; ask for them in parts");
                    outgoing = null;
                }
            }
            Draft draft = outgoing != null ? outgoing.draft : Draft.plain(32);
            Return.Builder message = outgoing != null
                    ? ProtocolWriter.message(draft).getReturn()
                    : ProtocolWriter.message(draft).initReturn();
            message.setAnswerId(answer.id);
            message.setReleaseParamCaps(false);
            if (answer.finished) {
                message.setCanceled(Void.VOID);
            } else if (reason != null) {
                WireExceptions.write(message.initException(), reason);
            } else if (outgoing != null) {
                answer.resultExports = caps.write(outgoing.caps, message.getResults());
                if (outgoing.caps.size() > 0) {
                    answer.heldBytes = outgoing.bytes;
                    heldBytes += answer.heldBytes;
                }
                lock.later(outgoing::releaseCopy);
            } else {
                // They stay until another question takes them, and their memory is the peer's to answer for.
                answer.heldBytes = results == null ? 0 : results.sizeInBytes();
                heldBytes += answer.heldBytes;
                message.setResultsSentElsewhere(Void.VOID);
            }
            writer.send(draft);
            if (answer.finished) {
                removeAnswer(answer);
            } else if (answer.heldBytes == 0 && !answer.keepsResults) {
                // Nothing can be pipelined on results without capabilities, so they need not wait for the finish.
                CallHandle handle = answer.handle;
                if (handle != null && failure == null) {
                    lock.later(handle::close);
                }
            }
            checkBacklog();
        } catch (ProtocolException overrun) {
            abort(overrun.reason());
        } finally {
            lock.unlock();
        }
    }

    private void removeAnswer(Answer answer) {
        answers.remove(answer.id);
        heldBytes -= answer.heldBytes;
        CallHandle handle = answer.handle;
        if (handle != null) {
            lock.later(handle::close);
        }
    }

    private void handleFinish(Finish.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            Answer answer = answers.get(message.getQuestionId());
            if (answer == null || answer.finished) {
                throw new ProtocolException("peer finished a call it did not make");
            }
            answer.finished = true;
            if (!answer.returned) {
                CallHandle handle = answer.handle;
                if (handle != null) {
                    lock.later(handle::cancel);
                }
                return;
            }
            if (message.getReleaseResultCaps()) {
                exports.releaseAll(answer.resultExports);
            }
            removeAnswer(answer);
        } finally {
            lock.unlock();
        }
    }

    private void handleReturn(Return.Reader message, MessageView view) throws ProtocolException {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            QuestionCall question = questions.get(message.getAnswerId());
            if (question == null) {
                throw new ProtocolException("peer answered a call that was not made");
            }
            if (question.returned) {
                throw new ProtocolException("peer answered a call twice");
            }
            question.returned = true;
            questionBytes -= question.bytes;
            eased.signalAll();
            if (message.getReleaseParamCaps()) {
                exports.releaseAll(question.paramExports);
            }
            if (question.finishSent) {
                questions.remove(question.id());
                return;
            }
            switch (message.which()) {
                case RESULTS -> {
                    Payload.Reader payload = message.getResults();
                    caps.read(payload, view.caps());
                    returned(question, parcel(payload, view));
                }
                case EXCEPTION -> failed(question, WireExceptions.read(message.getException()));
                case CANCELED -> failed(question, PendingCall.cancelled());
                case RESULTS_SENT_ELSEWHERE ->
                    throw new ProtocolException("peer sent results elsewhere without having been asked to");
                case TAKE_FROM_OTHER_QUESTION -> takeFrom(question, message.getTakeFromOtherQuestion());
                case ACCEPT_FROM_THIRD_PARTY, _NOT_IN_SCHEMA -> {
                    failed(question, RpcException.unimplemented("results from a third party are not supported"));
                    sendUnimplemented(view);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void returned(QuestionCall question, Parcel results) {
        settlePromises(question, Pipeline.of(results));
        sendFinish(question, false);
        lock.later(() -> question.complete(results));
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
        Answer other = answers.get(otherId);
        CallHandle handle = other == null || !other.keepsResults ? null : other.handle;
        if (handle == null) {
            throw new ProtocolException("peer redirected a call to one that kept no results");
        }
        settlePromises(question, handle.pipeline());
        lock.later(() -> handle.whenDone(
                results -> {
                    question.complete(results.retain());
                    finishRedirected(question);
                },
                failure -> {
                    question.fail(failure);
                    finishRedirected(question);
                }));
    }

    private void finishRedirected(QuestionCall question) {
        lock.lock();
        try {
            if (closed == null && !question.finishSent) {
                sendFinish(question, false);
            }
        } finally {
            lock.unlock();
        }
    }

    private void handleRelease(Release.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (closed == null) {
                exports.release(message.getId(), message.getReferenceCount());
            }
        } finally {
            lock.unlock();
        }
    }

    private void handleResolve(Resolve.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            ClientHook replacement = switch (message.which()) {
                case CAP -> caps.read(message.getCap());
                case EXCEPTION -> new BrokenClient(WireExceptions.read(message.getException()));
                case _NOT_IN_SCHEMA -> CapTranslator.broken("promise was settled in a way not known here");
            };
            RemotePromise promise = imports.takePromise(message.getPromiseId());
            if (promise == null) {
                // Nobody waits for it any more; the reference that came with it goes back.
                lock.later(replacement::release);
            } else {
                boolean isItself = replacement.innermost().equals(promise);
                if (isItself) { // whoever looked for its end would go round for ever
                    lock.later(replacement::release);
                }
                settlePromise(promise, isItself ? CapTranslator.broken("promise was settled for itself") : replacement);
                lock.later(promise::release);
            }
        } finally {
            lock.unlock();
        }
    }

    private void handleDisembargo(Disembargo.Reader disembargo, MessageView view) throws ProtocolException {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            switch (disembargo.getContext().which()) {
                case SENDER_LOOPBACK -> {
                    ClientHook target = caps.read(disembargo.getTarget());
                    int id = disembargo.getContext().getSenderLoopback();
                    lock.later(() -> reflect(target, id));
                }
                case RECEIVER_LOOPBACK -> {
                    int id = disembargo.getContext().getReceiverLoopback();
                    Embargo embargo = embargoes.get(id);
                    if (embargo == null) {
                        throw new ProtocolException("peer lifted an embargo that was not set");
                    }
                    embargoes.remove(id);
                    lock.later(() -> embargo.held().resolve(embargo.target()));
                }
                case ACCEPT, PROVIDE, _NOT_IN_SCHEMA -> sendUnimplemented(view);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends a disembargo back once all calls made before it on that target were; owns the target's reference. */
    private void reflect(ClientHook target, int embargoId) {
        lock.lock();
        try {
            if (closed != null) {
                lock.later(target::release);
                return;
            }
            ClientHook inner = target.innermost();
            if (inner.connection() != this) {
                var stage = inner.whenResolved();
                if (stage == null) {
                    lock.later(target::release);
                    abort("disembargo is addressed to an object that does not lead back to its sender");
                } else {
                    // Calls may still be on their way through a local promise; it settles behind the last of them.
                    lock.later(() -> {
                        var _ = stage.whenComplete((hook, failure) -> reflect(target, embargoId));
                    });
                }
                return;
            }
            writer.reflect(CapTranslator.wayBack(inner), embargoId);
            lock.later(target::release);
        } finally {
            lock.unlock();
        }
    }

    private void handleUnimplemented(Message.Reader message) throws ProtocolException {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            if (message.which() != Message.Which.RESOLVE) {
                throw new ProtocolException("peer lacks a message this connection cannot do without");
            }
            // The peer goes on using its promise, which works as well; it did not take the reference it was sent.
            Resolve.Reader resolve = message.getResolve();
            if (resolve.isCap()) {
                CapDescriptor.Reader cap = resolve.getCap();
                if (cap.isSenderHosted()) {
                    exports.release(cap.getSenderHosted(), 1);
                } else if (cap.isSenderPromise()) {
                    exports.release(cap.getSenderPromise(), 1);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void sendUnimplemented(MessageView view) {
        lock.lock();
        try {
            writer.unimplemented(view);
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
            if (closed == null) {
                writer.abort(reason);
                close(failure);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection: everything that depends on it fails with that reason. Does nothing the second time. */
    void close(RpcException reason) {
        lock.lock();
        try {
            if (closed != null) {
                return;
            }
            closed = reason;
            questions.drain(question -> {
                if (!question.finishSent) {
                    if (!question.isSettled()) {
                        settlePromises(question, Pipeline.broken(reason));
                    }
                    lock.later(() -> question.fail(reason));
                }
            });
            imports.close(reason);
            embargoes.drain(embargo -> lock.later(() -> {
                embargo.held().resolve(new BrokenClient(reason));
                embargo.target().release();
            }));
            for (Answer answer : answers.values()) {
                CallHandle handle = answer.handle;
                if (handle != null) {
                    lock.later(handle::close);
                }
            }
            answers.clear();
            exports.close();
            lock.later(bootstrap::release);
            questionBytes = 0;
            answerBytes = 0;
            heldBytes = 0;
            eased.signalAll();
            writer.close();
            lock.later(out::end); // it closes channels, and tells whoever waits for the end
        } finally {
            lock.unlock();
        }
    }

    /** Why the connection is closed; null while it is open. */
    @Nullable
    RpcException closedBecause() {
        return closed;
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
            while (left > 0
                    && closed == null
                    && answerBytes + out.backlog() >= limits.window()
                    && questions.size() == 0
                    && embargoes.size() == 0
                    && imports.openPromises() == 0) {
                left = eased.awaitNanos(left);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** The outbound passed messages on; readers may be waiting for that. */
    void drained() {
        lock.lock();
        try {
            eased.signalAll();
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
            return new TableSizes(questions.size(), answers.size(), exports.size(), imports.size(), embargoes.size());
        } finally {
            lock.unlock();
        }
    }

    /** The answer to a bootstrap question. */
    private static final class ServedBootstrap extends PromisedCall {
        @Override
        void cancel() {}
    }
}
