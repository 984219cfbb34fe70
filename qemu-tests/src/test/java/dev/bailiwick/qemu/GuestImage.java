package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A bootable guest: a kernel and an initramfs with busybox, a Java runtime and the project as a user has it after a build.
 *
 * <pre>
 *   /init                      PID 1: mounts, then runs the scripts it is sent
 *   /bin                       busybox, launchers of the probe and the torture programs, 'as USER COMMAND'
 *   /usr/bin                   what the launcher starts programs through, and ssh-keygen
 *   /usr/lib/jvm               the Java runtime and the AOT caches, where a sandbox sees them too
 *   /usr/lib/bailiwick         bin, apps, jars and manifests, in the places where the project has them, and where the shipped
 *                              policy approves its applications
 *   /etc/environment.sh        what every script starts with: PATH, JAVA_HOME, JVM options
 *   /app                       the jars of the probe and of the torture programs
 *   /lib  /lib64               the C libraries of the host, and RocksDB's native code
 *   /lib/modules               kernel modules, with load-order beside them
 * </pre>
 *
 * @param kernel what QEMU starts
 * @param initramfs the file system it starts in
 */
record GuestImage(Path kernel, Path initramfs) {
    private static final String HOME = "usr/lib/bailiwick";
    private static final String JAVA = "usr/lib/jvm/jre";
    private static final String JARS = "cli/target/lib";
    private static final String MANIFESTS = "profiles/manifests";
    private static final String TORTURE = "torture/target/lib";
    private static final String ROCKSDB_LIBRARY = "librocksdbjni-linux64.so";

    /** What programs are launched through, and what signs for an SSH login. */
    private static final List<HostTool> TOOLS = List.of(
            HostTool.BWRAP, HostTool.SETPRIV, HostTool.PRLIMIT, HostTool.SETSID, HostTool.TRUE, HostTool.SSH_KEYGEN);

    private static final Pattern LIBRARY_PATH = Pattern.compile("(/\\S+\\.so\\S*) \\(0x");
    private static final Pattern NATIVE_CODE = Pattern.compile(".*\\.(so|dll|jnilib)");

    /**
     * Assembles the guest below {@code work}; what is expensive (runtime, AOT caches) is kept there from run to run.
     *
     * @param project the built project
     * @param probe the jar of {@code StorageProbe}
     */
    static GuestImage assemble(Path work, CloudKernel kernel, Path project, Path probe) throws IOException {
        Files.createDirectories(work);
        JavaRuntime runtime = JavaRuntime.linked(work.resolve("jre"));
        Path root = Folders.fresh(work.resolve("root"));
        Path lib = Files.createDirectories(root.resolve("lib"));
        Path bin = Files.createDirectories(root.resolve("bin"));
        Path app = Files.createDirectories(root.resolve("app"));

        Path home = copyProject(project, root.resolve(HOME), lib);
        Files.createDirectories(root.resolve(JAVA).getParent());
        copyTree(runtime.home(), root.resolve(JAVA));
        copyKernelModules(kernel, Files.createDirectories(root.resolve("lib/modules")));
        copy(HostTool.BUSYBOX.path(), bin.resolve("busybox"));
        List<Path> linked =
                new ArrayList<>(List.of(bin.resolve("busybox"), runtime.jvmLibrary(), lib.resolve(ROCKSDB_LIBRARY)));
        Path usrBin = Files.createDirectories(root.resolve("usr/bin"));
        for (HostTool tool : TOOLS) {
            copy(tool.path(), usrBin.resolve(tool.path().getFileName()));
            linked.add(tool.path());
        }
        copyLibraries(linked, root, runtime.home());
        resource("init", root.resolve("init"));
        resource("as", bin.resolve("as"));
        resource("storage-probe", bin.resolve("storage-probe"));
        resource("passwd", Files.createDirectories(root.resolve("etc")).resolve("passwd"));
        resource("group", root.resolve("etc/group"));
        resource("tortured", bin.resolve("tortured"));
        copy(probe, app.resolve("storage-probe.jar"));
        copy(only(project.resolve(TORTURE)), app.resolve("torture.jar"));

        Rehearsal rehearsal = Rehearsal.of(work, runtime, home, lib);
        Path java = root.resolve(JAVA);
        copy(rehearsal.daemonCache(), java.resolveSibling("daemon.aot"));
        copy(rehearsal.clientCache(), java.resolveSibling("client.aot"));
        Files.move(java.resolve("bin/java"), java.resolve("bin/java.real"));
        script(java.resolve("bin/java"), startedAnywhere());
        Files.writeString(root.resolve("etc/environment.sh"), environment());

        Path initramfs = work.resolve("initramfs.cpio");
        try (Initramfs archive = new Initramfs(Files.newOutputStream(initramfs))) {
            archive.tree(root);
        }
        return new GuestImage(kernel.image(), initramfs);
    }

