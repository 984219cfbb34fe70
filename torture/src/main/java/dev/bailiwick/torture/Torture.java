package dev.bailiwick.torture;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The program: runs the parts that were asked for and prints what came of them. {@code torture/run --help} says how. */
final class Torture {
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    /** In the order in which they run. */
    static final List<Part> PARTS = List.of(
            new KillPart(),
            new FlipPart(),
            new FilesPart(),
            new RollbackPart(),
            new LinearPart(),
            new LinearSocketPart(),
            new FullPart());

    private Torture() {}

    /** Arguments: the seed manifest, then what the user gave. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = List.of(arguments).subList(1, arguments.length);
        Optional<Request> request = Request.parse(words);
        if (request.isEmpty()) {
            System.err.println("torture: cannot make sense of " + words + "; see torture/run --help");
            System.exit(USAGE);
        } else if (!run(request.get(), Path.of(arguments[0]), System.out)) {
            System.exit(FAILED);
        }
    }

    /**
     * What the user wants.
     *
     * @param parts none twice
     * @param share a long run is to be done in so many
     */
    record Request(List<Part> parts, boolean longRun, int share, long seed) {
        /** Empty if it cannot be understood. */
        static Optional<Request> parse(List<String> words) {
            List<Part> parts = new ArrayList<>();
            boolean longRun = false;
            int share = 1;
            // Short enough to be typed again.
            long seed = new SecureRandom().nextInt(1, Integer.MAX_VALUE);
            for (int i = 0; i < words.size(); i++) {
                String word = words.get(i);
                Optional<Part> part =
                        PARTS.stream().filter(each -> each.name().equals(word)).findFirst();
                if (part.isPresent()) {
                    parts.add(part.get());
                } else if (word.equals("--long")) {
                    longRun = true;
                } else if (word.equals("--seed")
                        && i + 1 < words.size()
                        && words.get(i + 1).matches("\\d{1,18}")) {
                    seed = Long.parseLong(words.get(++i));
                } else if (word.equals("--share")
                        && i + 1 < words.size()
                        && words.get(i + 1).matches("[1-9]\\d{0,2}")) {
                    share = Integer.parseInt(words.get(++i));
                } else {
                    return Optional.empty();
                }
            }
            return Optional.of(new Request(
                    parts.isEmpty() ? PARTS : parts.stream().distinct().toList(), longRun, share, seed));
        }
    }

    /** Whether all parts passed. */
    static boolean run(Request request, Path manifest, PrintStream out) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("torture");
        boolean passed = true;
        try {
            for (Part part : request.parts()) {
                long start = System.nanoTime();
                Outcome outcome =
                        part.run(new Run(request.seed(), request.longRun(), request.share(), folder, manifest));
                out.printf(
                        "%s %-13s seed %d, %.0f s%n",
                        outcome.passed() ? "ok    " : "FAILED",
                        part.name(),
                        request.seed(),
                        (System.nanoTime() - start) / 1e9);
                outcome.counts().lines().forEach(line -> out.println("       " + line));
                outcome.failures().forEach(failure -> out.println("       ! " + failure));
                passed &= outcome.passed();
            }
            if (!passed) {
                out.println("What failed is in " + folder + "; run the part again with --seed " + request.seed());
            }
            return passed;
        } finally {
            if (passed) {
                Trees.delete(folder);
            }
        }
    }
}
