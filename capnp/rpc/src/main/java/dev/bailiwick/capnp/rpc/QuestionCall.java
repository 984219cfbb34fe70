package dev.bailiwick.capnp.rpc;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A call to the peer: our side of an entry in the question table. */
final class QuestionCall extends PendingCall {
    private final Questions questions;
    private final int id;
    private final boolean isRedirected;
    private final QuestionPipeline pipeline = new QuestionPipeline();

    // Guarded by the connection:
    Map<PipelinePath, RemotePromise> promises = Map.of(); // an immutable one until there are any
    int[] paramExports = Described.NONE;
    long bytes;
    boolean returned;

    /** Promises of a redirected question's results that somebody still uses. */
    int openPromises;

    /** Nobody needs a redirected question's results, save those promises. */
    boolean givenUp;

    /** The peer's call whose results these are, if it said so. */
    @Nullable
    Answer takenFrom;

    boolean finishSent;
    private Attention attention = Attention.NOBODY_WAITS; // guarded by this
    private volatile @Nullable Pipeline settled; // set under the lock

    /** @param isRedirected whether the peer is asked to keep the results */
    QuestionCall(Questions questions, int id, boolean isRedirected) {
        this.isRedirected = isRedirected;
        this.questions = questions;
        this.id = id;
    }

    int id() {
        return id;
    }

    /** Whether the results stay with the peer: they never come here, and the promises of them never settle. */
    boolean isRedirected() {
        return isRedirected;
    }

    /** Nobody needs the results of this redirected question. */
    void giveUpRedirected() {
        questions.giveUpRedirected(this);
    }

    @Override
    Pipeline pipeline() {
        return pipeline;
    }

    /** Nothing to do: the connection settles the promises under its lock, before the results are known to anybody. */
    @Override
    void settle(Pipeline actual) {}

    /** Whether the outcome is known, which sends later uses of the pipeline elsewhere. Under the lock. */
    boolean isSettled() {
        return settled != null;
    }

    /** Notes the outcome's pipeline, under the lock. */
    void settleLocked(Pipeline actual) {
        settled = actual;
    }

    @Override
    void cancel(RpcException why) {
        questions.cancel(this, why);
    }

    @Override
    void attend() {
        questions.out().attend(this);
    }

    @Override
    Parcel await() throws InterruptedException, ExecutionException {
        questions.out().awaitInput(this);
        return super.await();
    }

    @Override
    void outcomeKnown() {
        questions.out().outcomeKnown(this);
    }

    /** Notes that somebody waits for the outcome; false if that was known, or there is nothing to wait for any more. */
    synchronized boolean beginAttention() {
        boolean isNews = attention == Attention.NOBODY_WAITS;
        if (isNews) {
            attention = Attention.SOMEBODY_WAITS;
        }
        return isNews;
    }

    /** Notes that the outcome is known; true if somebody waited for it. */
    synchronized boolean endAttention() {
        boolean somebodyWaited = attention == Attention.SOMEBODY_WAITS;
        attention = Attention.OVER;
        return somebodyWaited;
    }

    private enum Attention {
        NOBODY_WAITS,
        SOMEBODY_WAITS,
        OVER
    }

    private final class QuestionPipeline extends Pipeline {
        @Override
        ClientHook capability(PipelinePath path) {
            ClientHook promise = questions.promise(QuestionCall.this, path);
            if (promise != null) {
                return promise;
            }
            Pipeline actual = settled;
            return actual == null ? new BrokenClient(cancelled()) : actual.capability(path);
        }

        @Override
        void giveUp() {
            questions.forgetPromises(QuestionCall.this);
        }
    }
}
