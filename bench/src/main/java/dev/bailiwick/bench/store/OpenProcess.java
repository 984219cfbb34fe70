package dev.bailiwick.bench.store;

import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.AnchorMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** A process of its own that opens a store, so that nothing is warm but the disk's pages. */
final class OpenProcess {
    private OpenProcess() {}

    /** Milliseconds from before opening to the first answered lookup, and the heap in use in MiB after many lookups. */
    static double[] measure(Path directory, int count) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenProcess.class.getName(),
                        directory.toString(),
                        "" + count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = lines.readLine();
            if (process.waitFor() != 0 || line == null) {
                throw new IOException("the process that opens the store failed");
            }
            String[] words = line.split(" ", 2);
            return new double[] {Double.parseDouble(words[0]), Double.parseDouble(words[1])};
        }
    }

    static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[1]);
        SplittableRandom random = new SplittableRandom(3);
        long start = System.nanoTime();
        try (Accounts accounts =
                Accounts.open(Path.of(arguments[0]), new AnchorMode.Interval(Duration.ofSeconds(1)), count)) {
            AccountStoreReader reader = accounts.store().accounts();
            requireFound(reader, random.nextInt(count));
            double milliseconds = (System.nanoTime() - start) / 1e6;
            for (int i = 0; i < 10_000; i++) {
                requireFound(reader, random.nextInt(count));
            }
            System.gc();
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            System.out.println(milliseconds + " " + used / (double) (1 << 20));
        }
    }

    private static void requireFound(AccountStoreReader reader, int number) {
        if (reader.byName(Accounts.name(number)).isEmpty()) {
            throw new IllegalStateException("account " + number + " is missing");
        }
    }
}