    /** A launched program has none of the environment above, and starts as soon all the same. */
    private static String startedAnywhere() {
        return """
                #!/bin/sh
                [ -n "$JVM_OPTIONS" ] || set -- %2$s -XX:AOTCache=/usr/lib/jvm/client.aot "$@"
                exec /%1$s/bin/java.real "$@"
                """.formatted(JAVA, String.join(" ", JavaRuntime.FLAGS));
    }

    private static String environment() {
        String flags = String.join(" ", JavaRuntime.FLAGS);
        return """
                export PATH=/%1$s/bin:/usr/bin:/bin HOME=/root JAVA_HOME=/%4$s MANIFEST=/%1$s/%2$s/default.toml
                export JVM_OPTIONS="%3$s"
                export BAILIWICK_JAVA_OPTIONS="$JVM_OPTIONS -XX:AOTCache=/usr/lib/jvm/client.aot"
                export DAEMON_JAVA_OPTIONS="$JVM_OPTIONS -XX:AOTCache=/usr/lib/jvm/daemon.aot"
                """.formatted(HOME, MANIFESTS, flags, JAVA);
    }

    /** Copies what a user runs, except that native code for other machines stays behind and ours goes to {@code lib}. */
    private static Path copyProject(Path project, Path home, Path lib) throws IOException {
        Path jars = project.resolve(JARS);
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException("no jars in '" + jars + "': run 'mvn verify', which packages them");
        }
        copyTree(project.resolve("bin"), Files.createDirectories(home).resolve("bin"));
        copyTree(project.resolve("apps"), home.resolve("apps"));
        copyTree(
                project.resolve(MANIFESTS),
                Files.createDirectories(home.resolve("profiles")).resolve("manifests"));
        Path target = Files.createDirectories(home.resolve(JARS));
        try (var files = Files.newDirectoryStream(jars, "*.jar")) {
            for (Path jar : files) {
                Path copy = target.resolve(jar.getFileName());
                if (jar.getFileName().toString().startsWith("rocksdbjni-")) {
                    copyWithoutNativeCode(jar, copy, lib);
                } else {
                    copy(jar, copy);
                }
            }
        }
        return home;
    }

    private static void copyWithoutNativeCode(Path jar, Path copy, Path lib) throws IOException {
        try (ZipFile in = new ZipFile(jar.toFile());
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (ZipEntry entry : in.stream().map(ZipEntry.class::cast).toList()) {
                try (InputStream contents = in.getInputStream(entry)) {
                    if (entry.getName().equals(ROCKSDB_LIBRARY)) {
                        Files.copy(contents, lib.resolve(ROCKSDB_LIBRARY));
                    } else if (!NATIVE_CODE.matcher(entry.getName()).matches()) {
                        out.putNextEntry(new ZipEntry(entry.getName()));
                        contents.transferTo(out);
                    }
                }
            }
        }
        // The AOT cache remembers the times of its jars.
        Files.setLastModifiedTime(copy, Files.getLastModifiedTime(jar));
    }

    private static void copyKernelModules(CloudKernel kernel, Path target) throws IOException {
        List<CloudKernel.Module> modules = kernel.inLoadOrder("virtio_pci", "virtio_blk", "ext4");
        for (CloudKernel.Module module : modules) {
            copy(module.file(), target.resolve(module.name() + ".ko"));
        }
        Files.write(
                target.resolve("load-order"),
                modules.stream().map(CloudKernel.Module::name).toList());
    }

    /** Copies the host's libraries that the given files name, to the folders where its own loader looks for them. */
    private static void copyLibraries(List<Path> files, Path root, Path exceptBelow) throws IOException {
        TreeSet<Path> libraries = new TreeSet<>();
        for (Path file : files) {
            // A static program makes ldd fail, and needs nothing.
            LIBRARY_PATH
                    .matcher(HostTool.LDD.attempt(root, file.toAbsolutePath()).output())
                    .results()
                    .map((MatchResult found) -> Path.of(found.group(1)))
                    .filter(library -> !library.startsWith(exceptBelow.toAbsolutePath()))
                    .forEach(libraries::add);
        }
        for (Path library : libraries) {
            Path target = library.startsWith("/lib64")
                    ? root.resolve(library.toString().substring(1))
                    : root.resolve("lib").resolve(library.getFileName());
            Files.createDirectories(target.getParent());
            copy(library, target);
        }
    }

    private static Path only(Path folder) throws IOException {
        try (var files = Files.newDirectoryStream(folder, "bailiwick-torture-*.jar")) {
            for (Path file : files) {
                return file;
            }
        }
        throw new IllegalStateException("no jar in '" + folder + "': run 'mvn verify', which packages it");
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copyTree(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(from)) {
            files = walk.sorted().toList();
        }
        for (Path file : files) {
            copy(file, to.resolve(from.relativize(file).toString()));
        }
    }

    private static void resource(String name, Path target) throws IOException {
        try (InputStream text = GuestImage.class.getResourceAsStream("/guest/" + name)) {
            if (text == null) {
                throw new IllegalStateException("no resource guest/" + name);
            }
            script(target, new String(text.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void script(Path target, String text) throws IOException {
        Files.writeString(target, text);
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
