package dev.bailiwick.bench.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The shipped manifest with room for many sessions. */
final class Manifests {
    private Manifests() {}

    /** As it ships, but with the most sessions an account may have in every resource profile. */
    static SeedPlan roomy(Path manifest) throws IOException {
        String text = Files.readString(manifest).replaceAll("session-limit = \\d+", "session-limit = 1000");
        return switch (SeedManifest.parse(text.getBytes(UTF_8))) {
            case SeedManifest.Parsed(SeedPlan plan) -> plan;
            case SeedManifest.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }
}
