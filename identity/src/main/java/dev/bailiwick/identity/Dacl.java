package dev.bailiwick.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The entries that allow and deny, in the order in which they are judged. Without entries it grants nothing, but for what an owner may do.
 * Immutable.
 */
public final class Dacl {
    /** Does not inherit. */
    public static final int PROTECTED = 0x1;

    /** Inheritance was asked for. */
    public static final int AUTO_INHERIT_REQUIRED = 0x2;

    /** Inheritance was done. */
    public static final int AUTO_INHERITED = 0x4;

    private static final int FLAGS = PROTECTED | AUTO_INHERIT_REQUIRED | AUTO_INHERITED;

    /** Grants nothing. */
    public static final Dacl EMPTY = new Dacl(0, List.of());

    private final int flags;
    private final List<Ace> entries;
    private final Ace[] walk;
    private final boolean ownerRights;

    /**
     * Of its parts. The flags say how it came about; no check looks at them.
     *
     * @throws IllegalArgumentException if a flag is unknown, or there are more than {@value Limits#ACES} entries
     */
    public Dacl(int flags, List<Ace> entries) {
        if ((flags & ~FLAGS) != 0) {
            throw new IllegalArgumentException("no DACL has the flags 0x" + Integer.toHexString(flags & ~FLAGS));
        }
        if (entries.size() > Limits.ACES) {
            throw new IllegalArgumentException("a DACL has at most " + Limits.ACES + " entries, not " + entries.size());
        }
        this.flags = flags;
        this.entries = List.copyOf(entries);
        this.walk = this.entries.toArray(Ace[]::new);
        this.ownerRights = this.entries.stream()
                .anyMatch(ace -> !ace.inheritOnly() && ace.sid().equals(WellKnownSid.OWNER_RIGHTS.sid()));
    }

    /** Of these entries, without flags. */
    public static Dacl of(Ace... entries) {
        return new Dacl(0, List.of(entries));
    }

    /** How it came about. */
    public int flags() {
        return flags;
    }

    /** In the order in which they are judged. */
    public List<Ace> entries() {
        return entries;
    }

    /** The same, without an iterator. Not to be written to. */
    Ace[] walk() {
        return walk;
    }

    /** Whether an entry for OwnerRights replaces what owners may do by themselves. */
    boolean ownerRights() {
        return ownerRights;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Dacl dacl && flags == dacl.flags && entries.equals(dacl.entries);
    }

    @Override
    public int hashCode() {
        return 31 * flags + entries.hashCode();
    }

    /** The entries. */
    @Override
    public String toString() {
        return entries.toString();
    }
}
