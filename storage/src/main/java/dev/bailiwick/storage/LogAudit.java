package dev.bailiwick.storage;

import dev.bailiwick.engine.View;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Verifies all rows of one log in one state. */
final class LogAudit {
    private final View view;
    private final LogId log;
    private final Findings findings;
    private final byte[] key;

    LogAudit(View view, LogId log, Findings findings) {
        this.view = view;
        this.log = log;
        this.findings = findings;
        this.key = log.value().toBytes();
    }

    void run() {
        byte[] value = view.get(StorageTables.LOG_HEADS, key);
        if (value == null) {
            findings.add("orphan", log.toString(), "there are lines of a log that does not exist");
            return;
        }
        findings.decode(StorageTables.LOG_HEADS, key, value, log.toString(), LogHeadRow::decode)
                .ifPresent(this::auditLines);
    }

    private void auditLines(LogHeadRow head) {
        Map<LogSource, LogHeadRow.Stream> sums = new EnumMap<>(LogSource.class);
        Set<Long> sequences = new HashSet<>();
        boolean[] complete = {true};
        boolean read = findings.reading(
                log.toString(),
                () -> view.scan(StorageTables.LOG_LINES, key, Keys.after(key), (lineKey, value) -> {
                    findings.logLines++;
                    complete[0] &= auditLine(head, lineKey, value, sums, sequences);
                    return true;
                }));
        for (LogSource source : LogSource.values()) {
            LogHeadRow.Stream sum = sums.getOrDefault(source, new LogHeadRow.Stream(0, 0));
            if (read && complete[0] && !sum.equals(head.stream(source))) {
                findings.add("wrong-ledger", log + " " + source.text(), "the log's counts differ from its lines");
            }
        }
    }

    private boolean auditLine(
            LogHeadRow head,
            byte[] lineKey,
            byte[] value,
            Map<LogSource, LogHeadRow.Stream> sums,
            Set<Long> sequences) {
        long sequence = Keys.sequenceOf(lineKey);
        String what = log + " line " + sequence;
        Optional<LogSource> source = Keys.sourceOf(lineKey);
        Optional<LogLineRow> row = findings.decode(StorageTables.LOG_LINES, lineKey, value, what, LogLineRow::decode);
        if (row.isEmpty()) {
            return false;
        }
        if (source.isEmpty() || sequence < 1 || sequence >= head.nextSequence() || !sequences.add(sequence)) {
            findings.add("damaged", what, "its number or source is not possible");
            return false;
        }
        sums.merge(
                source.get(),
                new LogHeadRow.Stream(1, LogLineRow.textBytes(value)),
                (a, b) -> new LogHeadRow.Stream(a.lines() + b.lines(), a.bytes() + b.bytes()));
        return true;
    }
}
