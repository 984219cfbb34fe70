package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Table;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.engine.Work;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Append-only session logs. The two sources of a log are kept apart: applications write against a quota and can push out only
 * their own oldest lines, never what the daemon recorded.
 *
 * <p>Thread-safe. All methods throw {@link CorruptStorageException} when what they need of a log is damaged, and
 * {@link EngineException} when the engine refuses or fails.
 */
public final class LogStore {
    private static final int SWEEP_PAGE = 1000;

    private final Engine engine;
    private final InstantSource clock;
    private final StorageLimits limits;

    /** Logs in {@code engine}; {@code clock} dates lines and windows. */
    public LogStore(Engine engine, InstantSource clock, StorageLimits limits) {
        this.engine = engine;
        this.clock = clock;
        this.limits = limits;
    }

    /**
     * Appends what the daemon records. No quota applies, only the bound on what is kept.
     *
     * @param durability how long the log lives, if this is its first line
     */
    public AppendResult appendSession(LogId log, Durability durability, String text) {
        return appendSession(log, durability, text, EffectGate.alwaysOpen());
    }

    /**
     * As {@link #appendSession(LogId, Durability, String)}, if the gate is open in the commit lane.
     *
     * @param gate asked in the commit lane
     */
    public AppendResult appendSession(LogId log, Durability durability, String text, EffectGate gate) {
        return append(log, durability, text, LogSource.SESSION, gate, new Window.Unmetered());
    }

    /**
     * Appends what the daemon records, without waiting until it is durable: for a caller that waits for something else in the
     * meantime, which then shares the sync. The stage fails as {@link #appendSession(LogId, Durability, String)} does.
     */
    public CompletionStage<AppendResult> submitSession(LogId log, Durability durability, String text) {
        return switch (line(
                log, durability, text, LogSource.SESSION, EffectGate.alwaysOpen(), new Window.Unmetered())) {
            case Line.Unfit(Denied denied) -> CompletableFuture.completedStage(denied);
            case Line.Fit(Work<AppendResult> work) -> engine.submit(work);
        };
    }

    /**
     * Appends what an application wrote through a sink.
     *
     * @param durability how long the log lives, if this is its first line
     * @param gate asked in the commit lane
     */
    public AppendResult appendApp(LogId log, Durability durability, String text, LogQuota quota, EffectGate gate) {
        return append(log, durability, text, LogSource.APP, gate, new Window.Metered(quota));
    }

    /** Whether a line counts against a window. */
    private sealed interface Window {
        record Unmetered() implements Window {}

        record Metered(LogQuota quota) implements Window {}
    }

    /** A line on its way into a log. */
    private sealed interface Line {
        /** No log takes it. */
        record Unfit(Denied denied) implements Line {}

        /** What appends it. */
        record Fit(Work<AppendResult> work) implements Line {}
    }

    private AppendResult append(
            LogId log, Durability durability, String text, LogSource source, EffectGate gate, Window window) {
        return switch (line(log, durability, text, source, gate, window)) {
            case Line.Unfit(Denied denied) -> denied;
            case Line.Fit(Work<AppendResult> work) -> located(log, () -> engine.commit(work));
        };
    }

