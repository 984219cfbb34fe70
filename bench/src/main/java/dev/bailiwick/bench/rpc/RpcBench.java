package dev.bailiwick.bench.rpc;

import dev.bailiwick.bench.Child;
import dev.bailiwick.bench.JavaProcess;
import dev.bailiwick.bench.Rounds;
import dev.bailiwick.bench.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Measures calls over a Unix socket between every pair of Java and C++, and prints one table. */
final class RpcBench implements AutoCloseable {
    private static final String JAVA = "Java";
    private static final String CPP = "C++";
    private static final int MIB = 1 << 20;
    private static final int IDLE_CONNECTIONS = 10_000;

    /** Fewer than the window that one peer may leave unread. */
    private static final int UNREAD_BLOBS = 14;

    private final Path cpp;
    private final Path folder;
    private final List<Child> servers = new ArrayList<>();
    private final List<Child> drivers = new ArrayList<>();

    private RpcBench(Path cpp, Path folder) {
        this.cpp = cpp;
        this.folder = folder;
    }

    /** What can be asked for by its name, instead of all. */
    private enum Row {
        RAW,
        SMALL,
        BLOB,
        GARBAGE,
        IDLE,
        LATENCY;

        static final Set<Row> OF_CALLS = EnumSet.of(RAW, SMALL, BLOB);
    }

    /** The first argument is the C++ peer's program; the second, if there is one, the number of rounds; all others are rows. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("bench");
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 7;
        Set<Row> rows = EnumSet.noneOf(Row.class);
        for (String name : Arrays.asList(arguments).subList(Math.min(2, arguments.length), arguments.length)) {
            rows.add(Row.valueOf(name.toUpperCase(Locale.ROOT)));
        }
        if (rows.isEmpty()) {
            rows = EnumSet.allOf(Row.class);
        }
        try (RpcBench bench = new RpcBench(Path.of(arguments[0]), folder)) {
            if (!Collections.disjoint(rows, Row.OF_CALLS)) {
                System.out.println(bench.calls(new Rounds(rounds), rows));
            }
            if (!Row.OF_CALLS.containsAll(rows)) {
                System.out.println(bench.resources(rounds, rows));
            }
        }
    }

    private Table calls(Rounds rounds, Set<Row> rows) throws IOException, InterruptedException {
        Child rawJava = pair("raw-", JAVA, JAVA);
        Child rawCpp = pair("raw-", CPP, CPP);
        Child ours = pair("", JAVA, JAVA);
        Child theirs = pair("", CPP, CPP);
        Child javaToCpp = pair("", JAVA, CPP);
        Child cppToJava = pair("", CPP, JAVA);

        for (int i = 0; i < 5; i++) { // until the compilers of the virtual machines have settled
            for (Child driver : List.of(ours, javaToCpp, cppToJava)) {
                driver.perSecond("small", 64, 20_000);
                driver.perSecond("small", 1, 4_000);
                driver.perSecond("blob", MIB, rows.contains(Row.BLOB) ? 2_000 : 50);
            }
        }
        Table table = new Table("", "C++ to C++", "Java to Java", "ratio", "Java to C++", "C++ to Java");
        if (rows.contains(Row.RAW)) {
            raw(table, rounds, rawCpp, rawJava);
        }
        List<Child> all = List.of(theirs, ours, javaToCpp, cppToJava);
        if (rows.contains(Row.SMALL)) {
            row(table, rounds, "small calls, one after another, calls/s", all, "small", 1, 10_000, 1);
            row(table, rounds, "small calls, 16 outstanding, calls/s", all, "small", 16, 40_000, 1);
            row(table, rounds, "small calls, 64 outstanding, calls/s", all, "small", 64, 40_000, 1);
        }
        if (rows.contains(Row.BLOB)) {
            row(table, rounds, "1 MiB results, one after another, MiB/s", all, "blob", MIB, 1_000, 1);
        }
        return table;
    }

    private static void raw(Table table, Rounds rounds, Child rawCpp, Child rawJava)
            throws IOException, InterruptedException {
        SequencedMap<String, Rounds.Subject> raw = new LinkedHashMap<>();
        raw.put(CPP, () -> rawCpp.perSecond("raw", 0, 10_000));
        raw.put(JAVA, () -> rawJava.perSecond("raw", 0, 10_000));
        SequencedMap<String, Double> bare = rounds.medians(raw);
        double bareCpp = bare.getOrDefault(CPP, 0.0);
        double bareJava = bare.getOrDefault(JAVA, 0.0);
        table.row(
                "raw socket, 48 to 680 bytes, round trips/s",
                Table.number(bareCpp),
                Table.number(bareJava),
                Table.number(bareJava / bareCpp),
                "",
                "");
    }

    private static void row(
            Table table, Rounds rounds, String name, List<Child> all, String what, int size, int count, double unit)
            throws IOException, InterruptedException {
        SequencedMap<String, Rounds.Subject> subjects = new LinkedHashMap<>();
        for (int i = 0; i < all.size(); i++) {
            Child driver = all.get(i);
            subjects.put("" + i, () -> unit * driver.perSecond(what, size, count));
        }
        List<Double> medians = List.copyOf(rounds.medians(subjects).values());
        table.row(
                name,
                Table.number(medians.get(0)),
                Table.number(medians.get(1)),
                Table.number(medians.get(1) / medians.get(0)),
                Table.number(medians.get(2)),
                Table.number(medians.get(3)));
    }

    /** What calls and connections take, and what one peer can do to another. */
    private Table resources(int rounds, Set<Row> rows) throws IOException {
        Table table = new Table("", "measured");
        if (rows.contains(Row.GARBAGE)) {
            table.row(
                    "garbage of a small call, client and server together, bytes",
                    Table.number(SmallCallBenchmark.garbageOfACall()));
        }
        if (rows.contains(Row.IDLE)) {
            idle(table);
        }
        if (rows.contains(Row.LATENCY)) {
            latencies(table, rounds);
        }
        return table;
    }

