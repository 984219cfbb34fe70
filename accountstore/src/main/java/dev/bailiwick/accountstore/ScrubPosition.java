package dev.bailiwick.accountstore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where a scrub is, as its file says between two runs. The file is a help and no evidence: whoever can write it can make the scrub skip
 * or begin anew, and one that cannot be read makes it begin anew.
 *
 * @param table index of the table in the order of the scrub
 * @param key the last key that was checked, in hexadecimal; empty at the start of a table
 * @param rows checked in this pass
 * @param passes finished
 * @param lastFinished when a pass last came to its end
 */
record ScrubPosition(int table, String key, long rows, long passes, Optional<Instant> lastFinished) {
    byte[] keyBytes() {
        return HexFormat.of().parseHex(key);
    }

    static ScrubPosition start() {
        return new ScrubPosition(0, "", 0, 0, Optional.empty());
    }

    ScrubPosition at(byte[] newKey, long more) {
        return new ScrubPosition(table, HexFormat.of().formatHex(newKey), rows + more, passes, lastFinished);
    }

    ScrubPosition nextTable(long more) {
        return new ScrubPosition(table + 1, "", rows + more, passes, lastFinished);
    }

    ScrubPosition nextPass(Instant now) {
        return new ScrubPosition(0, "", 0, passes + 1, Optional.of(now));
    }

    static ScrubPosition load(Path file) {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            if (lines.size() != 5) {
                return start();
            }
            long finished = Long.parseLong(lines.get(4));
            return new ScrubPosition(
                    Math.max(0, Integer.parseInt(lines.get(0))),
                    HexFormat.of().formatHex(HexFormat.of().parseHex(lines.get(1))),
                    Long.parseLong(lines.get(2)),
                    Long.parseLong(lines.get(3)),
                    finished == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(finished)));
        } catch (NoSuchFileException none) {
            return start();
        } catch (IOException | IllegalArgumentException unreadable) {
            return start();
        }
    }

    void save(Path file) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(
                draft,
                table + "\n" + key + "\n" + rows + "\n" + passes + "\n"
                        + lastFinished.map(Instant::toEpochMilli).orElse(0L) + "\n");
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
