package dev.bailiwick.torture;

import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.StoreFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An older copy of the whole directory is put back, one commit older or many, and at times the older copy has gone on to as many
 * commits of its own. With an anchor it must be refused each time; without one the status must say that nobody would notice.
 */
final class RollbackPart implements Part {
    private static final int MOST_COMMITS = 30;

    @Override
    public String name() {
        return "rollback";
    }

    @Override
    public Outcome run(Run run) throws IOException {
        SplittableRandom random = run.random(this);
        Path folder = run.folder(this);
        Subject subject = Subject.at(folder.resolve("store"));
        subject.create(run.manifest(), 1, random.split()).close();
        Tally tally = new Tally();
        List<String> failures = new ArrayList<>();
        int times = run.times(30, 300);
        int forks = 0;
        for (int i = 0; i < times; i++) {
            Path older = folder.resolve("older");
            Trees.copy(subject.directory(), older);
            int commits = 1 + random.nextInt(random.nextInt(1, MOST_COMMITS));
            commit(subject, "true" + i + "-", commits, random);
            boolean forked = random.nextInt(3) == 0;
            if (forked) {
                forks++;
                goOnWithout(older, commits, folder.resolve("mallory.anchor"), random);
            }
            Path kept = folder.resolve("kept");
            Files.move(subject.directory(), kept);
            Trees.copy(older, subject.directory());
            byte[] anchor = Files.readAllBytes(subject.files().anchor());
            String what = (forked ? "a fork of " : "a rollback of ") + commits + " commits";
            tally.add(what, expectRefused(subject, random));
            if (!Files.exists(subject.files().anchor())
                    || !Arrays.equals(anchor, Files.readAllBytes(subject.files().anchor()))) {
                failures.add(what + ": the anchor was changed by the refusal");
            }
            requireThatStatusSaysSo(subject, what, failures, random);
            Trees.delete(subject.directory());
            Trees.delete(older);
            Files.move(kept, subject.directory());
            // What was turned back opens again once the right directory is there.
            subject.open(random.split()).close();
        }
        failures.addAll(tally.failures());
        return new Outcome(
                tally + "; of them " + forks + " forks; without an anchor all " + times
                        + " opened, and the status said that a rollback cannot be detected",
                failures);
    }

    private static void commit(Subject subject, String word, int commits, SplittableRandom random) {
        try (Subject.Session session = subject.open(random.split())) {
            for (int i = 0; i < commits; i++) {
                session.write(0, word + i);
            }
        }
    }

    /** What somebody with the older copy and an anchor of their own can do. */
    private static void goOnWithout(Path older, int commits, Path anchor, SplittableRandom random) {
        Subject fork = new Subject(older, StoreFiles.defaultsFor(older))
                .anchoredAt(anchor)
                .anchored(new AnchorMode.None());
        commit(fork, "fork-", commits, random);
    }

    private static Verdict expectRefused(Subject subject, SplittableRandom random) {
        try (Subject.Session session = subject.open(random.split())) {
            return new Verdict.Wrong(
                    "it was opened at " + session.store().inspector().head());
        } catch (RuntimeException e) {
            String code = Judge.refusal(e).orElseThrow(() -> e);
            return code.equals("rolled-back") || code.equals("forked")
                    ? new Verdict.Refused(code, String.valueOf(e.getMessage()))
                    : new Verdict.Wrong("it was refused for another reason: " + code + ": " + e.getMessage());
        }
    }

    private static void requireThatStatusSaysSo(
            Subject subject, String what, List<String> failures, SplittableRandom random) {
        try (Subject.Session session = subject.anchored(new AnchorMode.None()).open(random.split())) {
            String words = session.store().rollbackDetection().words();
            if (!words.contains("a rollback cannot be detected")) {
                failures.add(what + " without an anchor: the status says '" + words + "'");
            }
        }
    }
}
