package dev.bailiwick.bench.rpc;

import static java.util.Objects.requireNonNull;

import dev.bailiwick.bench.rpc.schema.Bench;
import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.capnp.rpc.UnixListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One small call after another with client and server in one virtual machine, so that the {@code gc} profiler counts the
 * garbage of both.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SmallCallBenchmark {
    private @Nullable Path folder;
    private @Nullable UnixListener listener;
    private @Nullable RpcConnection connection;
    private Bench.@Nullable Client bench;

    /** Serves and connects, and makes the first call, so that the bootstrap is no part of what is measured. */
    @Setup
    public void start() throws IOException {
        Path fresh = Files.createTempDirectory("bench");
        folder = fresh;
        listener = UnixListener.open(
                fresh.resolve("s"),
                PosixFilePermissions.fromString("rw-------"),
                peer -> Bench.client(new Peer.Server()),
                Limits.DEFAULT,
                1);
        connection = UnixConnection.connect(fresh.resolve("s"));
        bench = connection.bootstrap(Bench.factory);
        call();
    }

    /** A call with a number and a short text; the number comes back. */
    @Benchmark
    public long call() {
        var request = requireNonNull(bench).smallRequest();
        request.params().setNumber(7);
        request.params().setText("hello");
        try (var response = request.send().join()) {
            return response.get().getNumber();
        }
    }

    /** Runs this in a virtual machine of its own; gives the bytes that a call allocates there. */
    static double garbageOfACall() {
        Options options = new OptionsBuilder()
                .include(SmallCallBenchmark.class.getName())
                .addProfiler(GCProfiler.class)
                .forks(1)
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(3))
                .measurementIterations(3)
                .measurementTime(TimeValue.seconds(3))
                .verbosity(VerboseMode.SILENT)
                .build();
        try {
            RunResult result = new Runner(options).runSingle();
            return requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                    .getScore();
        } catch (RunnerException failed) {
            throw new IllegalStateException("the benchmark of a small call did not run", failed);
        }
    }

    /** Stops serving. */
    @TearDown
    public void stop() throws IOException {
        requireNonNull(bench).close();
        requireNonNull(connection).close();
        requireNonNull(listener).close();
        Files.delete(requireNonNull(folder));
    }
}
