package dev.bailiwick.accountstore;

import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Looks accounts and their bindings up. It changes nothing and shows no verifier, and no object of this type is a manager.
 *
 * <p>Thread-safe. Every record was checked against its hash when it was loaded; what fails the check throws
 * {@link CorruptStoreException}, never looks absent.
 */
public interface AccountStoreReader {
    /** Most items of one page. */
    int PAGE = 1000;

    /** The newest version of the account with this name. */
    Optional<Stored<Account>> byName(NameKey name);

    /**
     * The account with this name after journal entry {@code sequence}, as it was then. Where no account had the name then, the one
     * that has it now is meant, if it existed, and else the one that had it last: so both the names of that time and those of today lead there.
     */
    Optional<Stored<Account>> byNameAt(NameKey name, long sequence);

    /**
     * The record that a name leads to: the account that has it, or, if it was given up, the one that had it last. For looking at
     * histories; nobody logs in by it.
     */
    Optional<RecordId> everNamed(NameKey name);

    /** The newest version of the account of this principal. */
    Optional<Stored<Account>> byPrincipal(PrincipalId principal);

    /** The newest version of this record. */
    Optional<Stored<Account>> byId(RecordId record);

    /** The version that was newest after journal entry {@code sequence}, if the account existed then. */
    Optional<Stored<Account>> atSequence(RecordId record, long sequence);

    /**
     * Accounts in the order of their name keys.
     *
     * @param after only names above this one
     * @param limit from 1 to {@link #PAGE}
     */
    Page<Stored<Account>, NameKey> list(Optional<NameKey> after, int limit);

    /**
     * Accounts as they were after journal entry {@code sequence}, in the order of the name keys they had then.
     *
     * @param after only names above this one
     * @param limit from 1 to {@link #PAGE}
     */
    Page<Stored<Account>, NameKey> listAt(long sequence, Optional<NameKey> after, int limit);

    /** The newest version of the account of the service of that name: no two accounts have the same one. */
    Optional<Stored<Account>> service(String name);

    /**
     * Accounts of services in the order of the services' names.
     *
     * @param after only services above this one; empty for all
     * @param limit from 1 to {@link #PAGE}
     */
    Page<Stored<Account>, String> services(String after, int limit);

    /** The newest journal entry of that time or before; 0 if there is none. Times never go back along the journal. */
    long sequenceAt(Instant time);

    /** All versions of an account, oldest first; empty if there is no such account. */
    List<HistoryEntry<Account>> history(RecordId record);

    /** The stored canonical bytes of the newest version. */
    Optional<byte[]> rawRecord(RecordId record);

    /** All role bindings of a principal, revoked ones included, in the order of their roles. */
    List<Stored<RoleBinding>> roleBindings(PrincipalId principal);

    /** Principals with an active binding of this role. */
    List<PrincipalId> members(String role);

    /** The binding of an outside subject. */
    Optional<Stored<ExternalBinding>> externalBinding(String provider, Hash256 subjectHash);

    /** An external binding by its id. */
    Optional<Stored<ExternalBinding>> externalBinding(BindingId id);

    /** An external binding by its record. */
    Optional<Stored<ExternalBinding>> externalBinding(RecordId record);

    /**
     * External bindings in the order of their ids, revoked ones included.
     *
     * @param after only ids above this one
     * @param limit from 1 to {@link #PAGE}
     */
    Page<Stored<ExternalBinding>, BindingId> externalBindings(Optional<BindingId> after, int limit);
}
