package dev.bailiwick.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A bootable guest: a kernel and an initramfs with busybox, a Java runtime, the built jars and one launcher for each program.
 *
 * <pre>
 *   /init                   PID 1: mounts, then runs the scripts it is sent
 *   /bin                    busybox, the launchers, 'as USER COMMAND'
 *   /jre  /app/lib/*.jar    runtime and programs; /app/programs.aot starts them sooner
 *   /lib  /lib64            the C libraries of the host, and RocksDB's native code
 *   /lib/modules            kernel modules, with load-order beside them
 *   /profiles               the shipped seed manifests
 * </pre>
 *
 * @param kernel what QEMU starts
 * @param initramfs the file system it starts in
 */
record GuestImage(Path kernel, Path initramfs) {
    /** A main class of the jars, started in the guest as {@code /bin/name}. */
    record Program(String name, String mainClass) {}

    private static final String GUEST_CACHE = "/app/programs.aot";
    private static final String ROCKSDB_LIBRARY = "librocksdbjni-linux64.so";
    private static final Pattern LIBRARY_PATH = Pattern.compile("(/\\S+\\.so\\S*) \\(0x");
    private static final Pattern NATIVE_CODE = Pattern.compile(".*\\.(so|dll|jnilib)");

    /**
     * Assembles the guest below {@code work}; what is expensive (runtime, AOT cache) is kept there from run to run.
     *
     * @param classPath jars only, in class path order
     * @param training a run on the host that shows which classes the programs use; it must end by itself with exit code 0
     * @param manifests the folder to be found at {@code /profiles}
     */
    static GuestImage assemble(
            Path work,
            CloudKernel kernel,
            List<Path> classPath,
            List<Program> programs,
            Training training,
            Path manifests)
            throws IOException {
        Files.createDirectories(work);
        JavaRuntime runtime = JavaRuntime.linked(work.resolve("jre"));
        Path root = Folders.fresh(work.resolve("root"));

        Path lib = Files.createDirectories(root.resolve("lib"));
        List<Path> jars = copyJars(classPath, Files.createDirectories(root.resolve("app/lib")), lib);
        copyKernelModules(kernel, Files.createDirectories(root.resolve("lib/modules")));
        copyTree(runtime.home(), root.resolve("jre"));
        copyTree(manifests, root.resolve("profiles"));
        Path bin = Files.createDirectories(root.resolve("bin"));
        copy(HostTool.BUSYBOX.path(), bin.resolve("busybox"));
        copyLibraries(
                List.of(bin.resolve("busybox"), runtime.jvmLibrary(), lib.resolve(ROCKSDB_LIBRARY)),
                root,
                runtime.home());
        resource("init", root.resolve("init"));
        resource("as", bin.resolve("as"));
        resource("passwd", Files.createDirectories(root.resolve("etc")).resolve("passwd"));
        resource("group", root.resolve("etc/group"));

        copy(training.cache(work, runtime, jars, lib), root.resolve(GUEST_CACHE.substring(1)));
        for (Program program : programs) {
            script(bin.resolve(program.name()), launcher(program, jars));
        }

        Path initramfs = work.resolve("initramfs.cpio");
        try (Initramfs archive = new Initramfs(Files.newOutputStream(initramfs))) {
            archive.tree(root);
        }
        return new GuestImage(kernel.image(), initramfs);
    }

    private static String launcher(Program program, List<Path> jars) {
        String classPath =
                jars.stream().map(jar -> "/app/lib/" + jar.getFileName()).collect(Collectors.joining(":"));
        return "#!/bin/sh\nexec /jre/bin/java " + String.join(" ", JavaRuntime.FLAGS) + " -XX:AOTCache=" + GUEST_CACHE
                + " $GUEST_JAVA_FLAGS -cp " + classPath + " " + program.mainClass() + " \"$@\"\n";
    }

    /** Copies jars as they are, except that native code for other machines stays behind and ours goes to {@code lib}. */
    private static List<Path> copyJars(List<Path> classPath, Path target, Path lib) throws IOException {
        List<Path> copies = new ArrayList<>();
        for (Path jar : classPath) {
            if (!Files.isRegularFile(jar)) {
                throw new IllegalStateException("'" + jar + "' is not a jar: run 'mvn verify', which packages them");
            }
            Path copy = target.resolve(jar.getFileName());
            if (jar.getFileName().toString().startsWith("rocksdbjni-")) {
                copyWithoutNativeCode(jar, copy, lib);
            } else {
                copy(jar, copy);
            }
            copies.add(copy);
        }
        return copies;
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

    /** A run of one program on the host, from which the JDK makes the AOT cache. */
    record Training(String mainClass, List<String> arguments) {
        /** The cache for these jars and this runtime; made anew only when one of them changed. */
        Path cache(Path work, JavaRuntime runtime, List<Path> jars, Path nativeLibraries) throws IOException {
            Path cache = work.resolve("programs.aot");
            Path stamp = work.resolve("programs.aot.stamp");
            String identity = identity(runtime, jars);
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(identity)) {
                Files.deleteIfExists(stamp);
                Path scratch = Folders.fresh(work.resolve("training"));
                List<String> command = runtime.command(
                        "-XX:AOTCacheOutput=" + cache.toAbsolutePath(),
                        "-Djava.library.path=" + nativeLibraries.toAbsolutePath(),
                        "-cp",
                        jars.stream()
                                .map(jar -> jar.toAbsolutePath().toString())
                                .collect(Collectors.joining(":")),
                        mainClass);
                command.addAll(arguments);
                HostTool.Outcome run = HostTool.execute(scratch, command);
                if (run.exit() != 0 || !Files.exists(cache)) {
                    throw new IllegalStateException(run.describe());
                }
                Files.writeString(stamp, identity);
            }
            return cache;
        }

        private String identity(JavaRuntime runtime, List<Path> jars) throws IOException {
            StringBuilder identity = new StringBuilder();
            identity.append(Files.getLastModifiedTime(runtime.jvmLibrary())).append('\n');
            identity.append(JavaRuntime.FLAGS)
                    .append(mainClass)
                    .append(arguments)
                    .append('\n');
            for (Path jar : jars) {
                FileTime modified = Files.getLastModifiedTime(jar);
                identity.append(jar.getFileName())
                        .append(' ')
                        .append(modified)
                        .append(' ')
                        .append(Files.size(jar))
                        .append('\n');
            }
            return identity.toString();
        }
    }
}
