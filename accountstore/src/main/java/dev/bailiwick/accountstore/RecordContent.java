package dev.bailiwick.accountstore;

/** What a record says, without its identity and chain fields. */
public sealed interface RecordContent
        permits Account,
                Credential,
                ExternalBinding,
                PolicyProfileContent,
                PolicyVersion,
                ResourceProfileContent,
                RoleBinding,
                SeedManifestContent,
                StoreKeyContent {
    /** Which struct it is stored as. */
    RecordKind recordKind();
}
