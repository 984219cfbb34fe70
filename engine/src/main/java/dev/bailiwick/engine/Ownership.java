package dev.bailiwick.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** Gives files that take the place of others to whoever owned those, since another user may have made them. Stateless. */
public final class Ownership {
    private Ownership() {}

    /**
     * Gives a file the owner, group and mode of another.
     *
     * @throws IOException if they cannot be read, or differ and may not be set
     */
    public static void copy(Path like, Path file) throws IOException {
        PosixFileAttributes wanted = Files.readAttributes(like, PosixFileAttributes.class);
        give(wanted, file);
        Files.setPosixFilePermissions(file, wanted.permissions());
    }

    /**
     * Gives a file to an owner and a group; its mode stays.
     *
     * @throws IOException if they cannot be read, or differ and may not be set
     */
    public static void give(PosixFileAttributes wanted, Path file) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        PosixFileAttributes now = view.readAttributes();
        if (!now.owner().equals(wanted.owner())) {
            view.setOwner(wanted.owner());
        }
        if (!now.group().equals(wanted.group())) {
            view.setGroup(wanted.group());
        }
    }
}
