package dev.bailiwick.bench.broker;

import dev.bailiwick.broker.BrokerSteps;
import dev.bailiwick.engine.RamEngine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process of its own that holds many live sessions with their bundles, so that its heap is theirs. */
final class SessionsProcess {
    /** The most that one account may have. */
    private static final int PER_ACCOUNT = 1000;

    private SessionsProcess() {}

    /** Arguments: the seed manifest, how many sessions. Prints how many live and the bytes of heap they take. */
    static void main(String[] arguments) throws IOException {
        int count = Integer.parseInt(arguments[1]);
        try (var engine = RamEngine.open();
                BrokerSteps steps =
                        new BrokerSteps(engine, Manifests.roomy(Path.of(arguments[0])), count / PER_ACCOUNT + 1, 1)) {
            steps.planAndMint(100);
            long before = used();
            List<BrokerSteps.Held> held = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                held.add(steps.hold(i / PER_ACCOUNT));
            }
            long after = used();
            System.out.println(steps.sessions() + " " + (after - before) + " "
                    + Runtime.getRuntime().maxMemory() + " " + held.size());
            Runtime.getRuntime().halt(0); // ending them all in good order is not what is measured
        }
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
