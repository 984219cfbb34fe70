package dev.bailiwick.broker;

import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.RecordId;
import java.util.Optional;

/** What sessions need to read of the account store. Each answer is from one state of it. */
interface Records {
    /** The account of that name. */
    Optional<Dossier> byName(NameKey name);

    /** The account with that record. */
    Optional<Dossier> byId(RecordId account);

    /**
     * The account with that record, without its credentials, possibly out of memory: for whoever has nothing to prove. It is no older
     * than any commit that sessions have been told of.
     */
    Optional<Dossier> withoutCredentials(RecordId account);

    /** The seeded account that all sessions of that kind are cut from, for kinds whose callers do not say who they are. */
    Optional<RecordId> seededOf(PrincipalKind kind);
}
