package dev.bailiwick.profiles;

import java.util.Comparator;
import java.util.List;

/**
 * A named group of slots that a policy profile or a role selects. It may be empty: a name that leases and policy refer to
 * before this schema version has a slot for it, which grants nothing.
 *
 * @param name lower-case words joined by dashes
 * @param slots each slot at most once; kept in slot order
 */
public record BundleFragment(String name, List<SlotRule> slots) {
    public BundleFragment {
        Checks.token("fragment name", name);
        slots = slots.stream().sorted(Comparator.comparing(SlotRule::slot)).toList();
        if (slots.stream().map(SlotRule::slot).distinct().count() != slots.size()) {
            throw new IllegalArgumentException("fragment \"" + name + "\" names a slot twice");
        }
    }
}
