package dev.bailiwick.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A store to make damaged copies of, with what it holds. It has been opened and written to more than once, so that it has table files and
 * a log with commits that are nowhere else.
 *
 * @param origin the undamaged store; never opened again
 * @param younger the same store some commits earlier
 * @param victim where the copies are made, always at the same place
 * @param contents what it holds
 */
record Specimen(Subject origin, Subject younger, Subject victim, Contents contents) {
    private static final int PAIRS = 3;
    private static final int LIVES = 3;
    private static final int COMMITS = 6;

    /** What a file of a store is for. */
    enum FileKind {
        LOG("write-ahead logs", ".*/db/\\d+\\.log"),
        TABLE("table files", ".*/db/\\d+\\.sst"),
        MANIFEST("MANIFEST", ".*/db/MANIFEST-\\d+"),
        CURRENT("CURRENT", ".*/db/CURRENT"),
        KEY("checkpoint.key", ".*/checkpoint\\.key");

        private final String text;
        private final String pattern;

        FileKind(String text, String pattern) {
            this.text = text;
            this.pattern = pattern;
        }

        String text() {
            return text;
        }
    }

    static Specimen make(Path folder, Path manifest, SplittableRandom random) throws IOException {
        Subject origin = Subject.at(Files.createDirectories(folder).resolve("origin"));
        origin.create(manifest, PAIRS, random.split()).close();
        Subject younger = Subject.at(folder.resolve("younger"));
        for (int life = 0; life < LIVES; life++) {
            if (life == LIVES - 1) {
                copy(origin, younger);
            }
            try (Subject.Session session = origin.open(random.split())) {
                for (int i = 0; i < COMMITS; i++) {
                    session.write(i % PAIRS, "life" + life + "-" + i);
                }
            }
        }
        Specimen made = new Specimen(origin, younger, Subject.at(folder.resolve("victim")), read(origin, folder));
        Verdict verdict = made.judge().of(made.fresh());
        if (!(verdict instanceof Verdict.Harmless)) {
            throw new IllegalStateException("an undamaged copy is not taken for one: " + verdict);
        }
        return made;
    }

    /** What a store holds, read from a copy, so that not a byte of it changes. */
    private static Contents read(Subject origin, Path folder) throws IOException {
        Subject copy = Subject.at(folder.resolve("read"));
        copy(origin, copy);
        try (Subject.Session session = copy.open(new SplittableRandom())) {
            return Contents.of(session);
        } finally {
            Trees.delete(copy.directory());
            Files.deleteIfExists(copy.files().anchor());
        }
    }

    Path whole() {
        return origin.directory();
    }

    Judge judge() {
        return new Judge(contents);
    }

    /** The files of a kind, from the store's directory. */
    List<Path> files(FileKind kind) throws IOException {
        List<Path> found = Trees.files(whole()).stream()
                .filter(file -> file.toString().matches(kind.pattern))
                .map(whole()::relativize)
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException("the store has no " + kind.text());
        }
        return found;
    }

    /** An undamaged copy, at the place where the one before was. */
    Subject fresh() throws IOException {
        Trees.delete(victim.directory());
        Files.deleteIfExists(victim.files().anchor());
        copy(origin, victim);
        return victim;
    }

    Subject copyTo(Path place) throws IOException {
        Subject copy = Subject.at(place);
        copy(origin, copy);
        return copy;
    }

    private static void copy(Subject from, Subject to) throws IOException {
        Trees.copy(from.directory(), to.directory());
        Files.copy(from.files().anchor(), to.files().anchor(), StandardCopyOption.REPLACE_EXISTING);
    }
}
