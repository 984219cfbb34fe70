package dev.bailiwick.accountstore;

/**
 * What an export holds.
 *
 * @param head the state that was exported
 * @param records record versions in it
 * @param withheld versions of credentials that were left out
 */
public record ExportSummary(AnchoredHead head, long records, long withheld) {}