    private Line line(LogId log, Durability durability, String text, LogSource source, EffectGate gate, Window window) {
        Optional<Integer> length = utf8Length(text);
        if (length.isEmpty() || text.isEmpty()) {
            return new Line.Unfit(Denied.because(
                    DenialCode.INVALID_TEXT, "a log line is Unicode text of at least one character", ""));
        }
        int bytes = length.get();
        if (bytes > limits.logLineBytes()) {
            return new Line.Unfit(Denied.because(
                    DenialCode.TOO_LARGE,
                    bytes + " bytes are more than the " + limits.logLineBytes() + " of one log line",
                    "split the text"));
        }
        long now = clock.millis();
        return new Line.Fit(txn -> {
            Optional<String> closed = gate.closed();
            if (closed.isPresent()) {
                return Denied.because(DenialCode.REVOKED, closed.get(), "");
            }
            LogHeadRow head = head(txn, log).orElseGet(() -> LogHeadRow.fresh(durability));
            return switch (spend(head, now, bytes, window)) {
                case Spent.Granted(LogHeadRow spent) -> {
                    long sequence = spent.nextSequence();
                    put(
                            txn,
                            StorageTables.LOG_LINES,
                            Keys.line(log, source, sequence),
                            new LogLineRow(now, text).body());
                    LogHeadRow.Stream stream =
                            retain(txn, log, source, spent.stream(source).plus(bytes));
                    putHead(txn, log, spent.withStream(source, stream).withSequence(sequence + 1));
                    yield new AppendResult.Appended(sequence);
                }
                case Spent.Refused(Denied denied) -> denied;
            };
        });
    }

    private sealed interface Spent {
        record Granted(LogHeadRow head) implements Spent {}

        record Refused(Denied denied) implements Spent {}
    }

    private static Spent spend(LogHeadRow head, long now, int bytes, Window window) {
        return switch (window) {
            case Window.Unmetered() -> new Spent.Granted(head);
            case Window.Metered(LogQuota quota) -> {
                // A clock that went back stays in the newest window: it must not hand out the same allowance twice.
                long start = Math.max(head.window(), now - Math.floorMod(now, quota.windowMs()));
                long spent = start == head.window() ? head.windowBytes() : 0;
                yield bytes > quota.bytesPerWindow() - spent
                        ? new Spent.Refused(new Denied.QuotaExceeded(
                                "logQuotaBytesPerWindow", quota.bytesPerWindow(), spent, bytes))
                        : new Spent.Granted(head.withWindow(start, spent + bytes));
            }
        };
    }

    /** Drops the oldest lines of a source until it is within bounds. Each line is dropped once, so this is cheap on average. */
    private LogHeadRow.Stream retain(Txn txn, LogId log, LogSource source, LogHeadRow.Stream stream) {
        LogHeadRow.Stream[] kept = {stream};
        if (withinBounds(stream)) {
            return stream;
        }
        List<byte[]> dropped = new ArrayList<>();
        byte[] prefix = Keys.lines(log, source);
        txn.scan(StorageTables.LOG_LINES, prefix, Keys.after(prefix), (key, value) -> {
            dropped.add(key);
            kept[0] = kept[0].minus(LogLineRow.textBytes(value));
            return !withinBounds(kept[0]);
        });
        dropped.forEach(key -> txn.delete(StorageTables.LOG_LINES, key));
        return kept[0];
    }

    private boolean withinBounds(LogHeadRow.Stream stream) {
        return stream.lines() <= limits.logLines() && stream.bytes() <= limits.logBytes();
    }

    /**
     * Lines of both sources in the order they were written.
     *
     * @param after the sequence to go on after; 0 to start
     * @param limit the most lines wanted; 0 or more than {@link StorageLimits#logPageLines} means that many
     */
    public List<LogLine> read(LogId log, long after, int limit) {
        int most = limit <= 0 ? limits.logPageLines() : Math.min(limit, limits.logPageLines());
        return located(
                log,
                () -> engine.read(view -> {
                    List<LogLine> lines = new ArrayList<>();
                    for (LogSource source : LogSource.values()) {
                        lines.addAll(read(view, log, source, after, most));
                    }
                    lines.sort(Comparator.comparingLong(LogLine::sequence));
                    return List.copyOf(lines.subList(0, Math.min(most, lines.size())));
                }));
    }

