package dev.bailiwick.broker;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.profiles.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The manifest that ships with Bailiwick, as the tests of this module need it. */
final class Shipped {
    private static final SeedPlan MANIFEST = parse();

    private Shipped() {}

    static SeedPlan manifest() {
        return MANIFEST;
    }

    private static SeedPlan parse() {
        try {
            return switch (SeedManifest.parse(Path.of("../profiles/manifests/default.toml"))) {
                case SeedManifest.Parsed(SeedPlan plan) -> plan;
                case SeedManifest.Refused refused -> throw new AssertionError(refused);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ResourceProfile resources(String name) {
        return manifest().resourceProfiles().stream()
                .map(Seeded::content)
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static PolicyProfile policy(String name) {
        return manifest().policyProfiles().stream()
                .map(Seeded::content)
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
