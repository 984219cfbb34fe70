package dev.bailiwick.launch;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where programs are launched.
 *
 * @param work an existing folder for private copies of measured files; on a file system from which programs may be executed
 * @param socket what a program can connect to, to claim what was left for it; empty if there is nothing
 * @param tools what they are started through
 * @param uid the operating-system user of this process
 */
public record LaunchSite(Path work, Optional<Path> socket, Tools tools, int uid) {
    /** The same with other tools: for tests of what happens where some are missing. */
    public LaunchSite with(Tools others) {
        return new LaunchSite(work, socket, others, uid);
    }
}
