package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.torture.Subject.Side;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A child process commits from several threads and tells each acknowledged commit over a pipe, until it is killed with SIGKILL, at
 * times while it is still opening. Each acknowledged commit must be there at its sequence, the chains must be whole, and no pair of
 * accounts may have moved by half.
 */
final class KillPart implements Part {
    private static final int TELL_TALE_FACTOR = 6;

    /**
     * How much of it.
     *
     * @param kills at least
     * @param commits acknowledged, at least
     * @param writers threads of the child
     * @param millis that a child lives at most
     * @param lives of one store: a new one now and then, or the checks, which are of the whole store, would take the most time
     */
    private record Scale(int kills, int commits, int writers, int millis, int lives) {

        static Scale of(Run run) {
            return run.longRun()
                    ? new Scale(run.times(0, 500), run.times(0, 1_000_000), 32, 2_500, 10)
                    : new Scale(60, 0, 4, 500, 20);
        }

        int pairs() {
            return KillChild.pairs(writers);
        }
    }

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public Outcome run(Run run) throws IOException, InterruptedException {
        return new Kills(run, Scale.of(run), run.random(this), run.folder(this)).all();
    }

    /** The kills of one run. */
    private static final class Kills {
        private final Run run;
        private final Scale scale;
        private final SplittableRandom random;
        private final Path folder;
        private final ChildJvm jvm;
        private final List<String> failures = new ArrayList<>();
        private final List<Acknowledged> ofThisStore = new ArrayList<>();
        private long acknowledged;
        private long unacknowledged;
        private int early;
        private int stores;

        Kills(Run run, Scale scale, SplittableRandom random, Path folder) throws IOException {
            this.run = run;
            this.scale = scale;
            this.random = random;
            this.folder = folder;
            this.jvm = ChildJvm.in(folder);
        }

        Outcome all() throws IOException, InterruptedException {
            Subject subject = Subject.at(folder.resolve("store"));
            int kill = 0;
            while (failures.isEmpty() && isWanted(kill)) {
                if (kill % scale.lives == 0) {
                    if (kill > 0) {
                        Trees.delete(subject.directory());
                    }
                    subject = anotherStore(kill);
                }
                List<Acknowledged> told = runAndKill(subject, kill);
                acknowledged += told.size();
                ofThisStore.addAll(told);
                kill++;
                check(subject, kill, told, kill % scale.lives == 0 || !isWanted(kill));
            }
            return new Outcome(
                    "%,d kills (%,d before the first commit) over %,d stores: %,d acknowledged commits, %,d found that were not; %,d lost or halved"
                            .formatted(kill, early, stores, acknowledged, unacknowledged, failures.size()),
                    failures);
        }

        private boolean isWanted(int kill) {
            return kill < scale.kills || acknowledged < scale.commits;
        }

        private Subject anotherStore(int kill) throws IOException, InterruptedException {
            Subject subject = Subject.at(folder.resolve("store-" + kill));
            subject.create(run.manifest(), scale.pairs(), random.split()).close();
            if (stores++ == 0) {
                jvm.archiveFrom(
                        KillChild.class, List.of(subject.directory().toString(), "archive", "" + scale.writers, "20"));
            }
            ofThisStore.clear();
            return subject;
        }

        /** What the child acknowledged before it was killed. */
        private List<Acknowledged> runAndKill(Subject subject, int kill) throws IOException, InterruptedException {
            Path errors = folder.resolve("child.err");
            Process child = new ProcessBuilder(jvm.command(
                            KillChild.class,
                            List.of(
                                    subject.directory().toString(),
                                    "kill" + kill,
                                    "" + scale.writers,
                                    "" + Integer.MAX_VALUE)))
                    .redirectError(errors.toFile())
                    .start();
            // Some kills hit the opening, which writes files too.
            boolean atAnyTime = random.nextInt(TELL_TALE_FACTOR) == 0;
            int millis = random.nextInt(1, scale.millis);
            if (atAnyTime) {
                killAfter(child, millis);
            }
            List<Acknowledged> told = new ArrayList<>();
            try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (told.isEmpty() && !atAnyTime) {
                        killAfter(child, millis);
                    }
                    Acknowledged.parse(line).ifPresent(told::add);
                }
            }
            child.waitFor();
            String complaint = Files.readString(errors);
            if (!complaint.isEmpty()) {
                failures.add("kill " + kill + ": the child complained: " + complaint);
            }
            early += told.isEmpty() ? 1 : 0;
            return told;
        }

        /** Through the handle, which leaves the pipe open: what is still in it was acknowledged too. */
        private static void killAfter(Process child, int millis) {
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
                    .execute(() -> child.toHandle().destroyForcibly());
        }

        private void check(Subject subject, int kill, List<Acknowledged> told, boolean last) {
            try (Subject.Session session = subject.open(random.split())) {
                Aftermath.of(session, scale.pairs(), last ? ofThisStore : told)
                        .forEach(wrong -> failures.add("kill " + kill + ": " + wrong));
                for (int pair = 0; last && pair < scale.pairs(); pair++) {
                    checkHistory(session, pair);
                }
            } catch (RuntimeException e) {
                String code = Judge.refusal(e).orElseThrow(() -> e);
                failures.add("kill " + kill + ": the store is refused: " + code + ": " + e.getMessage());
            }
        }

        /** Every version of both accounts must have come with its other half, and no word twice. */
        private void checkHistory(Subject.Session session, int pair) {
            Map<Long, String> left = words(session, pair, Side.LEFT);
            if (!left.equals(words(session, pair, Side.RIGHT))) {
                failures.add("the histories of pair " + pair + " differ");
            }
            Set<String> known = new HashSet<>();
            ofThisStore.stream().map(Acknowledged::word).forEach(known::add);
            left.values().stream()
                    .filter(word -> word.startsWith("kill") && !known.contains(word))
                    .forEach(word -> unacknowledged++);
        }

        private static Map<Long, String> words(Subject.Session session, int pair, Side side) {
            Map<Long, String> words = new HashMap<>();
            for (HistoryEntry<Account> entry : session.store().accounts().history(Subject.account(pair, side))) {
                words.put(entry.entry().sequence(), entry.record().content().displayName());
            }
            return words;
        }
    }
}
