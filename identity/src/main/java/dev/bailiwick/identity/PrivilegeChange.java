package dev.bailiwick.identity;

/**
 * One entry of a request to adjust privileges, as it was asked for: the request judges whether there is such a privilege and such a change.
 *
 * @param bit of the privilege
 * @param attributes {@value #DISABLE} disables, {@value #ENABLE} enables, {@value #REMOVE} removes for good; anything else is refused
 */
public record PrivilegeChange(int bit, int attributes) {
    /** Switches it off. */
    public static final int DISABLE = 0;

    /** Switches it on. */
    public static final int ENABLE = 2;

    /** Takes it out of what is present, for good. */
    public static final int REMOVE = 4;

    /** Switches it off; does nothing if it is absent. */
    public static PrivilegeChange disable(Privilege privilege) {
        return new PrivilegeChange(privilege.bit(), DISABLE);
    }

    /** Switches it on; refused if it is absent. */
    public static PrivilegeChange enable(Privilege privilege) {
        return new PrivilegeChange(privilege.bit(), ENABLE);
    }

    /** Removes it for good; does nothing if it is absent. */
    public static PrivilegeChange remove(Privilege privilege) {
        return new PrivilegeChange(privilege.bit(), REMOVE);
    }
}
