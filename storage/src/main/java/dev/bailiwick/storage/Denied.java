package dev.bailiwick.storage;

/** A typed refusal: nothing was done. */
public sealed interface Denied
        extends EnsureResult,
                OpenResult,
                ListResult,
                StatResult,
                GetResult,
                PutResult,
                RemoveResult,
                SubResult,
                WriteResult,
                ReadResult,
                AppendResult,
                KeyAddResult,
                SnapshotResult,
                SnapshotsResult,
                ShareResult {
    /** Stable. */
    DenialCode code();

    /** For people: what was refused and why. */
    String message();

    /** For people: what to do next. May be empty. */
    String hint();

    /** A refusal without numbers. */
    record Refused(DenialCode code, String message, String hint) implements Denied {}

    /**
     * A limit that the request would pass.
     *
     * @param limit its name, such as {@code homeQuotaBytes}
     * @param allowed the most there may be
     * @param used what there is
     * @param requested what the request would add
     */
    record QuotaExceeded(String limit, long allowed, long used, long requested) implements Denied {
        @Override
        public DenialCode code() {
            return DenialCode.QUOTA_EXCEEDED;
        }

        @Override
        public String message() {
            return limit + " is " + allowed + ": " + used + " in use, " + requested + " more requested";
        }

        @Override
        public String hint() {
            return "remove something first, or ask an administrator for a larger " + limit;
        }
    }

    /** A refusal; {@code hint} may be empty. */
    static Denied because(DenialCode code, String message, String hint) {
        return new Refused(code, message, hint);
    }
}
