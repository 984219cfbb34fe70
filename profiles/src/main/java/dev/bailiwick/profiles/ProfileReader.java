package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.ProfileId;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Reads the {@code [[resource-profile]]} and {@code [[policy-profile]]} tables of a manifest. */
final class ProfileReader {
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final PolicyCatalogue catalogue;
    private final SeedIds ids;
    private final Problems problems;
    private final Map<ProfileId, Position> idsSeen = new HashMap<>();

    ProfileReader(PolicyCatalogue catalogue, SeedIds ids, Problems problems) {
        this.catalogue = catalogue;
        this.ids = ids;
        this.problems = problems;
    }

    Declared<ResourceProfile> resourceProfiles(List<TableReader> tables) {
        Declared<ResourceProfile> declared = new Declared<>();
        for (TableReader table : tables) {
            int before = problems.count();
            Located<String> name = table.token("name");
            ProfileId id = profileId(ProfileSort.RESOURCE, table, name, declared);
            declare(ProfileSort.RESOURCE, declared, name, resourceProfile(table, name, id, before));
        }
        return declared;
    }

    Declared<PolicyProfile> policyProfiles(List<TableReader> tables) {
        Declared<PolicyProfile> declared = new Declared<>();
        for (TableReader table : tables) {
            int before = problems.count();
            Located<String> name = table.token("name");
            ProfileId id = profileId(ProfileSort.POLICY, table, name, declared);
            declare(ProfileSort.POLICY, declared, name, policyProfile(table, name, id, before));
        }
        return declared;
    }

    private <T> void declare(
            ProfileSort sort, Declared<T> declared, @Nullable Located<String> name, @Nullable T profile) {
        if (name != null) {
            declared.declare(name, profile)
                    .ifPresent(first -> problems.add(
                            Code.DUPLICATE_PROFILE,
                            name.at(),
                            "a " + sort.key() + " named \"" + name.value() + "\" is already defined at " + first,
                            "rename one of them"));
        }
    }

    private @Nullable ResourceProfile resourceProfile(
            TableReader table, @Nullable Located<String> name, @Nullable ProfileId id, int before) {
        long home = table.size("home-quota");
        long config = table.size("config-quota");
        long cache = table.size("cache-quota");
        long temp = table.size("temp-quota");
        int sessions = table.count("session-limit", Limits.SESSIONS_PER_ACCOUNT);
        int processes = table.count("process-limit", Limits.COUNT);
        int threads = table.count("thread-limit", Limits.COUNT);
        int caps = table.count("cap-limit", Limits.COUNT);
        long memory = table.size("memory-commit-limit");
        long frames = table.integer("frame-grant-limit", 0, Limits.FRAME_PAGES);
        int endpointQueue = table.count("endpoint-queue-limit", Limits.COUNT);
        int inFlight = table.count("in-flight-call-limit", Limits.COUNT);
        int pendingIpc = table.count("pending-ipc-submission-limit", Limits.COUNT);
        long ringScratch = table.size("ring-scratch-limit");
        long logQuota = table.size("log-quota");
        Duration logWindow = table.duration("log-window", logQuota == 0 ? Duration.ZERO : SHORTEST, Limits.WINDOW);
        long cpuBudget = table.microseconds("cpu-budget", 0, Limits.CPU_BUDGET_US);
        long cpuWindow = table.microseconds("cpu-window", cpuBudget == 0 ? 0 : 1, Limits.CPU_WINDOW_US);
        int timers = table.count("timer-waiter-limit", Limits.COUNT);
        String network = posture(table, "network", ResourceProfile.NETWORK_POSTURES);
        String launcher = posture(table, "launcher", ResourceProfile.LAUNCHER_POSTURES);
        RawCapabilities.refuse(table, problems);
        table.finish();
        if (name == null || id == null || problems.count() != before) {
            return null;
        }
        return new ResourceProfile(
                id,
                name.value(),
                home,
                config,
                cache,
                temp,
                sessions,
                processes,
                threads,
                caps,
                memory,
                frames,
                endpointQueue,
                inFlight,
                pendingIpc,
                ringScratch,
                logQuota,
                logWindow,
                cpuBudget,
                cpuWindow,
                timers,
                network,
                launcher);
    }

    private String posture(TableReader table, String key, List<String> postures) {
        Located<String> posture = table.token(key);
        if (posture == null) {
            return ResourceProfile.NO_POSTURE;
        }
        if (!postures.contains(posture.value())) {
            table.problem(
                    Code.UNKNOWN_POSTURE,
                    key,
                    "there is no " + key + " posture \"" + posture.value() + "\"",
                    "use one of " + String.join(", ", postures));
        }
        return posture.value();
    }

    private @Nullable PolicyProfile policyProfile(
            TableReader table, @Nullable Located<String> name, @Nullable ProfileId id, int before) {
        List<PrincipalKind> kinds = table.choices("kinds", PrincipalKind::ofText, Catalogue.KINDS);
        List<Located<String>> allowedRoles = table.tokens("allowed-roles");
        allowedRoles.forEach(role -> catalogue.roleFault(role.value()).ifPresent(fault -> report(role.at(), fault)));
        List<Located<String>> fragments = table.tokens("fragments");
        fragments.forEach(fragment ->
                catalogue.fragmentFault(fragment.value(), kinds).ifPresent(fault -> report(fragment.at(), fault)));
        Duration lifetime = table.duration("session-lifetime", SHORTEST, Limits.SESSION_LIFETIME);
        // A broken lifetime reads as zero and is reported as such; what depends on it then meets the general bound.
        Duration longest = lifetime.isZero() ? Limits.SESSION_LIFETIME : lifetime;
        Duration idle = table.duration("idle-timeout", SHORTEST, longest);
        Duration fresh = table.duration("fresh-auth", SHORTEST, longest);
        SortedMap<String, String> labels = table.optionalTexts("labels");
        RawCapabilities.refuse(table, problems);
        table.finish();
        if (name == null || id == null || problems.count() != before) {
            return null;
        }
        return new PolicyProfile(
                id,
                name.value(),
                EnumSet.copyOf(kinds),
                TableReader.names(allowedRoles),
                TableReader.names(fragments),
                lifetime,
                idle,
                fresh,
                labels);
    }

    private void report(Position at, PolicyCatalogue.Fault fault) {
        problems.add(fault.code(), at, fault.message(), fault.hint());
    }

    /** Stated or derived, and in either case used once. Null when it cannot be told. */
    private @Nullable ProfileId profileId(
            ProfileSort sort, TableReader table, @Nullable Located<String> name, Declared<?> declared) {
        Located<ProfileId> stated =
                table.optionalId("profile-id", ProfileId::parse, "\"prf-\" and 32 hexadecimal digits, or leave it out");
        if (stated != null) {
            return unique(stated);
        }
        if (name == null) {
            return null;
        }
        ProfileId derived = ids.profile(sort, name.value());
        // A repeated name derives the same id again; that is reported as the repeated name it is.
        return declared.has(name.value()) ? derived : unique(name.with(derived));
    }

    private ProfileId unique(Located<ProfileId> id) {
        Position first = idsSeen.putIfAbsent(id.value(), id.at());
        if (first != null) {
            problems.add(
                    Code.DUPLICATE_PROFILE_ID,
                    id.at(),
                    "the id " + id.value() + " is already used at " + first,
                    "give every profile its own id, or leave it out");
        }
        return id.value();
    }
}
