package dev.bailiwick.broker;

import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;

/**
 * One stored record version that a decision was derived from. It is what a receipt cites, and what a session registers to
 * hear of when it changes.
 *
 * @param kind which struct the record is
 * @param recordId which record
 * @param version its recordVersion, from 1
 * @param contentHash of that version
 * @param name for people: the account's or profile's name, or the role that is bound
 */
record Source(RecordKind kind, RecordId recordId, long version, Hash256 contentHash, String name) {}
