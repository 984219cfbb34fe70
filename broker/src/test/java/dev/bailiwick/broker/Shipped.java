package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.SeedManifest;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.profiles.Seeded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The manifest that ships with Bailiwick, as the tests of this module need it. */
final class Shipped {
    private static final String TEXT = read();
    private static final SeedPlan MANIFEST = parse(TEXT);

    private Shipped() {}

    static SeedPlan manifest() {
        return MANIFEST;
    }

    /** The same without that account, which must not be the last one nor one with credentials. */
    static SeedPlan manifestWithout(String account) {
        int start = TEXT.indexOf("[[account]]\nname = \"" + account + "\"");
        int end = TEXT.indexOf("[[account]]", start + 1);
        return parse(TEXT.substring(0, start) + TEXT.substring(end));
    }

    /** The same with every occurrence of a text in one resource profile replaced. */
    static SeedPlan manifestWith(String resourceProfile, String from, String to) {
        int start = TEXT.indexOf("[[resource-profile]]\nname = \"" + resourceProfile + "\"");
        int next = TEXT.indexOf("[[resource-profile]]", start + 1);
        int end = next < 0 ? TEXT.length() : next;
        String profile = TEXT.substring(start, end);
        if (!profile.contains(from)) {
            throw new IllegalArgumentException("the profile has no " + from);
        }
        return parse(TEXT.substring(0, start) + profile.replace(from, to) + TEXT.substring(end));
    }

    /** The same with more at its end. */
    static SeedPlan manifestWith(String more) {
        return parse(TEXT + more);
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../profiles/manifests/default.toml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SeedPlan parse(String text) {
        return switch (SeedManifest.parse(text.getBytes(UTF_8))) {
            case SeedManifest.Parsed(SeedPlan plan) -> plan;
            case SeedManifest.Refused refused -> throw new AssertionError(refused);
        };
    }

    static ResourceProfile resources(String name) {
        return MANIFEST.resourceProfiles().stream()
                .map(Seeded::content)
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static PolicyProfile policy(String name) {
        return MANIFEST.policyProfiles().stream()
                .map(Seeded::content)
                .filter(profile -> profile.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
