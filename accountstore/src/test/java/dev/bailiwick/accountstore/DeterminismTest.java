package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.RocksOptions.Mode;
import dev.bailiwick.engine.Table;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The seam for replication (ARCHITECTURE 5): stores that are fed one log of commands answer alike and end with the same bytes, whatever
 * machine they are on.
 */
class DeterminismTest {
    private static final int STEPS = 120;

    @TempDir
    private Path directory;

    @Test
    void storesFedTheSameLogEndWithTheSameRootInWhateverJvm() throws Exception {
        long seed = Long.getLong("bailiwick.seed", System.nanoTime());
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        CommandLog log = CommandLog.drawn(seed, STEPS);
        Path file = directory.resolve("log");
        write(file, log.commands());

        String here = Replica.run(file, RamEngine.open(), 0);

        assertThat(here.lines().limit(log.outcomes().size())).isEqualTo(log.outcomes());
        assertThat(log.outcomes())
                .as("the log has every outcome")
                .anyMatch(outcome -> outcome.startsWith("Committed"))
                .anyMatch(outcome -> outcome.startsWith("Conflict"))
                .anyMatch(outcome -> outcome.startsWith("Rejected"));
        assertThat(elsewhere(
                        file,
                        Map.of("LC_ALL", "C"),
                        "-Xmx48m",
                        "-XX:+UseSerialGC",
                        "-Duser.language=tr",
                        "-Duser.country=TR",
                        "-Duser.timezone=Pacific/Apia",
                        "-Dfile.encoding=COMPAT",
                        "-Dbailiwick.shuffle=1"))
                .as("in a small heap, in Turkish, in ASCII, over the date line")
                .isEqualTo(here);
        assertThat(elsewhere(
                        file,
                        Map.of("LC_ALL", "C.UTF-8"),
                        "-Xmx256m",
                        "-XX:+UseParallelGC",
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:hashCode=2",
                        "-Duser.language=ar",
                        "-Duser.country=EG",
                        "-Duser.timezone=America/St_Johns",
                        "-Dbailiwick.shuffle=2",
                        "-Dbailiwick.rocks=" + directory.resolve("store")))
                .as("over RocksDB, with all identity hashes the same, in Arabic")
                .isEqualTo(here);
    }

