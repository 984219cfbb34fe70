package dev.bailiwick.qemu;

/**
 * What goes wrong with a disk: the guest is told of an input/output error, and nothing of what it asked for is done.
 *
 * @param kind the requests that fail
 * @param nth the first of that kind to fail, from the start of the machine on; at least 1
 * @param lasting whether all of that kind fail from then on, or only that one
 */
record Fault(Kind kind, int nth, boolean lasting) {
    private static final int EIO = 5;

    Fault {
        if (nth < 1) {
            throw new IllegalArgumentException("the first is number 1");
        }
    }

    /** Requests that can fail, as QEMU's {@code blkdebug} names the event and the request. */
    enum Kind {
        WRITE("write_aio", "write"),
        FLUSH("flush_to_disk", "flush");

        private final String event;
        private final String request;

        Kind(String event, String request) {
            this.event = event;
            this.request = request;
        }
    }

    /** The driver's rule file: it counts by going from state to state, and begins at 1. */
    String rules() {
        StringBuilder rules = new StringBuilder();
        for (int state = 1; state < nth; state++) {
            rules.append("[set-state]\nevent = \"%s\"\nstate = \"%d\"\nnew_state = \"%d\"\n"
                    .formatted(kind.event, state, state + 1));
        }
        return rules.append(
                        "[inject-error]\nevent = \"%s\"\nstate = \"%d\"\niotype = \"%s\"\nerrno = \"%d\"\nonce = \"%s\"\n"
                                .formatted(kind.event, nth, kind.request, EIO, lasting ? "off" : "on"))
                .toString();
    }

    @Override
    public String toString() {
        return (lasting ? "every " : "only the ")
                + kind.request
                + (lasting ? " from the " : " number ")
                + nth
                + (lasting ? "th on" : "");
    }
}
