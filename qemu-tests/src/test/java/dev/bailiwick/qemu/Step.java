package dev.bailiwick.qemu;

import java.time.Duration;

/** What a script did in the guest: the exit code of its shell and all it printed, the two streams apart. */
record Step(String script, int exit, String out, String err, Duration took) {
    /** Asserts success and returns standard output without its last line end. */
    String ok() {
        return expect(0).out.stripTrailing();
    }

    /** Asserts the exit code of a refusal and returns standard error without its last line end. */
    String refusedWith(int expectedExit) {
        return expect(expectedExit).err.stripTrailing();
    }

    /** Asserts the exit code. */
    Step expect(int expected) {
        if (exit != expected) {
            throw new AssertionError("expected exit code " + expected + ", the guest said\n" + describe());
        }
        return this;
    }

    String describe() {
        return "# " + script.strip().replace("\n", "\n# ") + "\n" + out + (err.isEmpty() ? "" : "[stderr]\n" + err)
                + "[exit " + exit + " after " + took.toMillis() + " ms]\n";
    }
}
