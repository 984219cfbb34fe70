package dev.bailiwick.capnp.rpc;

/** A parcel made ready to be sent: the draft it was built in if that is to be had, else a copy. */
final class Outgoing {
    final Draft draft;

    /** What the draft's capability pointers refer to; not always the draft's own table, for membranes replace it. */
    final CapTable caps;

    final long bytes;
    private final boolean isCopy;

    private Outgoing(Draft draft, CapTable caps, boolean isCopy) {
        this.draft = draft;
        this.caps = caps;
        this.bytes = Frames.bytes(draft.segments());
        this.isCopy = isCopy;
    }

    /** The parcel's body in a call or a return. Borrows the parcel. */
    static Outgoing of(Parcel parcel, boolean isCall) {
        Draft built = parcel.claimDraft();
        if (built != null && built.isCall() == isCall) {
            return new Outgoing(built, parcel.caps(), false);
        }
        int words = (int) Math.min(parcel.sizeInBytes() / 8 + 8, 1 << 17);
        Draft copy = isCall ? Draft.call(words) : Draft.results(words);
        DeepCopy.content(copy, parcel, ClientHook::addRef);
        return new Outgoing(copy, copy.caps(), true);
    }

    /** Gives back the references a copy took, once they were described to the peer. */
    void releaseCopy() {
        if (isCopy) {
            caps.release();
        }
    }
}