    private static List<LogLine> read(View view, LogId log, LogSource source, long after, int most) {
        List<LogLine> lines = new ArrayList<>();
        if (after == -1L) {
            return lines;
        }
        byte[] end = Keys.after(Keys.lines(log, source));
        view.scan(StorageTables.LOG_LINES, Keys.line(log, source, after + 1), end, (key, value) -> {
            LogLineRow row = decode(log, StorageTables.LOG_LINES, key, value, LogLineRow::decode);
            lines.add(new LogLine(Keys.sequenceOf(key), row.timeMs(), source, row.text()));
            return lines.size() < most;
        });
        return lines;
    }

    /** Deletes a log with all its lines, in bounded turns. Deleting an absent log does nothing. */
    public void delete(LogId log) {
        boolean more = true;
        while (more) {
            more = located(log, () -> engine.commit(txn -> deleteSome(txn, log)));
        }
    }

    private boolean deleteSome(Txn txn, LogId log) {
        List<byte[]> keys = new ArrayList<>();
        byte[] prefix = log.value().toBytes();
        txn.scan(StorageTables.LOG_LINES, prefix, Keys.after(prefix), (key, value) -> {
            keys.add(key);
            return keys.size() < limits.rowsPerTurn();
        });
        keys.forEach(key -> txn.delete(StorageTables.LOG_LINES, key));
        if (keys.size() == limits.rowsPerTurn()) {
            return true;
        }
        txn.delete(StorageTables.LOG_HEADS, prefix);
        return false;
    }

    /**
     * Deletes the logs of sessions that an earlier run left. To be called once, before any session starts.
     *
     * @return how many
     */
    public int sweepSessionLogs() {
        int swept = 0;
        byte[] from = new byte[0];
        List<byte[]> page;
        do {
            List<LogId> expired = new ArrayList<>();
            page = headsFrom(from, expired);
            expired.forEach(this::delete);
            swept += expired.size();
            if (!page.isEmpty()) {
                from = Arrays.copyOf(page.getLast(), page.getLast().length + 1);
            }
        } while (page.size() == SWEEP_PAGE);
        return swept;
    }

    private List<byte[]> headsFrom(byte[] from, List<LogId> expired) {
        return engine.read(view -> {
            List<byte[]> keys = new ArrayList<>();
            view.scan(StorageTables.LOG_HEADS, from, null, (key, value) -> {
                keys.add(key);
                LogId log = LogId.of(key);
                LogHeadRow head = decode(log, StorageTables.LOG_HEADS, key, value, LogHeadRow::decode);
                if (head.durability() == Durability.SESSION) {
                    expired.add(log);
                }
                return keys.size() < SWEEP_PAGE;
            });
            return keys;
        });
    }

    private static Optional<LogHeadRow> head(View view, LogId log) {
        byte[] key = log.value().toBytes();
        byte[] value = view.get(StorageTables.LOG_HEADS, key);
        return value == null
                ? Optional.empty()
                : Optional.of(decode(log, StorageTables.LOG_HEADS, key, value, LogHeadRow::decode));
    }

    private static void putHead(Txn txn, LogId log, LogHeadRow head) {
        put(txn, StorageTables.LOG_HEADS, log.value().toBytes(), head.body());
    }

    private static void put(Txn txn, Table table, byte[] key, ByteBuffer body) {
        txn.put(table, key, Seal.seal(table, key, body));
    }

    static <T> T decode(LogId log, Table table, byte[] key, byte[] value, Function<ByteBuffer, T> decode) {
        try {
            return decode.apply(Seal.open(table, key, value));
        } catch (BadRowException e) {
            throw new CorruptStorageException(log.toString(), "", e);
        }
    }

    private static Optional<Integer> utf8Length(String text) {
        try {
            return Optional.of(UTF_8.newEncoder().encode(CharBuffer.wrap(text)).remaining());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static <T> T located(LogId log, Supplier<T> call) {
        try {
            return call.get();
        } catch (EngineException e) {
            if (e.code() == EngineException.Code.CORRUPT || e.code() == EngineException.Code.LOST) {
                throw new CorruptStorageException(log.toString(), "", e);
            }
            throw e;
        }
    }
}
