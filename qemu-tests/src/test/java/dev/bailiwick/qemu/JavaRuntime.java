package dev.bailiwick.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The Java runtime of the guest, linked from the JDK that runs the tests. It must be that one, file for file: the AOT cache
 * made with it on the host is refused by any other.
 *
 * @param home the folder that holds {@code bin/java}
 */
record JavaRuntime(Path home) {
    /** All that the programs and their libraries reach, JNDI and XML for logback, Unsafe for caffeine. */
    private static final List<String> MODULES = List.of(
            "java.base", "java.logging", "java.management", "java.naming", "java.sql", "java.xml", "jdk.unsupported");

    /**
     * What makes a short-lived JVM start soonest under emulation: compile little, collect with one thread, write no
     * performance file, and map the AOT cache where it was made to be mapped (moving it faults in every page of it, which
     * takes seconds when the host is busy). The AOT code switches are off because JDK 25 stores machine code for the CPU that
     * made the cache and then runs it on a lesser one: SIGILL in an {@code AdapterBlob}.
     */
    static final List<String> FLAGS = List.of(
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-XX:ArchiveRelocationMode=0",
            "-XX:-AOTAdapterCaching",
            "-XX:-AOTStubCaching",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED");

    /** Links a runtime into {@code home}, or keeps the one there when it came from the same JDK and modules. */
    static JavaRuntime linked(Path home) throws IOException {
        Path jdk = Path.of(System.getProperty("java.home"));
        Path jlink = jdk.resolve("bin/jlink");
        if (!Files.isExecutable(jlink)) {
            throw new IllegalStateException("'" + jlink + "' is missing: run the tests on a whole JDK, not a runtime");
        }
        Path stamp = home.resolveSibling(home.getFileName() + ".stamp");
        List<String> options = List.of(
                "--add-modules=" + String.join(",", MODULES),
                // For programs that are started without the AOT cache.
                "--generate-cds-archive",
                "--strip-debug",
                "--no-man-pages",
                "--no-header-files",
                "--output=" + home);
        String identity = jdk + "\n" + Runtime.version() + "\n" + options + "\n";
        if (!Files.exists(stamp) || !Files.readString(stamp).equals(identity)) {
            Files.deleteIfExists(stamp);
            Folders.delete(home);
            HostTool.Outcome linked = HostTool.execute(
                    Path.of("."),
                    Map.of(),
                    HostTool.NOTHING,
                    Stream.concat(Stream.of(jlink.toString()), options.stream()).toList());
            if (linked.exit() != 0) {
                throw new IllegalStateException(linked.describe());
            }
            Folders.delete(home.resolve("legal"));
            Files.writeString(stamp, identity);
        }
        return new JavaRuntime(home);
    }

    Path jvmLibrary() {
        return home.resolve("lib/server/libjvm.so");
    }
}
