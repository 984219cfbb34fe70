package dev.bailiwick.accountstore;

import dev.bailiwick.schema.RecordId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One row that a record version derives in {@code INDEX}. Equality is by bytes. */
final class IndexRow {
    private final byte[] key;
    private final byte[] value;

    /** What to call the rejection when another record has the same key already. */
    private final Rejection taken;

    private IndexRow(byte[] key, byte[] value, Rejection taken) {
        this.key = key;
        this.value = value;
        this.taken = taken;
    }

    byte[] key() {
        return key;
    }

    byte[] value() {
        return value;
    }

    Rejection taken() {
        return taken;
    }

    boolean sameKey(IndexRow other) {
        return Arrays.equals(key, other.key);
    }

    boolean matches(byte[] otherKey, byte[] otherValue) {
        return Arrays.equals(key, otherKey) && Arrays.equals(value, otherValue);
    }

    /** The rows of a record that follow its newest version: they move when it changes. */
    static List<IndexRow> ofHead(RecordId record, RecordContent content) {
        List<IndexRow> rows = new ArrayList<>(3);
        byte[] id = record.toBytes();
        switch (content) {
            case Account account -> {
                rows.add(new IndexRow(Keys.name(account.nameKey()), id, Rejection.NAME_TAKEN));
                rows.add(new IndexRow(Keys.principal(account.principalId()), id, Rejection.PRINCIPAL_TAKEN));
            }
            case RoleBinding binding -> {
                rows.add(new IndexRow(
                        Keys.role(binding.principalId(), binding.role()), id, Rejection.DUPLICATE_BINDING));
                if (binding.state() == BindingState.ACTIVE) {
                    rows.add(new IndexRow(
                            Keys.member(binding.role(), binding.principalId()), id, Rejection.DUPLICATE_BINDING));
                }
            }
            case ExternalBinding binding -> {
                rows.add(new IndexRow(
                        Keys.subject(binding.provider(), binding.subjectHash()), id, Rejection.DUPLICATE_BINDING));
                rows.add(new IndexRow(Keys.binding(binding.bindingId()), id, Rejection.ID_TAKEN));
            }
            case ResourceProfileContent profile -> {
                RecordKind kind = profile.recordKind();
                rows.add(new IndexRow(Keys.profileName(kind, profile.profile().name()), id, Rejection.NAME_TAKEN));
                rows.add(new IndexRow(
                        Keys.profile(profile.profile().profileId()), Keys.head(kind, record), Rejection.ID_TAKEN));
            }
            case PolicyProfileContent profile -> {
                RecordKind kind = profile.recordKind();
                rows.add(new IndexRow(Keys.profileName(kind, profile.profile().name()), id, Rejection.NAME_TAKEN));
                rows.add(new IndexRow(
                        Keys.profile(profile.profile().profileId()), Keys.head(kind, record), Rejection.ID_TAKEN));
            }
            case PolicyVersion policy -> rows.add(new IndexRow(Keys.policy(), id, Rejection.ID_TAKEN));
            case Credential credential -> {}
            case SeedManifestContent manifest -> {}
        }
        return rows;
    }

    /** The rows of one version: they stay. */
    static List<IndexRow> ofVersion(RecordId record, long version, RecordContent content) {
        return switch (content) {
            case ResourceProfileContent(var versionId, var profile) ->
                List.of(new IndexRow(
                        Keys.version(versionId),
                        Keys.record(content.recordKind(), record, version),
                        Rejection.ID_TAKEN));
            case PolicyProfileContent(var versionId, var profile) ->
                List.of(new IndexRow(
                        Keys.version(versionId),
                        Keys.record(content.recordKind(), record, version),
                        Rejection.ID_TAKEN));
            case PolicyVersion(var versionId, var catalogue) ->
                List.of(new IndexRow(
                        Keys.version(versionId),
                        Keys.record(content.recordKind(), record, version),
                        Rejection.ID_TAKEN));
            case Account account -> List.of();
            case RoleBinding binding -> List.of();
            case ExternalBinding binding -> List.of();
            case Credential credential -> List.of();
            case SeedManifestContent manifest -> List.of();
        };
    }

    /** The record that a row of the index names, by its type. */
    static RecordRef target(byte[] key, byte[] value) {
        byte type = key.length == 0 ? 0 : key[0];
        for (Keys.Index index : Keys.Index.values()) {
            if (index.code() == type) {
                return switch (index) {
                    case NAME, PRINCIPAL -> ref(RecordKind.ACCOUNT, value);
                    case MEMBER, ROLE -> ref(RecordKind.ROLE_BINDING, value);
                    case SUBJECT, BINDING -> ref(RecordKind.EXTERNAL_BINDING, value);
                    case RESOURCE_PROFILE_NAME -> ref(RecordKind.RESOURCE_PROFILE, value);
                    case POLICY_PROFILE_NAME -> ref(RecordKind.POLICY_PROFILE, value);
                    case POLICY -> ref(RecordKind.POLICY_VERSION, value);
                    case PROFILE -> keyed(value, Keys.HEAD_BYTES);
                    case VERSION -> keyed(value, Keys.RECORD_BYTES);
                };
            }
        }
        throw new CorruptStoreException("index row", "it is of no known type");
    }

    /** The version that a row of type {@link Keys.Index#VERSION} names. */
    static long targetVersion(byte[] value) {
        return ByteBuffer.wrap(value, Keys.HEAD_BYTES, Long.BYTES).getLong();
    }

    private static RecordRef ref(RecordKind kind, byte[] value) {
        if (value.length != 16) {
            throw new CorruptStoreException("index row of " + kind.text(), "its value is no record id");
        }
        return new RecordRef(kind, RecordId.of(value));
    }

    private static RecordRef keyed(byte[] value, int length) {
        if (value.length != length) {
            throw new CorruptStoreException("index row of profile", "its value has the wrong length");
        }
        return RecordRef.ofKey(value, "index");
    }
}