    private static void write(Path file, List<byte[]> commands) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            out.writeInt(commands.size());
            for (byte[] command : commands) {
                out.writeInt(command.length);
                out.write(command);
            }
        }
    }

    private static String elsewhere(Path log, Map<String, String> environment, String... flags) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Replica.class.getName(), log.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        Process child = builder.start();
        byte[] printed = child.getInputStream().readAllBytes();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
        return new String(printed, StandardCharsets.UTF_8);
    }

    /** A store that only applies what a log orders. Prints each answer, both roots, and the hash of all rows. */
    static final class Replica {
        private Replica() {}

        public static void main(String[] arguments) {
            String rocks = System.getProperty("bailiwick.rocks");
            Engine engine = rocks == null ? RamEngine.open() : Stores.rocks(Path.of(rocks), Mode.CREATE);
            long shuffle = Long.getLong("bailiwick.shuffle", 0);
            System.err.println("replica: " + Locale.getDefault() + ", "
                    + TimeZone.getDefault().getID() + ", " + System.getProperty("file.encoding") + ", "
                    + engine.getClass().getSimpleName());
            try (engine) {
                System.out.write(run(Path.of(arguments[0]), engine, shuffle).getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            System.out.flush();
        }

        static String run(Path log, Engine engine, long shuffle) throws IOException {
            AccountStore store = Stores.inMemory(engine);
            StringBuilder printed = new StringBuilder();
            try (DataInputStream in = new DataInputStream(Files.newInputStream(log))) {
                int commands = in.readInt();
                for (int i = 0; i < commands; i++) {
                    byte[] bytes = in.readNBytes(in.readInt());
                    Transaction ordered = shuffled(JournalCodec.decodeCommand(bytes), new Random(shuffle + i));
                    if (!Arrays.equals(JournalCodec.encode(ordered), bytes)) {
                        throw new AssertionError("command " + i + " is encoded otherwise here");
                    }
                    printed.append(store.commit(ordered)).append('\n');
                }
            }
            StoreHead head = store.inspector().head();
            if (!store.inspector().verify().sound()) {
                throw new AssertionError(
                        "unsound: " + store.inspector().verify().findings());
            }
            return printed.append("journal ")
                    .append(head.journalSize())
                    .append(' ')
                    .append(head.journalRoot())
                    .append("\naudit ")
                    .append(head.auditSize())
                    .append(' ')
                    .append(head.auditRoot())
                    .append("\nrows ")
                    .append(hashOfAllRows(engine))
                    .append('\n')
                    .toString();
        }

        /** The same transaction from collections that are in another order, as another program would have made them. */
        private static Transaction shuffled(Transaction from, Random random) {
            return new Transaction(
                    from.id(),
                    from.time(),
                    from.actor(),
                    from.operation(),
                    from.approval(),
                    from.mutations().stream()
                            .map(mutation -> new Mutation(
                                    mutation.recordId(), mutation.expected(), shuffled(mutation.content(), random)))
                            .toList(),
                    from.preconditions(),
                    from.requestHash());
        }

        private static RecordContent shuffled(RecordContent content, Random random) {
            return switch (content) {
                case Account account ->
                    new Account(
                            account.principalId(),
                            account.kind(),
                            account.name(),
                            account.nameKey(),
                            account.nameSkeleton(),
                            account.displayName(),
                            account.status(),
                            reordered(account.credentialRefs(), random),
                            reordered(account.roles(), random),
                            reordered(account.attributes()),
                            account.resourceProfile(),
                            account.policyProfile(),
                            account.homeRoot(),
                            account.configRoot(),
                            account.cacheRoot(),
                            account.service());
                case ExternalBinding binding ->
                    new ExternalBinding(
                            binding.bindingId(),
                            binding.provider(),
                            binding.subjectHash(),
                            binding.principalId(),
                            binding.tenant(),
                            reordered(binding.acceptedClaims(), random),
                            binding.expiresAt(),
                            binding.policyProfile(),
                            binding.resourceProfile(),
                            binding.state());
                case Credential same -> same;
                case PolicyProfileContent same -> same;
                case PolicyVersion same -> same;
                case ResourceProfileContent same -> same;
                case RoleBinding same -> same;
                case SeedManifestContent same -> same;
                case StoreKeyContent same -> same;
            };
        }

        private static <T extends Comparable<T>> SortedSet<T> reordered(SortedSet<T> set, Random random) {
            Map<T, Integer> places = new HashMap<>();
            set.forEach(value -> places.put(value, random.nextInt()));
            SortedSet<T> reordered =
                    new TreeSet<>(Comparator.<T, Integer>comparing(value -> places.getOrDefault(value, 0))
                            .thenComparing(Comparator.reverseOrder()));
            reordered.addAll(set);
            return reordered;
        }

        private static SortedMap<String, String> reordered(SortedMap<String, String> map) {
            SortedMap<String, String> reordered = new TreeMap<>(Comparator.reverseOrder());
            reordered.putAll(map);
            return reordered;
        }

        private static String hashOfAllRows(Engine engine) {
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            for (Table table : StoreTables.ALL) {
                rows.writeBytes(table.name().getBytes(StandardCharsets.UTF_8));
                engine.read(view -> {
                    view.scan(table, new byte[0], null, (key, value) -> {
                        rows.writeBytes(key);
                        rows.writeBytes(value);
                        return true;
                    });
                    return true;
                });
            }
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(rows.toByteArray()));
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError(e);
            }
        }
    }
}
