package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.profiles.SeedPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Makes new stores. Stateless. */
public final class StoreMaker {
    private StoreMaker() {}

    /**
     * Makes a store seeded with a manifest, and its anchor. All of it is durable on return. A failure in
     * between leaves a directory that holds no store and that nothing here deletes: it could be another's by now.
     *
     * @param location a directory that does not exist or is empty, and an anchor file that does not exist
     * @param random draws ids and codes; must be unpredictable outside tests
     * @return the codes for the people it seeded
     * @throws DaemonException when something is there already, the seeds are refused, or it cannot be written
     */
    public static List<IssuedCode> make(
            StoreLocation location, SeedPlan seeds, InstantSource clock, RandomGenerator random) {
        requireRoom(location);
        Seeding seeding = Seeding.of(seeds, Instant.ofEpochMilli(clock.millis()), random);
        return StoreProblems.explaining(() -> {
            OpenedStore.create(location, seeding.records(), clock, random).close();
            return seeding.codes();
        });
    }

    private static void requireRoom(StoreLocation location) {
        Path directory = location.directory();
        if (!(location.mode() instanceof AnchorMode.None) && Files.exists(location.anchor())) {
            throw new DaemonException(
                    DaemonException.Code.ANCHOR_EXISTS,
                    "there is an anchor at \"" + location.anchor() + "\" already, so a store may belong to it");
        }
        if (Files.exists(directory) && !(Files.isDirectory(directory) && isEmpty(directory))) {
            throw new DaemonException(
                    DaemonException.Code.STORE_EXISTS, "\"" + directory + "\" is not an empty directory");
        }
    }

    private static boolean isEmpty(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        } catch (IOException e) {
            throw new DaemonException(
                    DaemonException.Code.IO, "cannot look into \"" + directory + "\": " + e.getMessage(), e);
        }
    }
}
