package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;

/** What a connection finds wrong when it looks at itself. There is nothing to be found unless this library has a bug. */
final class SelfCheck {
    private final List<String> faults = new ArrayList<>(0);

    /** Notes the invariant if it is broken. */
    void require(String invariant, boolean holds) {
        if (!holds) {
            faults.add("not so: " + invariant);
        }
    }

    /** Notes that a count is not what was counted. */
    void equal(String what, long noted, long counted) {
        if (noted != counted) {
            faults.add(what + " are " + counted + ", not " + noted);
        }
    }

    /** Everything noted, in words for whoever looks into it. */
    List<String> faults() {
        return List.copyOf(faults);
    }
}
