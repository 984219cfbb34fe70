package dev.bailiwick.profiles;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The content of one {@code PolicyVersion}: every role and every fragment in force, closed under reference, so that a
 * bundle can be planned from it and nothing else.
 *
 * @param roles by name
 * @param fragments by name; every fragment and lease that a role names is here
 */
public record PolicyCatalogue(SortedMap<String, RoleDefinition> roles, SortedMap<String, BundleFragment> fragments) {
    public PolicyCatalogue {
        Checks.atMost("roles in a catalogue", roles.size(), Limits.CATALOGUE_ITEMS);
        Checks.atMost("fragments in a catalogue", fragments.size(), Limits.CATALOGUE_ITEMS);
        roles = Checks.naturallySorted(roles);
        fragments = Checks.naturallySorted(fragments);
        roles.forEach((key, role) -> requireKey(key, role.name()));
        fragments.forEach((key, fragment) -> requireKey(key, fragment.name()));
        for (RoleDefinition role : roles.values()) {
            requireFragments(role, role.fragments(), fragments);
            requireFragments(role, role.leases(), fragments);
        }
    }

    /** Collects roles and fragments; a name given twice is an {@link IllegalArgumentException}. */
    public static PolicyCatalogue of(Collection<RoleDefinition> roles, Collection<BundleFragment> fragments) {
        return new PolicyCatalogue(byName(roles, RoleDefinition::name), byName(fragments, BundleFragment::name));
    }

    /** The role of this name, if the catalogue has it. */
    public Optional<RoleDefinition> role(String name) {
        return Optional.ofNullable(roles.get(name));
    }

    /** The fragment of this name, if the catalogue has it. */
    public Optional<BundleFragment> fragment(String name) {
        return Optional.ofNullable(fragments.get(name));
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
