package dev.bailiwick.accountstore;

import java.util.Optional;

/** Which struct a stored record is. The code is the schema's and part of every key; it is never changed. */
public enum RecordKind {
    ACCOUNT(0, "account", 0x85e54c8155b49333L, 10),
    RESOURCE_PROFILE(1, "resourceProfile", 0xa02a0aa2f5cfa8ecL, 7),
    POLICY_PROFILE(2, "policyProfile", 0x82ce8872b7675311L, 9),
    ROLE_BINDING(3, "roleBinding", 0xa1c37e3f37822898L, 5),
    EXTERNAL_BINDING(4, "externalBinding", 0xe3d7989bc3ce83e2L, 9),
    POLICY_VERSION(5, "policyVersion", 0xee1b667ec9270c49L, 5),
    CREDENTIAL(6, "credential", 0xe9274a9ef9c300f2L, 7),
    SEED_MANIFEST(7, "seedManifest", 0xeac187949ef16677L, 5),
    STORE_KEY(8, "storeKey", 0xf5e31fdaa476ca41L, 4);

    private final int code;
    private final String text;
    private final long typeId;
    private final int contentHashPointer;

    RecordKind(int code, String text, long typeId, int contentHashPointer) {
        this.code = code;
        this.text = text;
        this.typeId = typeId;
        this.contentHashPointer = contentHashPointer;
    }

    /** The kind with this code, if there is one. */
    public static Optional<RecordKind> ofCode(int code) {
        for (RecordKind kind : values()) {
            if (kind.code == code) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    /** The schema's ordinal, 0 to 8. */
    public int code() {
        return code;
    }

    /** The schema's spelling, used in messages and JSON. */
    public String text() {
        return text;
    }

    /** The Cap'n Proto type id of the struct, which its hashes begin with. */
    public long typeId() {
        return typeId;
    }

    /** Index of {@code contentHash} in the struct's pointer section. */
    int contentHashPointer() {
        return contentHashPointer;
    }

    /** Whether a new version of such a record begins a new policy epoch (ARCHITECTURE 4, "Epochs"). */
    boolean movesPolicyEpoch() {
        return switch (this) {
            case RESOURCE_PROFILE, POLICY_PROFILE, ROLE_BINDING, POLICY_VERSION -> true;
            case ACCOUNT, EXTERNAL_BINDING, CREDENTIAL, SEED_MANIFEST, STORE_KEY -> false;
        };
    }
}