    private void idle(Table table) throws IOException {
        String socket = folder.resolve("daemon").toString();
        try (Child server = Child.start(command(JAVA, "serve", socket)).whenReady();
                Child crowd = Child.start(command(JAVA, "idle", socket))) {
            long before = Long.parseLong(server.ask("memory 0 0"));
            double perSecond = crowd.perSecond("connect", 0, IDLE_CONNECTIONS);
            long after = Long.parseLong(server.ask("memory 0 0"));
            table.row(
                    "heap of a server (-Xmx512m) for %,d idle connections, MiB".formatted(IDLE_CONNECTIONS),
                    Table.number((after - before) / (double) MIB));
            table.row("the same, bytes a connection", Table.number((after - before) / (double) IDLE_CONNECTIONS));
            table.row("connections opened, each with a call, a second", Table.number(perSecond));
        }
    }

    /** The same calls to two servers in turn, of which one has a client besides that does not read what it asked for. */
    private void latencies(Table table, int rounds) throws IOException {
        String quiet = folder.resolve("quiet").toString();
        String beset = folder.resolve("beset").toString();
        try (var _ = Child.start(command(JAVA, "serve", quiet)).whenReady();
                var _ = Child.start(command(JAVA, "serve", beset)).whenReady();
                Child alone = Child.start(command(JAVA, "drive", quiet));
                Child beside = Child.start(command(JAVA, "drive", beset));
                Child slow = Child.start(command(JAVA, "slow", beset))) {
            for (int i = 0; i < 5; i++) {
                alone.perSecond("small", 1, 10_000);
                beside.perSecond("small", 1, 10_000);
            }
            slow.perSecond("blob", MIB, UNREAD_BLOBS);
            List<Latency> without = new ArrayList<>();
            List<Latency> with = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                without.add(latency(alone));
                with.add(latency(beside));
            }
            table.row("latency of a small call, 50th and 99th percentile, us", medians(without));
            table.row("the same, while another client leaves %d MiB unread".formatted(UNREAD_BLOBS), medians(with));
        }
    }

    /** In microseconds. */
    private record Latency(double percentile50, double percentile99) {}

    private static Latency latency(Child client) throws IOException {
        String[] nanos = client.ask("latency 0 20000").split(" ", 2);
        client.next(); // the time all calls took
        return new Latency(Long.parseLong(nanos[0]) / 1e3, Long.parseLong(nanos[1]) / 1e3);
    }

    private static String medians(List<Latency> rounds) {
        return Table.number(median(rounds, Latency::percentile50)) + ", "
                + Table.number(median(rounds, Latency::percentile99));
    }

    private static double median(List<Latency> rounds, ToDoubleFunction<Latency> of) {
        return rounds.stream().mapToDouble(of).sorted().toArray()[rounds.size() / 2];
    }

    /** A client of one kind, connected to a server of another. */
    private Child pair(String prefix, String client, String server) throws IOException {
        String socket = folder.resolve("s" + servers.size()).toString();
        servers.add(Child.start(command(server, prefix + "serve", socket)).whenReady());
        Child driver = Child.start(command(client, prefix + "drive", socket));
        drivers.add(driver);
        return driver;
    }

    private List<String> command(String kind, String mode, String socket) {
        return kind.equals(CPP) ? List.of(cpp.toString(), mode, socket) : JavaProcess.of(Peer.class, mode, socket);
    }

    @Override
    public void close() throws IOException {
        drivers.forEach(Child::close);
        servers.forEach(Child::close);
        try (var left = Files.list(folder)) {
            for (Path file : left.toList()) {
                Files.deleteIfExists(file);
            }
        }
        Files.delete(folder);
    }
}
