package dev.bailiwick.capnp.rpc;

import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.jspecify.annotations.Nullable;

/** Reads and writes single capability pointers. */
final class CapPointers {
    private CapPointers() {}

    /** As {@link #read(SegmentReader, int)}, in the shape of a pointer factory. */
    static ClientHook read(SegmentReader segment, int pointer, int nestingLimit) {
        return read(segment, pointer);
    }

    /**
     * The capability a pointer stands for, as a fresh reference. A null pointer gives the null capability; a pointer that is no
     * capability, or names none in its message's table, gives a broken one, as the C++ implementation has it: calling it fails,
     * and the rest of the message stays readable.
     */
    static ClientHook read(SegmentReader segment, int pointer) {
        long ref = segment.get(pointer);
        if (ref == 0) {
            return BrokenClient.nullCapability();
        }
        if (!Wire.isCapability(ref)) {
            return broken("message holds something else where a capability was expected");
        }
        CapTable table = Tables.of(segment);
        if (table == null) {
            return broken("message was read without its capabilities");
        }
        ClientHook hook = table.share(Wire.capabilityIndex(ref));
        return hook == null ? broken("message refers to a capability that was not sent with it") : hook;
    }

    /** The index of the capability that a pointer stands for; -1 if it stands for none. */
    static int index(SegmentReader segment, int pointer) {
        long ref = segment.get(pointer);
        return Wire.isCapability(ref) ? Wire.capabilityIndex(ref) : -1;
    }

    /** Points at the capability, of which the message takes its own reference; null clears the pointer. */
    static void write(SegmentBuilder segment, int pointer, @Nullable ClientHook borrowed) {
        DeepCopy.clear(segment, pointer);
        if (borrowed != null && !borrowed.isNull()) {
            CapTable table = Tables.of(segment);
            if (table == null) {
                throw new IllegalStateException(
                        "this message cannot carry capabilities; build it as the parameters or results of a call");
            }
            segment.put(pointer, Wire.capability(table.add(borrowed.addRef())));
        }
    }

    private static ClientHook broken(String reason) {
        return BrokenClient.of(reason);
    }
}
