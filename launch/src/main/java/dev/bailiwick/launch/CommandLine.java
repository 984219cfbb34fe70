package dev.bailiwick.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command that a program is started by: the sandbox, then the giving up of root's powers, then the kernel's limits, then the program.
 *
 * <pre>
 * daemon of root's:   bwrap ... -- setpriv --reuid=U ... -- prlimit ... -- PROGRAM ARGUMENT...
 * daemon of a user's: bwrap --unshare-user ... -- prlimit ... -- PROGRAM ARGUMENT...
 * without a sandbox:  setsid [setpriv --reuid=U ...] prlimit ... -- PROGRAM ARGUMENT...
 * </pre>
 *
 * Each of these replaces itself by the next, but for the two processes of bubblewrap that stay around the program.
 */
final class CommandLine {
    /** What a daemon of root's runs programs as when root itself asks: the system's user for having no powers. */
    static final int NOBODY = 65_534;

    /** Where a program in the sandbox finds the daemon's socket. */
    static final String SOCKET = "/run/bailiwickd.sock";

    /** Shown as they are: what the system's programs need in order to start. */
    private static final List<String> SYSTEM = List.of("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32");

    private static final List<String> SETTINGS = List.of(
            "/etc/passwd",
            "/etc/group",
            "/etc/nsswitch.conf",
            "/etc/ld.so.cache",
            "/etc/alternatives",
            "/etc/localtime",
            "/etc/ssl/certs");

    private static final List<String> NETWORK_SETTINGS =
            List.of("/etc/resolv.conf", "/etc/hosts", "/etc/services", "/etc/protocols");

    private final LaunchSite site;
    private final List<String> words = new ArrayList<>();
    private final Set<Path> made = new HashSet<>(Set.of(Path.of("/")));
    private final Set<Path> shown = new HashSet<>();

    private CommandLine(LaunchSite site) {
        this.site = site;
    }

    /** Whom programs run as that this user asked for. */
    static int runsAs(LaunchSite site, int caller) {
        if (site.uid() != 0) {
            return site.uid();
        }
        return caller == 0 ? NOBODY : caller;
    }

    /**
     * The words of the command.
     *
     * @param executed the file that is executed in the place of the order's
     */
    static List<String> of(LaunchSite site, boolean sandboxed, LaunchOrder order, Path executed, ProcessLimits limits) {
        CommandLine line = new CommandLine(site);
        if (sandboxed) {
            line.sandbox(order, executed);
        } else {
            site.tools().setsid().ifPresent(setsid -> line.add(setsid.toString()));
        }
        line.dropPowers(order, sandboxed);
        line.limits(limits);
        line.add((sandboxed ? order.file() : executed).toString());
        line.words.addAll(order.arguments());
        return List.copyOf(line.words);
    }

    /** A command that shows whether sandboxes can be made here: it makes one and does nothing in it. */
    static List<String> probe(LaunchSite site) {
        CommandLine line = new CommandLine(site);
        Path nothing = Path.of("/usr/bin/true");
        line.sandbox(
                new LaunchOrder("probe", nothing, Optional.empty(), List.of(), List.of(), false, NOBODY, Map.of()),
                nothing);
        line.add(nothing.toString());
        return List.copyOf(line.words);
    }

    /** The environment: little, and the same for everybody. */
    static Map<String, String> environment(LaunchSite site, boolean sandboxed, LaunchOrder order, String mark) {
        Map<String, String> environment = new HashMap<>(order.environment());
        environment.put("PATH", "/usr/bin:/bin");
        environment.put("HOME", "/tmp");
        environment.put("TMPDIR", "/tmp");
        environment.put("LANG", "C.UTF-8");
        environment.put("TERM", "dumb");
        if (!sandboxed) {
            int equals = mark.indexOf('=');
            environment.put(mark.substring(0, equals), mark.substring(equals + 1));
        }
        site.socket().ifPresent(socket -> environment.put("BAILIWICK_SOCKET", sandboxed ? SOCKET : socket.toString()));
        return environment;
    }

    private void add(String... more) {
        words.addAll(List.of(more));
    }

    private void sandbox(LaunchOrder order, Path executed) {
        add(site.tools().bwrap().orElseThrow().toString(), "--die-with-parent", "--new-session");
        add("--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try");
        if (site.uid() != 0) {
            add("--unshare-user");
        }
        if (!order.network()) {
            add("--unshare-net");
        }
        show(Path.of("/usr"), Path.of("/usr"));
        SYSTEM.forEach(this::system);
        SETTINGS.forEach(this::showIfThere);
        if (order.network()) {
            NETWORK_SETTINGS.forEach(this::showIfThere);
        }
        add("--proc", "/proc", "--dev", "/dev");
        add("--perms", "1777", "--size", Long.toString(Limits.TMP_BYTES), "--tmpfs", "/tmp");
        made.add(Path.of("/tmp"));
        order.reads().forEach(read -> showIfThere(read.toString()));
        if (!executed.equals(order.file()) || !isShown(order.file())) {
            show(executed, order.file());
        }
        site.socket().filter(Files::exists).ifPresent(socket -> show(socket, Path.of(SOCKET)));
        add("--chdir", "/tmp", "--");
    }

    /** A folder of the system's, or the link that stands in its place. */
    private void system(String name) {
        Path path = Path.of(name);
        if (Files.isSymbolicLink(path)) {
            try {
                add("--symlink", Files.readSymbolicLink(path).toString(), name);
                shown.add(path);
            } catch (IOException gone) {
                // Not there any more.
            }
        } else {
            showIfThere(name);
        }
    }

    private void showIfThere(String name) {
        Path path = Path.of(name);
        if (Files.exists(path) && !isShown(path)) {
            show(path, path);
        }
    }

    private boolean isShown(Path path) {
        return shown.stream().anyMatch(path::startsWith);
    }

    /** Folders on the way are made so that everybody can pass; bubblewrap's own would be root's alone. */
    private void show(Path from, Path at) {
        if (!isShown(at)) {
            List<Path> folders = new ArrayList<>();
            for (Path folder = at.getParent(); folder != null && made.add(folder); folder = folder.getParent()) {
                folders.addFirst(folder);
            }
            folders.forEach(folder -> add("--perms", "0755", "--dir", folder.toString()));
        }
        add("--ro-bind", from.toString(), at.toString());
        shown.add(at);
    }

    private void dropPowers(LaunchOrder order, boolean sandboxed) {
        Optional<Path> setpriv = site.tools().setpriv();
        if (setpriv.isEmpty()) {
            return;
        }
        add(setpriv.get().toString(), "--no-new-privs");
        if (site.uid() == 0) {
            add("--reuid=" + runsAs(site, order.uid()), "--regid=" + NOBODY, "--clear-groups");
            add("--bounding-set=-all", "--inh-caps=-all");
        }
        if (!sandboxed) {
            add("--pdeathsig", "KILL");
        }
        add("--");
    }

    private void limits(ProcessLimits limits) {
        Optional<Path> prlimit = site.tools().prlimit();
        if (prlimit.isPresent()) {
            long memory = limits.memoryBytes();
            add(prlimit.get().toString(), "--data=" + memory + ":" + memory, "--core=0:0");
            add("--nofile=" + Limits.OPEN_FILES + ":" + Limits.OPEN_FILES, "--");
        }
    }
}
