package dev.bailiwick.accountstore;

/** What becomes of credentials in an export. */
public enum ExportCredentials {
    /** Their records are left out: the export holds nothing that a password could be guessed from. */
    WITHHELD,
    /** Their records are in it, verifiers included: the export is as precious as the store. */
    INCLUDED
}
