package dev.bailiwick.broker;

import dev.bailiwick.launch.ProcessLimits;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.ProgramRule;
import dev.bailiwick.profiles.ResourceProfile;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What one launcher may start, and how much of the machine that may take: part of the decision that grants it, so that a launcher whose
 * limits would be others, or which would lose a program, is another one.
 *
 * @param programs sorted by name; may be none
 * @param limits of all programs of the session together
 * @param networked whether they have the machine's network
 */
record LaunchTerms(List<ProgramRule> programs, ProcessLimits limits, boolean networked) {
    LaunchTerms {
        programs = List.copyOf(programs);
    }

    /** The programs of those postures. */
    static LaunchTerms of(PolicyCatalogue catalogue, Set<String> postures, ResourceProfile profile) {
        return of(
                catalogue.programs().values().stream()
                        .filter(program -> program.isOf(postures))
                        .toList(),
                profile);
    }

    /** Exactly those programs. */
    static LaunchTerms of(Collection<ProgramRule> programs, ResourceProfile profile) {
        return new LaunchTerms(
                List.copyOf(programs),
                new ProcessLimits(
                        profile.processLimit(),
                        profile.threadLimit(),
                        profile.memoryCommitLimitBytes(),
                        Duration.of(profile.cpuBudgetUsPerWindow(), ChronoUnit.MICROS),
                        Duration.of(profile.cpuWindowUs(), ChronoUnit.MICROS)),
                profile.networkProfile().equals("client")
                        || profile.networkProfile().equals("listener"));
    }

    /** The postures that a profile's stands for: itself and the weaker ones. A posture that nobody knows is none. */
    static Set<String> postures(ResourceProfile profile) {
        int rank = ProgramRule.POSTURES.indexOf(profile.launcherProfile());
        return new TreeSet<>(ProgramRule.POSTURES.subList(0, rank + 1));
    }

    /** Whether a fragment of that name adds programs to those postures: none does where only measured files are started. */
    static boolean isAddedBy(String fragment, Set<String> postures) {
        return ProgramRule.POSTURES.contains(fragment) && postures.contains("approved-apps");
    }

    /** Whether those allow all that these do, under the same limits: then a launcher goes on with them. */
    boolean isWithin(Optional<LaunchTerms> others) {
        return !isBeyond(others)
                && others.filter(other -> other.limits().equals(limits) && other.networked() == networked)
                        .isPresent();
    }

    /** Whether these allow something that those do not: a program, or the network. How much of the machine it may take is not compared. */
    boolean isBeyond(Optional<LaunchTerms> others) {
        return others.filter(other ->
                        (other.networked() || !networked) && other.programs().containsAll(programs))
                .isEmpty();
    }

    Optional<ProgramRule> program(String name) {
        return programs.stream().filter(program -> program.name().equals(name)).findFirst();
    }
}
