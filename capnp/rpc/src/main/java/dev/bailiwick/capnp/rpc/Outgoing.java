package dev.bailiwick.capnp.rpc;

import org.capnproto.DecodeException;
import org.jspecify.annotations.Nullable;

/** A parcel made ready to be sent: the draft it was built in if that is to be had, else a copy. */
final class Outgoing {
    final Draft draft;

    /** What the draft's capability pointers refer to, null if they are none; not always the draft's own table, for membranes replace it. */
    final @Nullable CapTable caps;

    final long bytes;
    private final boolean isCopy;

    private Outgoing(Draft draft, @Nullable CapTable caps, boolean isCopy) {
        this.draft = draft;
        this.caps = caps;
        this.bytes = draft.bodyBytes();
        this.isCopy = isCopy;
    }

    /** The parcel's body in a call or a return. Borrows the parcel. */
    static Outgoing of(Parcel parcel, boolean isCall) {
        Draft built = parcel.claimDraft();
        if (built != null && built.isCall() == isCall) {
            return new Outgoing(built, parcel.capsIfAny(), false);
        }
        int words = (int) Math.min(parcel.sizeInBytes() / 8 + 8, 1 << 17);
        Draft copy = isCall ? Draft.call(words) : Draft.results(words);
        DeepCopy.content(copy, parcel, ClientHook::addRef);
        return new Outgoing(copy, copy.capsIfAny(), true);
    }

    /** Why it is too much for a message already, in words about what it is; null if it is not. */
    @Nullable
    String tooMuch(Limits limits, String what) {
        long whole = bytesNow();
        if (whole > limits.messageBytes()) {
            return what + " of " + whole + " bytes are longer than the limit of " + limits.messageBytes();
        }
        return capabilities() > limits.capabilities()
                ? what + " with " + capabilities() + " capabilities have more than the limit of "
                        + limits.capabilities()
                : null;
    }

    /**
     * Why the finished message must not be sent, as a peer like this one would end the connection over it; null if it may be. What
     * was read within the limits may be beyond them where it was put, and then one call is to fail, and no other.
     */
    @Nullable
    String excess(Limits limits, String what) {
        if (draft.segmentCount() > limits.segments()) {
            return what + " of " + draft.segmentCount() + " segments have more than the limit of " + limits.segments();
        }
        String tooMuch = tooMuch(limits, what);
        if (tooMuch == null && bytesNow() >>> 3 > limits.nesting()) { // each level takes a word, for the pointer to it
            try {
                new MessageValidator(limits).validate(new MessageView(draft.segments(), (OffHeap) null));
            } catch (DecodeException refused) {
                return what + " cannot be sent: " + refused.getMessage();
            }
        }
        return tooMuch;
    }

    /** How many capabilities go along. */
    int capabilities() {
        return caps == null ? 0 : caps.size();
    }

    private long bytesNow() {
        return draft.frameBytes() - draft.headerBytes();
    }

    /** Gives back what a copy took, once the references were described to the peer: when the lock is free. */
    void releaseCopy(VatLock lock) {
        if (isCopy) {
            lock.later(draft::discard);
        }
    }
}
