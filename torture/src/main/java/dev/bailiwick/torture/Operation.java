package dev.bailiwick.torture;

import java.util.Optional;

/**
 * One call of one client on one register, with what it answered.
 *
 * @param client who called
 * @param invoked when the call began, on a clock that all clients share
 * @param returned when its answer came, later than {@code invoked}; {@link #NEVER} if none came
 * @param call what was asked, and the answer
 */
record Operation(String client, long invoked, long returned, Call call) {
    /** For an answer that never came: what was asked may have happened at any time since, or not at all. */
    static final long NEVER = Long.MAX_VALUE;

    Operation {
        if (invoked >= returned) {
            throw new IllegalArgumentException("an answer comes after its question");
        }
    }

    /** A question with its answer. */
    sealed interface Call {
        /** What the register holds after this call, if the answer is right for what it held before; empty if it is not. */
        Optional<Register> after(Register before);
    }

    /** Asked for what it holds. */
    record Read(Register seen) implements Call {
        @Override
        public Optional<Register> after(Register before) {
            return seen.equals(before) ? Optional.of(before) : Optional.empty();
        }
    }

    /** Asked to set a value if the version was the expected one, and it was. */
    record Swapped(long expected, String value) implements Call {
        @Override
        public Optional<Register> after(Register before) {
            return before.version() == expected ? Optional.of(new Register(expected + 1, value)) : Optional.empty();
        }
    }

    /** Asked the same, and was told of another version. */
    record Refused(long expected, long current) implements Call {
        @Override
        public Optional<Register> after(Register before) {
            return before.version() == current && current != expected ? Optional.of(before) : Optional.empty();
        }
    }

    /** Asked the same, and was never answered. */
    record Unanswered(long expected, String value) implements Call {
        @Override
        public Optional<Register> after(Register before) {
            return Optional.of(before.version() == expected ? new Register(expected + 1, value) : before);
        }
    }
}
