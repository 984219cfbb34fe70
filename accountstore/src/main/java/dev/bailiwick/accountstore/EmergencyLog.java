package dev.bailiwick.accountstore;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Hash256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.capnproto.DecodeException;

/**
 * A file to which a store in memory copies its audit chain, for as long as the store on disk cannot be written. It is only ever appended to.
 *
 * <pre>
 * bailiwick-emergency@v1                    once for each time it was begun
 * Base64 of a canonical AuditRecord         any number, numbered from 1 and chained as docs/format.md says
 * </pre>
 *
 * <p>INVARIANT (no answer before it is written): a record is synced to the file before whatever it tells of is answered; where it cannot
 * be, nothing more is answered at all.
 *
 * <p>Thread-safe.
 */
public final class EmergencyLog implements AutoCloseable {
    private static final String HEADER = "bailiwick-emergency@v1";

    /** Longest line: a record has four texts of {@link AuditEvent#TEXT_CHARS} at most. */
    private static final int LINE_CHARS = 16 * 1024;

    private final FileChannel channel;

    /** Written on the commit lane alone, but for the first time. */
    private long written;

    private EmergencyLog(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Goes on with a file, or makes it with mode 0600, and from now on appends to it whatever the engine's audit chain gets.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    static EmergencyLog follow(Engine engine, Path file) {
        try {
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            EmergencyLog log = new EmergencyLog(channel);
            try {
                // A line that a power cut left torn stays by itself.
                log.append((channel.size() == 0 ? "" : "\n") + HEADER + "\n");
                engine.read(view -> {
                    log.copy(view);
                    return true;
                });
                syncDirectory(file);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            engine.addDurabilityHook(log::copy);
            return log;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write \"" + file + "\": " + e.getMessage(), e);
        }
    }

    private static void syncDirectory(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            try (FileChannel opened = FileChannel.open(directory, StandardOpenOption.READ)) {
                opened.force(true);
            }
        }
    }

    private void copy(View view) {
        long size = HashChain.AUDIT.head(view).size();
        StringBuilder lines = new StringBuilder();
        for (long sequence = written + 1; sequence <= size; sequence++) {
            lines.append(Base64.getEncoder().encodeToString(HashChain.AUDIT.entry(view, sequence)))
                    .append('\n');
        }
        if (lines.isEmpty()) {
            return;
        }
        try {
            append(lines.toString());
            written = size;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the emergency log: " + e.getMessage(), e);
        }
    }

    private void append(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // ---- reading it back ----

    /** What is known of the line before. */
    private static final class Chain {
        private long sequence;
        private Optional<Hash256> last = Optional.empty();

        boolean continues(AuditEntry entry) {
            return entry.sequence() == sequence + 1 && entry.previousEntryHash().equals(last);
        }
    }

    /**
     * Hands out what a log holds, in order.
     *
     * @return how many lines cannot be read, or do not follow the one before
     * @throws UncheckedIOException if the file cannot be read
     */
    static long read(Path file, Consumer<AuditEvent> visitor) {
        long broken = 0;
        Chain chain = new Chain();
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (Optional<String> line = next(lines); line.isPresent(); line = next(lines)) {
                if (line.get().equals(HEADER)) {
                    chain = new Chain();
                } else if (!line.get().isEmpty()) {
                    Optional<byte[]> bytes = decoded(line.get());
                    Optional<AuditEntry> entry = bytes.flatMap(EmergencyLog::entry);
                    broken += entry.filter(chain::continues).isPresent() ? 0 : 1;
                    entry.map(AuditEntry::event).ifPresent(visitor);
                    chain.sequence = entry.map(AuditEntry::sequence).orElse(chain.sequence + 1);
                    chain.last = bytes.map(HashChain.AUDIT::entryHash);
                }
            }
            return broken;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read \"" + file + "\": " + e.getMessage(), e);
        }
    }

    /** The next line, of which no more is kept than one can have. */
    private static Optional<String> next(BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        int read = lines.read();
        if (read < 0) {
            return Optional.empty();
        }
        while (read >= 0 && read != '\n') {
            if (line.length() < LINE_CHARS) {
                line.append((char) read);
            }
            read = lines.read();
        }
        return Optional.of(line.toString());
    }

    private static Optional<byte[]> decoded(String line) {
        try {
            return Optional.of(Base64.getDecoder().decode(line));
        } catch (IllegalArgumentException torn) {
            return Optional.empty();
        }
    }

    private static Optional<AuditEntry> entry(byte[] bytes) {
        try {
            return Optional.of(JournalCodec.decodeAudit(bytes));
        } catch (DecodeException | IllegalArgumentException | IndexOutOfBoundsException torn) {
            return Optional.empty();
        }
    }
}
