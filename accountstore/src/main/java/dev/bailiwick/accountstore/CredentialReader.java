package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;
import java.util.List;

/**
 * Hands out verifiers, for the credential service alone: holding an {@link AccountStoreReader} or
 * {@link AccountStoreManager} gives no way to one.
 */
public interface CredentialReader {
    /** The newest versions of the credentials that this account refers to. */
    List<Stored<Credential>> credentials(Stored<Account> account);

    /** The newest version of one credential's record; throws {@link CorruptStoreException} if it is referred to and missing. */
    Stored<Credential> credential(RecordId record);
}
