package dev.bailiwick.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A short life of the programs on the host, from which the JDK makes the AOT caches that start them sooner in the guest: one
 * for the daemon, one for the clients, kept until the programs or the runtime change. The clients' is that of the quickstart, which
 * does in one process what many client programs do.
 *
 * @param daemonCache for {@code bailiwickd}
 * @param clientCache for {@code bailiwick} and {@code account-admin}
 */
record Rehearsal(Path daemonCache, Path clientCache) {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /**
     * @param work where the caches are kept from run to run
     * @param home the programs as the guest will have them: {@code bin}, jars, manifests
     * @param nativeLibraries the folder with RocksDB's native code
     */
    static Rehearsal of(Path work, JavaRuntime runtime, Path home, Path nativeLibraries) throws IOException {
        Rehearsal rehearsal = new Rehearsal(work.resolve("daemon.aot"), work.resolve("client.aot"));
        Path stamp = work.resolve("rehearsal.stamp");
        String identity = identity(runtime, home);
        if (!Files.exists(stamp) || !Files.readString(stamp).equals(identity)) {
            Files.deleteIfExists(stamp);
            rehearsal.play(Folders.fresh(work.resolve("rehearsal")), runtime, home, nativeLibraries);
            Files.writeString(stamp, identity);
        }
        return rehearsal;
    }

    /** A cache fits the runtime and the jars it was made with, by their times and sizes, and the flags. */
    private static String identity(JavaRuntime runtime, Path home) throws IOException {
        List<String> parts = new ArrayList<>(JavaRuntime.FLAGS);
        parts.add(Files.getLastModifiedTime(runtime.jvmLibrary()).toString());
        try (var files = Files.walk(home)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                parts.add(file + " " + Files.getLastModifiedTime(file) + " " + Files.size(file));
            }
        }
        return String.join("\n", parts);
    }

    private void play(Path stage, JavaRuntime runtime, Path home, Path nativeLibraries) throws IOException {
        Path socket = stage.resolve("socket");
        String store = stage.resolve("store").toString();
        Players players = new Players(stage, runtime, home, nativeLibraries);

        players.run("", record(clientCache), "bailiwick", "quickstart");
        Json seed = Json.of(players.run(
                "",
                "",
                "bailiwick",
                "init",
                "--store",
                store,
                "--manifest",
                home.resolve("profiles/manifests/default.toml").toString(),
                "-o",
                "json"));
        String code = seed.at("codes").items().stream()
                .filter(each -> each.text("name").equals("operator"))
                .map(each -> each.text("enrolmentCode"))
                .findFirst()
                .orElseThrow();
        Process daemon =
                players.start(record(daemonCache), "bailiwickd", "--store", store, "--socket", socket.toString());
        try {
            Awaitility.await().atMost(LIMIT).until(() -> Files.exists(socket) || !daemon.isAlive());
            players.run(
                    code + "\nrehearsal, not a password\n",
                    "",
                    "bailiwick",
                    "enroll",
                    "operator",
                    "--code-stdin",
                    "--socket",
                    socket.toString(),
                    "-o",
                    "json");
            daemon.destroy();
            Awaitility.await().atMost(LIMIT).until(() -> !daemon.isAlive());
        } finally {
            daemon.destroyForcibly();
        }
    }

    private static String record(Path cache) {
        return "-XX:AOTCacheOutput=" + cache;
    }

    /** Runs the launchers as the guest does, but from the host's file system. */
    private record Players(Path stage, JavaRuntime runtime, Path home, Path nativeLibraries) {
        String run(String input, String moreFlags, String... command) throws IOException {
            Path in = Files.writeString(stage.resolve("input"), input);
            HostTool.Outcome outcome = HostTool.execute(stage, environment(moreFlags), in, words(command));
            if (outcome.exit() != 0) {
                throw new IllegalStateException(outcome.describe());
            }
            return outcome.output();
        }

        Process start(String moreFlags, String... command) throws IOException {
            ProcessBuilder builder = new ProcessBuilder(words(command))
                    .directory(stage.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(stage.resolve("daemon.log").toFile());
            builder.environment().putAll(environment(moreFlags));
            return builder.start();
        }

        private List<String> words(String... command) {
            List<String> words = new ArrayList<>(List.of(command));
            words.set(0, home.resolve("bin").resolve(command[0]).toString());
            return words;
        }

        private Map<String, String> environment(String moreFlags) {
            return Map.of(
                    "JAVA_HOME",
                    runtime.home().toString(),
                    // The order of the jars is part of the cache, and the launcher sorts their names.
                    "LC_ALL",
                    "C",
                    // For the daemon that the quickstart starts by itself.
                    "LD_LIBRARY_PATH",
                    nativeLibraries.toString(),
                    "XDG_RUNTIME_DIR",
                    stage.toString(),
                    "BAILIWICK_JAVA_OPTIONS",
                    JavaRuntime.FLAGS.stream().collect(Collectors.joining(" ")) + " -Djava.library.path="
                            + nativeLibraries + " " + moreFlags);
        }
    }
}
