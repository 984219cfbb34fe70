package dev.bailiwick.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Makes the place of a socket ready to bind, and says who may reach it.
 *
 * <p>Connecting gives an anonymous caller's login paths and nothing else, so the socket itself is open to everybody and its directory
 * decides who reaches it. A directory made here is private, except the system's own when root makes it: logins of other users come
 * through that one.
 */
final class SocketPlace {
    /** {@code sun_path} holds 108 bytes with the zero at the end (unix(7)), and the listener needs a suffix for a moment. */
    static final int MAX_PATH_BYTES = 100;

    /** Who may connect: everybody who reaches it. */
    static final Set<PosixFilePermission> EVERYBODY = PosixFilePermissions.fromString("rw-rw-rw-");

    /** Who may connect to a local console: whoever runs the daemon. */
    static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    private static final Path SYSTEM_DIRECTORY = Path.of("/run/bailiwick");
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> SHARED = PosixFilePermissions.fromString("rwxr-xr-x");

    private SocketPlace() {}

    /**
     * Makes the directory if it is missing, and sees that nothing but a socket can be replaced.
     *
     * @throws DaemonException when the path is too long, or is something else than a socket
     */
    static void prepare(Path socket) {
        int length = socket.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw new DaemonException(
                    DaemonException.Code.BAD_SOCKET,
                    "the socket path \"" + socket + "\" is " + length + " bytes long; a socket's path has at most "
                            + MAX_PATH_BYTES);
        }
        try {
            Path directory = socket.toAbsolutePath().getParent();
            if (directory != null) {
                makeDirectory(directory);
            }
            if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS) && !isSocket(socket)) {
                throw new DaemonException(
                        DaemonException.Code.BAD_SOCKET, "\"" + socket + "\" exists and is not a socket; move it away");
            }
        } catch (IOException e) {
            throw new DaemonException(
                    DaemonException.Code.BAD_SOCKET, "cannot make a socket at " + socket + ": " + e.getMessage(), e);
        }
    }

    private static void makeDirectory(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        boolean isSystems = directory.equals(SYSTEM_DIRECTORY);
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PRIVATE));
        if (isSystems) {
            // Widened afterwards: a mode given at creation is cut by the umask.
            Files.setPosixFilePermissions(directory, SHARED);
        }
    }

    private static boolean isSocket(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther();
    }
}
