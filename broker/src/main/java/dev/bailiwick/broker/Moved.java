package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.RecordId;

/** One record that a commit changed, as far as sessions care. */
sealed interface Moved {
    /** Which record. */
    RecordId recordId();

    /** Its new recordVersion. */
    long version();

    /** An account. Of its fields only these decide about sessions; the roles are bindings. */
    record Account(
            RecordId recordId, long version, AccountStatus status, ProfileRef resourceProfile, ProfileRef policyProfile)
            implements Moved {}

    /** A resource profile, with what it allows calls from here on. */
    record Resources(RecordId recordId, long version, CallLimits limits) implements Moved {}

    /** A policy profile or a role binding. */
    record Other(RecordKind kind, RecordId recordId, long version) implements Moved {}

    /** The role catalogue: everything rests on it. */
    record Policy(RecordId recordId, long version) implements Moved {}
}
