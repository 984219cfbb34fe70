package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The content of one {@code PolicyVersion}: every role and every fragment in force, closed under reference, so that a
 * bundle can be planned from it and nothing else; and every program that a launcher may start.
 *
 * @param roles by name
 * @param fragments by name; every fragment and lease that a role names is here
 * @param programs by name
 */
public record PolicyCatalogue(
        SortedMap<String, RoleDefinition> roles,
        SortedMap<String, BundleFragment> fragments,
        SortedMap<String, ProgramRule> programs) {
    /** What an anonymous caller may have: its session, the ways to log in, and help (seed 002, "Anonymous remote sessions"). */
    // Of the identity of somebody who has not said who they are there is nothing to see but that.
    private static final Set<Slot> ANONYMOUS_SLOTS = Set.of(Slot.SESSION, Slot.LOGIN, Slot.HELP, Slot.IDENTITY);

    /**
     * Why a profile cannot be had.
     *
     * @param code stable
     * @param message for people
     * @param hint for people; may be empty
     */
    public record Fault(ManifestProblem.Code code, String message, String hint) {}

    public PolicyCatalogue {
        Checks.atMost("roles in a catalogue", roles.size(), Limits.CATALOGUE_ITEMS);
        Checks.atMost("fragments in a catalogue", fragments.size(), Limits.CATALOGUE_ITEMS);
        roles = Checks.naturallySorted(roles);
        fragments = Checks.naturallySorted(fragments);
        roles.forEach((key, role) -> requireKey(key, role.name()));
        fragments.forEach((key, fragment) -> requireKey(key, fragment.name()));
        Checks.atMost("programs in a catalogue", programs.size(), Limits.PROGRAMS);
        programs = Checks.naturallySorted(programs);
        programs.forEach((key, program) -> requireKey(key, program.name()));
        for (RoleDefinition role : roles.values()) {
            requireFragments(role, role.fragments(), fragments);
            requireFragments(role, role.leases(), fragments);
        }
    }

    /** A catalogue of which launchers may start nothing. */
    public PolicyCatalogue(SortedMap<String, RoleDefinition> roles, SortedMap<String, BundleFragment> fragments) {
        this(roles, fragments, new TreeMap<>());
    }

    /** Collects roles, fragments and programs; a name given twice is an {@link IllegalArgumentException}. */
    public static PolicyCatalogue of(
            Collection<RoleDefinition> roles, Collection<BundleFragment> fragments, Collection<ProgramRule> programs) {
        return new PolicyCatalogue(
                byName(roles, RoleDefinition::name),
                byName(fragments, BundleFragment::name),
                byName(programs, ProgramRule::name));
    }

    /** The same with further programs, whose names must be new. */
    PolicyCatalogue with(Collection<ProgramRule> more) {
        return of(
                roles.values(),
                fragments.values(),
                Stream.concat(programs.values().stream(), more.stream()).toList());
    }

    /** Collects roles and fragments, without programs; a name given twice is an {@link IllegalArgumentException}. */
    public static PolicyCatalogue of(Collection<RoleDefinition> roles, Collection<BundleFragment> fragments) {
        return of(roles, fragments, List.of());
    }

    /** The role of this name, if the catalogue has it. */
    public Optional<RoleDefinition> role(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    /** The fragment of this name, if the catalogue has it. */
    public Optional<BundleFragment> fragment(String name) {
        return Optional.ofNullable(fragments.get(name));
    }

    /** The program of this name, if the catalogue has it. */
    public Optional<ProgramRule> program(String name) {
        return Optional.ofNullable(programs.get(name));
    }

    /** Why a policy profile may not allow a role of this name; empty if it may. */
    public Optional<Fault> roleFault(String role) {
        return roles.containsKey(role)
                ? Optional.empty()
                : Optional.of(new Fault(
                        Code.UNKNOWN_ROLE,
                        "there is no role \"" + role + "\"",
                        "use one of " + String.join(", ", roles.keySet())));
    }

    /** Why a policy profile for those kinds may not give every session a fragment of this name; empty if it may. */
    public Optional<Fault> fragmentFault(String name, Collection<PrincipalKind> kinds) {
        BundleFragment fragment = fragments.get(name);
        if (fragment == null) {
            return Optional.of(new Fault(
                    Code.UNKNOWN_FRAGMENT,
                    "there is no fragment \"" + name + "\"",
                    "use one of " + String.join(", ", fragments.keySet())));
        }
        if (isAdministrative(fragment)) {
            return Optional.of(new Fault(
                    Code.ADMINISTRATIVE_FRAGMENT,
                    "the fragment \"" + name + "\" comes with an administrative role only",
                    "bind the role to the accounts that need it"));
        }
        boolean tooMuch = kinds.contains(PrincipalKind.ANONYMOUS)
                && !fragment.slots().stream().map(SlotRule::slot).allMatch(ANONYMOUS_SLOTS::contains);
        if (tooMuch) {
            return Optional.of(new Fault(
                    Code.FRAGMENT_NOT_FOR_ANONYMOUS,
                    "the fragment \"" + name + "\" gives anonymous callers more than a way to log in",
                    "give it to a profile of another kind"));
        }
        return isOnlyLeased(fragment)
                ? Optional.of(new Fault(
                        Code.ADMINISTRATIVE_FRAGMENT,
                        "the fragment \"" + name + "\" is for leases, which somebody approves each time",
                        "bind a role that makes eligible for it"))
                : Optional.empty();
    }

    /** Why a policy profile does not go with this catalogue; empty if it does. */
    public Optional<Fault> fault(PolicyProfile profile) {
        return Stream.concat(
                        profile.allowedRoles().stream().map(this::roleFault),
                        profile.fragments().stream().map(fragment -> fragmentFault(fragment, profile.kinds())))
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** True when administrative roles add or lease it and no other role does. */
    private boolean isAdministrative(BundleFragment fragment) {
        List<RoleDefinition> adding = roles.values().stream()
                .filter(role -> role.fragments().contains(fragment.name())
                        || role.leases().contains(fragment.name()))
                .toList();
        return !adding.isEmpty() && adding.stream().allMatch(RoleDefinition::administrative);
    }

    /** True when roles make eligible for it and none adds it: a profile must not give for good what is to be asked for. */
    private boolean isOnlyLeased(BundleFragment fragment) {
        return roles.values().stream().anyMatch(role -> role.leases().contains(fragment.name()))
                && roles.values().stream().noneMatch(role -> role.fragments().contains(fragment.name()));
    }

    private static <T> SortedMap<String, T> byName(Collection<T> items, Function<T, String> nameOf) {
        SortedMap<String, T> map = new TreeMap<>();
        for (T item : items) {
            if (map.putIfAbsent(nameOf.apply(item), item) != null) {
                throw new IllegalArgumentException("the catalogue names \"" + nameOf.apply(item) + "\" twice");
            }
        }
        return map;
    }

    private static void requireKey(String key, String name) {
        if (!key.equals(name)) {
            throw new IllegalArgumentException("\"" + name + "\" is filed under \"" + key + "\"");
        }
    }

    private static void requireFragments(
            RoleDefinition role, Collection<String> names, SortedMap<String, BundleFragment> fragments) {
        for (String name : names) {
            if (!fragments.containsKey(name)) {
                throw new IllegalArgumentException(
                        "role \"" + role.name() + "\" names the fragment \"" + name + "\", which the catalogue lacks");
            }
        }
    }
}
