package dev.bailiwick.capnp.rpc;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.UnaryOperator;
import org.capnproto.AnyPointer;
import org.capnproto.FromPointerReader;
import org.jspecify.annotations.Nullable;

/**
 * Parameters or results on their way: a finished message body together with the capabilities it refers to. It is counted:
 * whoever holds a reference closes it once, and the last one gives the capabilities back.
 *
 * <p>Immutable once made, hence safe to read from any thread. The one exception is the {@linkplain #claimDraft() draft}, which
 * goes to a single claimant, and what that one writes lies outside the body.
 *
 * <p>Results that are there are a pipeline into themselves, which borrows them.
 */
final class Parcel extends Pipeline implements AutoCloseable {
    private static final AtomicIntegerFieldUpdater<Parcel> REFERENCES =
            AtomicIntegerFieldUpdater.newUpdater(Parcel.class, "references");

    private final MessageView view;
    private final int contentWord;
    private final MessageView.Segment contentSegment;
    private final @Nullable Draft draft;
    private final @Nullable Parcel original;
    private final @Nullable QuestionCall elsewhere;
    private volatile int references = 1;

    private Parcel(
            MessageView view,
            MessageView.Segment contentSegment,
            int contentWord,
            @Nullable Draft draft,
            @Nullable Parcel original,
            @Nullable QuestionCall elsewhere) {
        this.view = view;
        this.contentSegment = contentSegment;
        this.contentWord = contentWord;
        this.draft = draft;
        this.original = original;
        this.elsewhere = elsewhere;
    }

    /** What was built in a draft; the draft's capability table and memory belong to the parcel from here on. */
    static Parcel of(Draft draft) {
        MessageView view = draft.view();
        return new Parcel(view, view.segment(0), draft.contentWord(), draft, null, null);
    }

    /** What came in a message: the content pointer stands at that word of that segment of the view. */
    static Parcel received(MessageView view, MessageView.Segment segment, int contentWord) {
        view.retain();
        return new Parcel(view, segment, contentWord, null, null, null);
    }

    /** Nothing at all: a null pointer. */
    static Parcel empty() {
        return of(Draft.results(0));
    }

    /** A null pointer with a capability table it does not use, but owns. */
    static Parcel nothing(CapTable caps) {
        MessageView view = new MessageView(new ByteBuffer[] {ByteBuffer.allocate(8)}, caps);
        return received(view, view.segment(0), 0);
    }

    /**
     * A note that the results stay at the other end of a connection, as those of that question, for a return to refer to. The
     * question is finished when the note is given up.
     */
    static Parcel elsewhere(QuestionCall question) {
        MessageView view = new MessageView(ByteBuffer.allocate(8));
        return new Parcel(view, view.segment(0), 0, null, null, question);
    }

    /** The question whose results these are without being here; null for results that are here. */
    @Nullable
    QuestionCall elsewhere() {
        return elsewhere;
    }

    AnyPointer.Reader content() {
        return new AnyPointer.Reader(contentSegment(), contentWord, Wire.NESTING_LIMIT);
    }

    MessageView.Segment contentSegment() {
        return contentSegment;
    }

    int contentWord() {
        return contentWord;
    }

    CapTable caps() {
        return view.caps();
    }

    /** The capability table; null as long as nothing was put into it. */
    @Nullable
    CapTable capsIfAny() {
        return view.capsIfAny();
    }

    /** The content as something of that kind. */
    <T> T read(FromPointerReader<T> factory) {
        return factory.fromPointerReader(contentSegment, contentWord, Wire.NESTING_LIMIT);
    }

    long sizeInBytes() {
        return view.sizeInBytes();
    }

    /**
     * The capability that a path of pointer fields leads to, as a fresh reference: a null or broken one where the path leads
     * nowhere.
     */
    @Override
    ClientHook capability(PipelinePath path) {
        return elsewhere == null ? path.follow(this) : elsewhere.pipeline().capability(path);
    }

    /** Nothing to do: whoever owns the results closes them. */
    @Override
    void giveUp() {}

    /** The same body with every capability replaced; closes over this parcel, whose reference passes to the result. */
    Parcel map(UnaryOperator<ClientHook> function) {
        MessageView mapped = view.withCaps(view.caps().map(function));
        int segment = 0;
        while (view.segment(segment) != contentSegment()) {
            segment++;
        }
        return new Parcel(mapped, mapped.segment(segment), contentWord, draft, this, elsewhere);
    }

    /** The draft this was built in, if there is one and nobody claimed it before: it may be completed and sent. */
    @Nullable
    Draft claimDraft() {
        return draft != null && draft.claim() ? draft : null;
    }

    Parcel retain() {
        int before = REFERENCES.getAndIncrement(this);
        assert before > 0 : "parcel retained after it was given up";
        return this;
    }

    /** Takes another reference unless the last one is gone. */
    boolean tryRetain() {
        int current = references;
        while (current > 0) {
            if (REFERENCES.compareAndSet(this, current, current + 1)) {
                return true;
            }
            current = references;
        }
        return false;
    }

    @Override
    public void close() {
        if (REFERENCES.decrementAndGet(this) == 0) {
            view.releaseCaps();
            if (original != null) {
                original.close();
            } else if (draft != null) {
                draft.release();
            } else {
                view.release();
            }
            if (elsewhere != null) {
                elsewhere.giveUpRedirected();
            }
        }
    }
}
