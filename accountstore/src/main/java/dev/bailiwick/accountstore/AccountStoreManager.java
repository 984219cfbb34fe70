package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Changes accounts, their role bindings, credentials and external bindings, and nothing else. It does not read: no object of this
 * type is a reader.
 *
 * <p>Thread-safe. Methods wait until the answer is durable. {@code expect} is the account version the caller saw; 0 stands
 * for whichever is newest when the call is handled.
 */
public interface AccountStoreManager {
    /** Makes an account with its roles and first credentials. The account's is the first change of the receipt. */
    CommitResult create(NewAccount account, Attribution by);

    /** Sets the status. */
    CommitResult setStatus(RecordId account, AccountStatus status, long expect, Attribution by);

    /** Binds a role, or renews its binding. */
    CommitResult addRole(RecordId account, String role, Optional<Instant> expiresAt, long expect, Attribution by);

    /** Revokes the binding of a role; rejected with {@link Rejection#NOT_FOUND} if there is no active one. */
    CommitResult removeRole(RecordId account, String role, long expect, Attribution by);

    /** Sets profiles; an empty one stays as it is. */
    CommitResult setProfiles(
            RecordId account,
            Optional<ProfileRef> resourceProfile,
            Optional<ProfileRef> policyProfile,
            long expect,
            Attribution by);

    /**
     * Gives a service's account another definition, and profiles; an empty one stays as it is. Rejected with {@link Rejection#NOT_FOUND} if it
     * is no service's, and with {@link Rejection#NAME_TAKEN} if another account has the service's name.
     */
    CommitResult defineService(
            RecordId account,
            ServiceIdentity definition,
            Optional<ProfileRef> resourceProfile,
            Optional<ProfileRef> policyProfile,
            long expect,
            Attribution by);

    /** Binds the account's storage roots. */
    CommitResult setRoots(
            RecordId account, StorageRoot home, StorageRoot config, StorageRoot cache, long expect, Attribution by);

    /**
     * Adds credentials and changes the states of existing ones in one transaction, such as a new password and the one-time code it
     * was set with.
     *
     * @param states by credential record
     */
    CommitResult changeCredentials(
            RecordId account,
            List<NewCredential> added,
            Map<RecordId, CredentialState> states,
            long expect,
            Attribution by);

    /** Gives the account another name. */
    CommitResult rename(RecordId account, AccountName name, long expect, Attribution by);

    /**
     * Binds an outside subject to a principal, or puts a revoked binding of that subject in force again. A subject is bound to one
     * principal for good: rejected with {@link Rejection#DUPLICATE_BINDING} if it is bound now, or was to another one.
     */
    CommitResult bind(NewBinding binding, Attribution by);

    /** Revokes an external binding; rejected with {@link Rejection#NOT_FOUND} if there is no active one of this id. */
    CommitResult unbind(BindingId binding, long expect, Attribution by);

    /** What a client's request came to, if it was carried out before. */
    Optional<CommitResult> answered(ClientRequest request);

    /**
     * Commits a prepared transaction over the kinds of record that this manager writes.
     *
     * @param gate asked in the commit lane whether the transaction may still land
     */
    CommitResult commit(Transaction transaction, CommitGate gate);
}
