package dev.bailiwick.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Where the key is that wraps all keys of a store's keyrings. It is kept beside the store's tables and never in them, so that a copy of
 * the tables gives no key. It is made when the first key is wanted, and never made anew while there are keys that only the old one
 * opens. Thread-safe.
 */
public final class KeyringSecret {
    /** The file's name in a store's directory. */
    public static final String FILE_NAME = "keyring.key";

    private final Optional<Path> file;
    private @Nullable WrappingKey known; // guarded by this

    private KeyringSecret(Optional<Path> file) {
        this.file = file;
    }

    /** In the file {@value #FILE_NAME} of that directory, of mode 0600. Nothing is read or written before a key is wanted. */
    public static KeyringSecret in(Path storeDirectory) {
        return new KeyringSecret(Optional.of(storeDirectory.resolve(FILE_NAME)));
    }

    /** In memory, for stores that end with the process. */
    public static KeyringSecret inMemory() {
        return new KeyringSecret(Optional.empty());
    }

    /** What came of asking for the key. */
    sealed interface Opened {
        record Ready(WrappingKey key) implements Opened {}

        /** There is none to be had, for people. */
        record Unavailable(String why) implements Opened {}
    }

    /**
     * The key.
     *
     * @param keysExist whether any key is stored, which only this one opens
     */
    synchronized Opened open(BooleanSupplier keysExist, RandomGenerator random) {
        WrappingKey key = known;
        if (key != null) {
            return new Opened.Ready(key);
        }
        try {
            Opened opened = file.isEmpty() ? drawn(random) : fromFile(file.get(), keysExist, random);
            if (opened instanceof Opened.Ready(WrappingKey read)) {
                known = read;
            }
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("the file " + FILE_NAME + " of the store cannot be read or written", e);
        }
    }

    private static Opened drawn(RandomGenerator random) {
        return new Opened.Ready(WrappingKey.draw(random));
    }

    private static Opened fromFile(Path file, BooleanSupplier keysExist, RandomGenerator random) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            if (keysExist.getAsBoolean()) {
                return new Opened.Unavailable("the store's " + FILE_NAME + " is missing");
            }
            WrappingKey fresh = WrappingKey.draw(random);
            write(file, fresh);
            return new Opened.Ready(fresh);
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return new Opened.Unavailable("the store's " + FILE_NAME + " is not a file");
        }
        for (PosixFilePermission permission : Files.getPosixFilePermissions(file)) {
            if (permission.name().startsWith("GROUP") || permission.name().startsWith("OTHERS")) {
                return new Opened.Unavailable("the store's " + FILE_NAME + " can be used by others; chmod 600 it");
            }
        }
        return WrappingKey.ofText(Files.readString(file, StandardCharsets.ISO_8859_1))
                .<Opened>map(Opened.Ready::new)
                .orElseGet(() -> new Opened.Unavailable("the store's " + FILE_NAME + " is damaged"));
    }

    /** Under its name only when it is whole and synced: keys are about to depend on it. */
    private static void write(Path file, WrappingKey key) throws IOException {
        Path draft = file.resolveSibling(FILE_NAME + ".part");
        Files.deleteIfExists(draft);
        ByteBuffer text = ByteBuffer.wrap(key.text().getBytes(StandardCharsets.US_ASCII));
        try (FileChannel channel = FileChannel.open(
                draft,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory =
                FileChannel.open(file.toAbsolutePath().resolveSibling("."), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
