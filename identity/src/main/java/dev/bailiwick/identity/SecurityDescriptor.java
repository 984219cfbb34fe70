package dev.bailiwick.identity;

import java.util.Optional;

/**
 * Who may do what with a secured object.
 *
 * @param owner may read the descriptor and change its DACL, unless an entry for OwnerRights says otherwise
 * @param group kept and printed; no rule reads it
 * @param dacl absent: everything is granted to everybody, within the label; without entries: nothing is granted
 * @param label absent: {@link IntegrityLabel#DEFAULT}
 */
public record SecurityDescriptor(
        Optional<Sid> owner, Optional<Sid> group, Optional<Dacl> dacl, Optional<IntegrityLabel> label) {
    /** Of that owner, with those entries. */
    public static SecurityDescriptor of(Sid owner, Ace... entries) {
        return new SecurityDescriptor(
                Optional.of(owner), Optional.empty(), Optional.of(Dacl.of(entries)), Optional.empty());
    }

    /**
     * What a service's data directory has when its definition says nothing else: the service's own SID owns it, and that SID, SYSTEM and
     * Administrators may do everything.
     */
    public static SecurityDescriptor ofServiceData(Sid service) {
        return of(
                service,
                Ace.allow(GenericMapping.FILE.all(), service),
                Ace.allow(GenericMapping.FILE.all(), WellKnownSid.SYSTEM.sid()),
                Ace.allow(GenericMapping.FILE.all(), WellKnownSid.ADMINISTRATORS.sid()));
    }

    /** This with that label instead. */
    public SecurityDescriptor withLabel(IntegrityLabel other) {
        return new SecurityDescriptor(owner, group, dacl, Optional.of(other));
    }

    /** Its text (SDDL). */
    @Override
    public String toString() {
        return Sddl.print(this);
    }
}
