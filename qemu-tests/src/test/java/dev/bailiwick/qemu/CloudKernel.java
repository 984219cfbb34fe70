package dev.bailiwick.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Debian's cloud kernel, unpacked from its package and never installed on the host.
 *
 * @param image the compressed kernel that QEMU starts
 * @param modules the folder with the kernel's modules
 */
record CloudKernel(Path image, Path modules) {
    private static final String META_PACKAGE = "linux-image-cloud-amd64";
    private static final Pattern DEPENDENCY =
            Pattern.compile("^Depends:.*?(linux-image-[0-9][^ ,]*-cloud-amd64)", Pattern.MULTILINE);
    private static final String PACKAGE_FILES = "linux-image-*-cloud-amd64*_amd64.deb";

    /**
     * Returns the kernel kept in {@code cache}, or downloads the one that the meta package depends on today. A package file
     * put there by hand is used as it is, which is how a machine without a network runs these tests.
     *
     * @throws IllegalStateException when there is none and apt cannot download it; the message holds apt's words
     */
    static CloudKernel from(Path cache) throws IOException {
        Files.createDirectories(cache);
        Path packageFile = newest(cache).orElse(null);
        if (packageFile == null) {
            packageFile = download(cache);
        }
        Path unpacked = cache.resolve(packageFile.getFileName() + ".unpacked");
        if (!Files.isDirectory(unpacked)) {
            // Unpacked beside and renamed, so that an interrupted run leaves no half kernel to boot.
            Path partial = Files.createTempDirectory(cache, "unpacking");
            HostTool.DPKG_DEB.run("-x", packageFile, partial);
            Files.move(partial, unpacked);
        }
        return new CloudKernel(
                only(unpacked.resolve("boot"), "vmlinuz-*"), only(unpacked.resolve("lib/modules"), "*-cloud-amd64"));
    }

    private static Optional<Path> newest(Path cache) throws IOException {
        try (var files = Files.newDirectoryStream(cache, PACKAGE_FILES)) {
            List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found.stream()
                    .max(Comparator.comparingLong(file -> file.toFile().lastModified()));
        }
    }

    private static Path only(Path folder, String glob) throws IOException {
        try (var files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                return file;
            }
        }
        throw new IllegalStateException("no " + glob + " in " + folder + ": delete that folder and run again");
    }

    private static Path download(Path cache) throws IOException {
        List<String> complaints = new ArrayList<>();
        if (!download(cache, List.of(), complaints)) {
            // The host's package lists are missing or too old. Fresh ones go into the cache: no root, nothing changed
            // outside.
            Path apt = cache.resolve("apt");
            Files.createDirectories(apt.resolve("lists/partial"));
            Files.createDirectories(apt.resolve("cache/archives/partial"));
            List<String> ownLists = List.of(
                    "-o", "Dir::State::lists=" + apt.resolve("lists"), "-o", "Dir::Cache=" + apt.resolve("cache"));
            HostTool.Outcome update = HostTool.APT_GET.attempt(cache, with(ownLists, "-q", "update"));
            complaints.add(update.describe());
            download(cache, ownLists, complaints);
        }
        return newest(cache)
                .orElseThrow(() -> new IllegalStateException(
                        "cannot download Debian's cloud kernel for the test guest; either make 'apt-get download "
                                + META_PACKAGE + "' work or put a file " + PACKAGE_FILES + " into " + cache + "\n"
                                + String.join("\n", complaints)));
    }

    private static boolean download(Path cache, List<String> options, List<String> complaints) {
        HostTool.Outcome show =
                HostTool.APT_CACHE.attempt(cache, with(options, "--no-all-versions", "show", META_PACKAGE));
        Matcher dependency = DEPENDENCY.matcher(show.output());
        if (!dependency.find()) {
            complaints.add(show.describe());
            return false;
        }
        HostTool.Outcome got = HostTool.APT_GET.attempt(cache, with(options, "-q", "download", dependency.group(1)));
        complaints.add(got.describe());
        return got.exit() == 0;
    }

    private static Object[] with(List<String> options, String... arguments) {
        return Stream.concat(options.stream(), Stream.of(arguments)).toArray();
    }

    /**
     * The modules wanted, each after those it depends on, decompressed where Debian ships them compressed. A module that is
     * built into the kernel is left out.
     */
    List<Module> inLoadOrder(String... wanted) throws IOException {
        try (Stream<Path> files = Files.walk(modules)) {
            List<Path> all = files.filter(file -> file.getFileName().toString().contains(".ko"))
                    .toList();
            String builtIn = Files.readString(modules.resolve("modules.builtin"));
            List<Module> order = new ArrayList<>();
            for (String name : wanted) {
                load(name, all, builtIn, order);
            }
            return order;
        }
    }

    private static void load(String name, List<Path> all, String builtIn, List<Module> order) throws IOException {
        if (builtIn.contains("/" + name + ".ko")
                || order.stream().anyMatch(module -> module.name().equals(name))) {
            return;
        }
        Path file = all.stream()
                .filter(candidate -> candidate.getFileName().toString().startsWith(name + ".ko"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("this kernel has no module '" + name + "'"));
        Module module = Module.read(name, file);
        for (String dependency : module.dependencies()) {
            load(dependency, all, builtIn, order);
        }
        order.add(module);
    }

    /**
     * A kernel module.
     *
     * @param file its ELF file, not compressed
     * @param dependencies the modules to be loaded before it
     */
    record Module(String name, Path file, List<String> dependencies) {
        private static final Pattern DEPENDS = Pattern.compile("\0depends=([^\0]*)\0");

        Module {
            dependencies = List.copyOf(dependencies);
        }

        static Module read(String name, Path file) throws IOException {
            Path plain = Path.of(file.toString().replaceAll("\\.xz$", ""));
            if (!Files.exists(plain)) {
                HostTool.XZ.run("--decompress", "--keep", file);
            }
            return new Module(name, plain, dependencies(Files.readAllBytes(plain)));
        }

        /** What the module says itself, in its {@code .modinfo} section: NUL-terminated {@code key=value} texts. */
        static List<String> dependencies(byte[] elf) {
            Matcher depends = DEPENDS.matcher(new String(elf, StandardCharsets.ISO_8859_1));
            return depends.find() && !depends.group(1).isEmpty()
                    ? List.of(depends.group(1).replace('-', '_').split(",", -1))
                    : List.of();
        }
    }
}
