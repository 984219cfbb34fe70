package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A set of privileges as one word.
 *
 * @param mask bit {@code n} is set if the privilege of bit {@code n} is in it; bits that no privilege has are refused
 */
public record PrivilegeSet(long mask) {
    private static final long KNOWN = allBits();

    /** No privilege. */
    public static final PrivilegeSet NONE = new PrivilegeSet(0);

    /** Every privilege there is. */
    public static final PrivilegeSet ALL = new PrivilegeSet(KNOWN);

    /** @throws IllegalArgumentException if a bit is set that no privilege has */
    public PrivilegeSet {
        if ((mask & ~KNOWN) != 0) {
            throw new IllegalArgumentException("no privilege has the bits 0x" + Long.toHexString(mask & ~KNOWN));
        }
    }

    private static long allBits() {
        long bits = 0;
        for (Privilege privilege : Privilege.values()) {
            bits |= privilege.mask();
        }
        return bits;
    }

    /** Of these. */
    public static PrivilegeSet of(Privilege... privileges) {
        return of(List.of(privileges));
    }

    /** Of these. */
    public static PrivilegeSet of(Collection<Privilege> privileges) {
        long mask = 0;
        for (Privilege privilege : privileges) {
            mask |= privilege.mask();
        }
        return new PrivilegeSet(mask);
    }

    /** Whether it is in the set. */
    public boolean has(Privilege privilege) {
        return (mask & privilege.mask()) != 0;
    }

    /** Whether all of the other set are in this one. */
    public boolean containsAll(PrivilegeSet other) {
        return (other.mask & ~mask) == 0;
    }

    /** What is in both. */
    public PrivilegeSet and(PrivilegeSet other) {
        return new PrivilegeSet(mask & other.mask);
    }

    /** What is in either. */
    public PrivilegeSet or(PrivilegeSet other) {
        return new PrivilegeSet(mask | other.mask);
    }

    /** What is in this one only. */
    public PrivilegeSet without(PrivilegeSet other) {
        return new PrivilegeSet(mask & ~other.mask);
    }

    /** This one and that privilege. */
    public PrivilegeSet with(Privilege privilege) {
        return new PrivilegeSet(mask | privilege.mask());
    }

    /** This one without that privilege. */
    public PrivilegeSet without(Privilege privilege) {
        return new PrivilegeSet(mask & ~privilege.mask());
    }

    /** Whether nothing is in it. */
    public boolean isEmpty() {
        return mask == 0;
    }

    /** In the order of their bits. */
    public List<Privilege> toList() {
        List<Privilege> list = new ArrayList<>(Long.bitCount(mask));
        for (Privilege privilege : Privilege.values()) {
            if (has(privilege)) {
                list.add(privilege);
            }
        }
        return List.copyOf(list);
    }

    /** Names between braces. */
    @Override
    public String toString() {
        return toList().stream().map(Privilege::text).collect(Collectors.joining(", ", "{", "}"));
    }
}
