package dev.bailiwick.storage;

import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Table;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What one verification has looked at and found so far. */
final class Findings {
    private final List<StorageFinding> found = new ArrayList<>();
    private long omitted;
    long roots;
    long entries;
    long blobs;
    long chunks;
    long logLines;

    void add(String code, String what, String message) {
        if (found.size() < StorageReport.MOST_FINDINGS) {
            found.add(new StorageFinding(code, what, message));
        } else {
            omitted++;
        }
    }

    /** The row, or a finding. */
    <T> Optional<T> decode(Table table, byte[] key, byte[] value, String what, Function<ByteBuffer, T> decode) {
        try {
            return Optional.of(decode.apply(Seal.open(table, key, value)));
        } catch (BadRowException e) {
            add("damaged", what, e.what());
            return Optional.empty();
        }
    }

    /** Runs a part of the verification; stored bytes that the engine itself cannot read end that part with a finding. */
    boolean reading(String what, Runnable part) {
        try {
            part.run();
            return true;
        } catch (EngineException e) {
            if (e.code() != EngineException.Code.CORRUPT && e.code() != EngineException.Code.LOST) {
                throw e;
            }
            add("unreadable", what, String.valueOf(e.getMessage()));
            return false;
        }
    }

    StorageReport report() {
        return new StorageReport(roots, entries, blobs, chunks, logLines, found, omitted);
    }
}
