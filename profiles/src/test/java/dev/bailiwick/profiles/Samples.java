package dev.bailiwick.profiles;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.ProfileId;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Sound values to vary in tests. */
final class Samples {
    static final ProfileId ID = new ProfileId(new Id128(0x0123456789abcdefL, 0xfedcba9876543210L));

    private Samples() {}

    static SortedSet<String> names(String... names) {
        return new TreeSet<>(Arrays.asList(names));
    }

    static PolicyProfile policy(Duration lifetime, Duration idle, Duration fresh) {
        return new PolicyProfile(
                ID,
                "standard",
                Set.of(PrincipalKind.HUMAN),
                names("local-user", "developer"),
                names("session"),
                lifetime,
                idle,
                fresh,
                new TreeMap<>(Map.of("sensitivity", "internal")));
    }

    static ResourceProfile resources(long homeQuota, int sessionLimit, Duration logWindow, long cpuWindowUs) {
        return new ResourceProfile(
                ID,
                "standard",
                homeQuota,
                2,
                3,
                4,
                sessionLimit,
                6,
                7,
                8,
                9,
                10,
                11,
                12,
                13,
                14,
                15,
                logWindow,
                17,
                cpuWindowUs,
                19,
                "client",
                "approved-apps");
    }

    /** A program of which every field differs from that of an empty record. */
    static ProgramRule program(String name) {
        return new ProgramRule(
                name,
                "Probes.",
                "/usr/bin/" + name,
                java.util.Optional.of(dev.bailiwick.schema.Hash256.sha256(new byte[] {1})),
                ProgramArguments.LISTED,
                new java.util.TreeSet<>(java.util.Set.of("-v", "*.txt")),
                3,
                40,
                new java.util.TreeSet<>(java.util.Set.of("approved-apps", ProgramRule.MEASURED)),
                new java.util.TreeMap<>(
                        java.util.Map.of(Slot.HOME, ProgramAccess.OWN, Slot.CONFIG, ProgramAccess.READ_ONLY)),
                new java.util.TreeSet<>(java.util.Set.of("/opt/fonts", "/opt/words")),
                true);
    }
}
