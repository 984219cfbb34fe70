package dev.bailiwick.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.rocksdb.RocksDBException;

/**
 * Files are cut short, deleted, and exchanged with those of another store and of the same store when it was younger; and sound rows
 * are written with RocksDB alone where they do not belong. None of it may open below the anchor or be read as if it were right.
 */
final class FilesPart implements Part {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    @Override
    public String name() {
        return "files";
    }

    @Override
    public Outcome run(Run run) throws IOException {
        SplittableRandom random = run.random(this);
        Path folder = run.folder(this);
        Specimen specimen = Specimen.make(folder.resolve("one"), run.manifest(), random);
        Specimen other = Specimen.make(folder.resolve("two"), run.manifest(), random);
        Tally files = new Tally();
        int cases = run.times(200, 2000);
        for (int i = 0; i < cases; i++) {
            // Each kind of mishap as often as the others.
            spoil(specimen, other, Mishap.values()[i % Mishap.values().length], random, files);
        }
        Tally splices = splices(specimen, run.times(60, 600), random);
        List<String> failures = new ArrayList<>(files.failures());
        failures.addAll(splices.failures());
        if (splices.harmless() > 0) {
            failures.add(splices.harmless() + " splices were taken for what had been written");
        }
        return new Outcome("files: " + files + "\nspliced rows: " + splices, failures);
    }

    /** What happens to a file. */
    private enum Mishap {
        TRUNCATED,
        DELETED,
        OF_ANOTHER_STORE,
        OF_THE_SAME_STORE_EARLIER
    }

    private static void spoil(Specimen specimen, Specimen other, Mishap mishap, SplittableRandom random, Tally tally)
            throws IOException {
        List<Path> files = new ArrayList<>(Trees.files(specimen.whole()).stream()
                .map(specimen.whole()::relativize)
                .toList());
        files.add(Path.of("../victim.anchor"));
        Path file = files.get(random.nextInt(files.size()));
        Subject subject = specimen.fresh();
        Path victim = subject.directory().resolve(file).normalize();
        String what = file + " " + mishap;
        switch (mishap) {
            case TRUNCATED -> {
                byte[] bytes = Files.readAllBytes(victim);
                int length = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
                Files.write(victim, Arrays.copyOf(bytes, length));
                what += " to " + length + " of " + bytes.length;
            }
            case DELETED -> Files.delete(victim);
            case OF_ANOTHER_STORE -> exchange(victim, other.origin(), file);
            case OF_THE_SAME_STORE_EARLIER -> exchange(victim, specimen.younger(), file);
        }
        tally.add(what, specimen.judge().of(subject));
    }

    /** Puts the other store's file of the same kind in place; where it has none, that it has none is the exchange. */
    private static void exchange(Path victim, Subject from, Path file) throws IOException {
        Optional<Path> counterpart;
        if (file.getFileName().toString().equals("victim.anchor")) {
            counterpart = Optional.of(from.files().anchor());
        } else {
            String kind = NUMBER.matcher(file.toString()).replaceAll("N");
            counterpart = Trees.files(from.directory()).stream()
                    .filter(each -> NUMBER.matcher(
                                    from.directory().relativize(each).toString())
                            .replaceAll("N")
                            .equals(kind))
                    .findFirst();
        }
        if (counterpart.isPresent()) {
            Files.copy(
                    counterpart.get(), victim, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        } else {
            Files.delete(victim);
        }
    }

    /** Sound rows, each in the place of another one of the same table. */
    private static Tally splices(Specimen specimen, int cases, SplittableRandom random) throws IOException {
        Tally tally = new Tally();
        for (int i = 0; i < cases; i++) {
            Subject subject = specimen.fresh();
            String what;
            try (RawRows raw = RawRows.open(subject.directory().resolve("db"))) {
                what = raw.splice(random);
            } catch (RocksDBException e) {
                throw new IOException("RocksDB alone cannot write the store", e);
            }
            tally.add(what, specimen.judge().of(subject));
        }
        return tally;
    }
}
