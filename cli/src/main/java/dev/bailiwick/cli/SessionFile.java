package dev.bailiwick.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The file that lets one command follow another in the same session. It holds the reference the daemon gave at login, which is as
 * good as the session itself to the same operating-system user; so only its owner may read it (0600 in a directory of 0700).
 */
final class SessionFile {
    private static final String HEADER = "bailiwick-session 1";
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Pattern REFERENCE = Pattern.compile("[0-9a-f]{64}");

    private final Path path;

    SessionFile(Path path) {
        this.path = path;
    }

    /**
     * A session to come back to.
     *
     * @param socket the daemon that has it
     * @param name whose it is, for messages; empty for a guest
     * @param reference the 32 bytes the daemon knows it by, in lower-case hexadecimal
     */
    record Saved(Path socket, String name, String reference) {
        Saved {
            if (!REFERENCE.matcher(reference).matches()) {
                throw new IllegalArgumentException("a session reference has 32 bytes, in lower-case hexadecimal");
            }
        }

        /** Without the reference: this text may end up in a log. */
        @Override
        public String toString() {
            return "session of \"" + name + "\" at " + socket;
        }
    }

    Path path() {
        return path;
    }

    /**
     * The session kept here, if there is one.
     *
     * @throws CommandFailure when others can read the file, or it is not one of ours
     */
    Optional<Saved> read() {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
            if (!OWNER_ONLY.containsAll(permissions)) {
                throw CommandFailure.usage(
                        "others can read the session file " + path + ", so its session may be in their hands",
                        "log out with it, or delete it, and log in again");
            }
            return Optional.of(parse(Files.readAllLines(path, StandardCharsets.UTF_8)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw CommandFailure.unavailable(
                    "cannot read the session file " + path + ": " + e.getMessage(),
                    "name another with --session-file or BAILIWICK_SESSION");
        }
    }

    /** The session kept here; empty also when what is here is not to be trusted or cannot be read. */
    Optional<Saved> readIfSound() {
        try {
            return read();
        } catch (CommandFailure e) {
            return Optional.empty();
        }
    }

    private Saved parse(List<String> lines) {
        TreeMap<String, String> fields = new TreeMap<>();
        if (!lines.isEmpty() && lines.getFirst().equals(HEADER)) {
            for (String line : lines.subList(1, lines.size())) {
                int space = line.indexOf(' ');
                fields.put(space < 0 ? line : line.substring(0, space), space < 0 ? "" : line.substring(space + 1));
            }
        }
        String socket = fields.getOrDefault("socket", "");
        String reference = fields.getOrDefault("reference", "");
        if (socket.isEmpty() || !REFERENCE.matcher(reference).matches()) {
            throw CommandFailure.usage(
                    "the file " + path + " is not a session file of this version", "delete it and log in again");
        }
        return new Saved(Path.of(socket), fields.getOrDefault("name", ""), reference);
    }

    /** Keeps the session, in place of any that was kept here. */
    void write(Saved session) {
        String text = HEADER + "\nsocket " + session.socket() + "\nname " + session.name() + "\nreference "
                + session.reference() + "\n";
        try {
            Path directory = path.toAbsolutePath().getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY_DIRECTORY));
            }
            // Written aside with its final mode and moved: nobody ever sees half of it, or it with a wider mode.
            Path draft =
                    Files.createTempFile(directory, ".session", "", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(draft, text);
            replace(draft);
        } catch (IOException e) {
            throw CommandFailure.unavailable(
                    "cannot keep the session in " + path + ": " + e.getMessage(),
                    "set XDG_RUNTIME_DIR to a directory of yours, or name a file with --session-file");
        }
    }

    private void replace(Path draft) throws IOException {
        try {
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Forgets the session. Does nothing when none is kept. */
    void delete() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw CommandFailure.unavailable("cannot delete the session file " + path + ": " + e.getMessage(), "");
        }
    }
}
