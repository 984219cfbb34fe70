package dev.bailiwick.capnp.rpc;

import org.capnproto.DecodeException;

/**
 * Walks a message from outside once, before the runtime reads it, and refuses what the runtime would stumble over: pointers out
 * of bounds, far pointers that lead nowhere, nesting without end, and few bytes that unfold to many. What passes can be read
 * without any failure but a {@link DecodeException} for an object of an unexpected kind.
 *
 * <p>Every word a pointer leads to is charged each time it is reached, zero-sized list elements too, against a budget that is a
 * multiple of the message's own size; so the walk is linear in the message, and so is any later walk of a reader's.
 */
final class MessageValidator {
    /** Spared to small messages, whose size times the factor would be too tight for a list of voids. In words. */
    static final int SMALL_CHANGE = 4096;

    /** The longest section the runtime can read: it keeps these numbers in a signed short, and copies wildly beyond. In words. */
    static final int LONGEST_SECTION = Short.MAX_VALUE;

    private final Limits limits;
    private long budget;

    /** For any number of messages, one at a time. */
    MessageValidator(Limits limits) {
        this.limits = limits;
    }

    /** @throws DecodeException if the message is malformed or beyond the limits; the text says how */
    void validate(MessageView view) {
        if (view.segment(0).words() == 0) {
            throw new DecodeException("message is empty");
        }
        budget = (view.sizeInBytes() >>> 3) * limits.amplification() + SMALL_CHANGE;
        pointer(view.segment(0), 0, limits.nesting());
    }

    private void pointer(MessageView.Segment segment, int word, int nesting) {
        long ref = segment.get(word);
        if (ref == 0) {
            return;
        }
        switch (Wire.kind(ref)) {
            case Wire.FAR -> far(segment.view(), ref, nesting);
            case Wire.OTHER -> {
                if (!Wire.isCapability(ref)) {
                    throw new DecodeException("message has a pointer of a kind that does not exist");
                }
            }
            default -> object(segment, word + 1L + Wire.offset(ref), ref, nesting);
        }
    }

    private void far(MessageView view, long ref, int nesting) {
        MessageView.Segment padSegment = segment(view, Wire.farSegment(ref));
        int pad = Wire.farPad(ref);
        boolean isDouble = Wire.isDoubleFar(ref);
        requireInside(padSegment, pad, isDouble ? 2 : 1);
        charge(isDouble ? 2 : 1);
        long first = padSegment.get(pad);
        if (!isDouble) {
            if (Wire.kind(first) == Wire.FAR || Wire.kind(first) == Wire.OTHER) {
                throw new DecodeException("message has a far pointer that leads to no object");
            }
            if (first != 0) {
                object(padSegment, pad + 1L + Wire.offset(first), first, nesting);
            }
            return;
        }
        long tag = padSegment.get(pad + 1);
        if (Wire.kind(first) != Wire.FAR
                || Wire.isDoubleFar(first)
                || Wire.kind(tag) == Wire.FAR
                || Wire.kind(tag) == Wire.OTHER) {
            throw new DecodeException("message has a double-far pointer that leads to no object");
        }
        object(segment(view, Wire.farSegment(first)), Wire.farPad(first), tag, nesting);
    }

    private void object(MessageView.Segment segment, long word, long tag, int nesting) {
        if (nesting == 0) {
            throw new DecodeException("message is nested too deeply");
        }
        if (Wire.kind(tag) == Wire.STRUCT) {
            int words = Wire.structWords(tag);
            requireInside(segment, word, words);
            requireReadable(tag);
            charge(words);
            pointers(segment, (int) word + Wire.structData(tag), Wire.structPointers(tag), nesting - 1);
            return;
        }
        int count = Wire.listCount(tag);
        switch (Wire.listSize(tag)) {
            case Wire.COMPOSITE -> composite(segment, word, count, nesting);
            case Wire.POINTER -> {
                requireInside(segment, word, count);
                charge(count);
                pointers(segment, (int) word, count, nesting - 1);
            }
            case Wire.VOID -> {
                requireInside(segment, word, 0);
                charge(count);
            }
            default -> {
                int words = Wire.listWords(Wire.listSize(tag), count);
                requireInside(segment, word, words);
                charge(words);
            }
        }
    }

    private void composite(MessageView.Segment segment, long word, int words, int nesting) {
        requireInside(segment, word, words + 1L);
        charge(words + 1L);
        long tag = segment.get((int) word);
        if (Wire.kind(tag) != Wire.STRUCT) {
            throw new DecodeException("message has a list of composites that are no structs");
        }
        int elements = Wire.compositeCount(tag);
        int step = Wire.structWords(tag);
        if ((long) elements * step > words) {
            throw new DecodeException("message has a list with elements beyond its end");
        }
        requireReadable(tag);
        if (step == 0) {
            charge(elements);
        }
        int pointerCount = Wire.structPointers(tag);
        if (pointerCount > 0) {
            int at = (int) word + 1 + Wire.structData(tag);
            for (int i = 0; i < elements; i++) {
                pointers(segment, at, pointerCount, nesting - 1);
                at += step;
            }
        }
    }

    private void pointers(MessageView.Segment segment, int word, int count, int nesting) {
        for (int i = 0; i < count; i++) {
            pointer(segment, word + i, nesting);
        }
    }

    private static MessageView.Segment segment(MessageView view, int id) {
        view.tryGetSegment(id); // refuses an id without segment
        return view.segment(id);
    }

    private static void requireReadable(long tag) {
        if (Wire.structData(tag) > LONGEST_SECTION || Wire.structPointers(tag) > LONGEST_SECTION) {
            throw new DecodeException("message has a struct section of more than " + LONGEST_SECTION
                    + " words, which cannot be read here");
        }
    }

    private static void requireInside(MessageView.Segment segment, long word, long words) {
        if (word < 0 || word + words > segment.words()) {
            throw new DecodeException("message has a pointer that leads outside");
        }
    }

    private void charge(long words) {
        budget -= words;
        if (budget < 0) {
            throw new DecodeException("message refers to the same words too often");
        }
    }
}
