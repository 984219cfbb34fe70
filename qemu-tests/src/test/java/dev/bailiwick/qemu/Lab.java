package dev.bailiwick.qemu;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Where one test keeps its disks and boots its guests. The folder stays after the test, with a console log and a transcript
 * for each boot, until the same test runs again.
 */
record Lab(GuestImage image, Path folder) {
    /** A new, empty disk, large enough for any test and sparse on the host. */
    Disk disk(String name) throws IOException {
        return Disk.formatted(folder, name, 256);
    }

    /** The manifest that stores are seeded with, on the host. */
    Path manifest() {
        return LabExtension.PROJECT.resolve("profiles/manifests/default.toml");
    }

    /** @param name tells the boots of a test apart in its folder */
    Vm boot(String name, Disk... disks) throws IOException {
        return Vm.boot(image, folder.resolve(name), List.of(disks));
    }
}
