package dev.bailiwick.bench.broker;

import dev.bailiwick.daemon.Daemon;
import dev.bailiwick.daemon.DaemonConfig;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.daemon.StoreMaker;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** A daemon as it is started by default, over a new store. It runs until it is killed. */
final class DaemonProcess {
    private DaemonProcess() {}

    /** Arguments: a folder, the seed manifest. The socket is {@code socket} in that folder. */
    static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        StoreLocation store = StoreLocation.of(folder.resolve("store"), Optional.empty());
        var _ = StoreMaker.make(
                store, Manifests.roomy(Path.of(arguments[1])), InstantSource.system(), new SecureRandom());
        try (var _ = Daemon.start(DaemonConfig.of(store, folder.resolve("socket"), "bench"))) {
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // Until whoever started this goes away.
            }
        }
    }
}
