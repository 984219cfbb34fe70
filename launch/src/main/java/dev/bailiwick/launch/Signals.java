package dev.bailiwick.launch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Sends signals: kill(2), which Java offers for two of them only. Stateless. */
final class Signals {
    static final int KILL = 9;
    static final int CONT = 18;
    static final int STOP = 19;

    private static final MethodHandle KILL_CALL = killCall();

    private Signals() {}

    @SuppressWarnings("restricted") // kill(2) takes two numbers and touches no memory of this process.
    private static MethodHandle killCall() {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    }

    /** Sends it to the process, or to the process group if the number is negative. Whoever is gone does not get it. */
    static void send(int target, int signal) {
        if (target == 0 || target == 1 || target == -1) {
            throw new IllegalArgumentException("not a process of ours: " + target);
        }
        try {
            var _ = (int) KILL_CALL.invokeExact(target, signal);
        } catch (Throwable impossible) {
            throw new LinkageError("kill(2) cannot be called", impossible);
        }
    }
}
