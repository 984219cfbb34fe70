package dev.bailiwick.accountstore;

/**
 * What came of an import.
 *
 * @param exported the head of the export, which the new epoch's first entry names
 * @param head the head of the new epoch
 * @param signer verifier key line of whoever signed the export
 * @param records record versions in the store
 * @param withoutCredentials accounts whose owners have to enrol again, because the export held no credentials
 */
public record ImportSummary(
        AnchoredHead exported, AnchoredHead head, String signer, long records, long withoutCredentials) {}
