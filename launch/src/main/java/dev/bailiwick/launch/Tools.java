package dev.bailiwick.launch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The system's programs that others are started through, where there are any. They are looked for in the system's own folders, never
 * along a PATH that somebody set.
 *
 * @param bwrap bubblewrap, which makes the sandbox
 * @param prlimit of util-linux, which sets the kernel's limits
 * @param setpriv of util-linux, which gives up root's powers
 * @param setsid of util-linux, which makes a process group
 */
public record Tools(Optional<Path> bwrap, Optional<Path> prlimit, Optional<Path> setpriv, Optional<Path> setsid) {
    private static final List<Path> FOLDERS =
            List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/sbin"), Path.of("/sbin"));

    /** Those of this machine. */
    public static Tools find() {
        return new Tools(find("bwrap"), find("prlimit"), find("setpriv"), find("setsid"));
    }

    /** The same machine without bubblewrap. */
    public Tools withoutSandbox() {
        return new Tools(Optional.empty(), prlimit, setpriv, setsid);
    }

    private static Optional<Path> find(String name) {
        return FOLDERS.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
