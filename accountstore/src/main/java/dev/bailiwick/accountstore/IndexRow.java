package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.RecordId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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

    boolean matches(IndexRow other) {
        return matches(other.key, other.value);
    }

    boolean matches(byte[] otherKey, byte[] otherValue) {
        return Arrays.equals(key, otherKey) && Arrays.equals(value, otherValue);
    }

    /** Whether one version after another of a record is known to move none of its rows and to add none, without deriving them. */
    static boolean stay(RecordContent before, RecordContent after) {
        return before instanceof Account was
                && after instanceof Account is
                && was.nameKey().equals(is.nameKey())
                && was.nameSkeleton().equals(is.nameSkeleton())
                && was.principalId().equals(is.principalId())
                && was.service()
                        .map(ServiceIdentity::serviceName)
                        .equals(is.service().map(ServiceIdentity::serviceName));
    }

    /** The rows of a record that follow its newest version: they move when it changes. */
    static List<IndexRow> ofHead(RecordId record, RecordContent content) {
        List<IndexRow> rows = new ArrayList<>(4);
        byte[] id = record.toBytes();
        switch (content) {
            case Account account -> {
                rows.add(new IndexRow(Keys.name(account.nameKey()), id, Rejection.NAME_TAKEN));
                rows.add(new IndexRow(Keys.skeleton(account.nameSkeleton()), id, Rejection.NAME_CONFUSABLE));
                rows.add(new IndexRow(Keys.principal(account.principalId()), id, Rejection.PRINCIPAL_TAKEN));
                account.service()
                        .ifPresent(service ->
                                rows.add(new IndexRow(Keys.service(service.serviceName()), id, Rejection.NAME_TAKEN)));
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
            case StoreKeyContent key -> rows.add(new IndexRow(Keys.storeKey(), id, Rejection.ID_TAKEN));
            case Credential credential -> {}
            case SeedManifestContent manifest -> {}
        }
        return rows;
    }

    /**
     * The rows of one version: they stay.
     *
     * @param before what the version before it says
     */
    static List<IndexRow> ofVersion(
            RecordId record, long version, RecordContent content, Optional<RecordContent> before) {
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
            case Account account -> named(record, version, account, before.map(Account.class::cast));
            case RoleBinding binding -> List.of();
            case ExternalBinding binding -> List.of();
            case Credential credential -> List.of();
            case SeedManifestContent manifest -> List.of();
            case StoreKeyContent key -> List.of();
        };
    }

    /** A version that gives an account a name leaves a row behind, so that older states can be asked by the names of their time. */
    private static List<IndexRow> named(RecordId record, long version, Account account, Optional<Account> before) {
        boolean kept = before.map(Account::nameKey).equals(Optional.of(account.nameKey()));
        return kept
                ? List.of()
                : List.of(new IndexRow(
                        Keys.named(account.nameKey(), record, version), record.toBytes(), Rejection.NAME_TAKEN));
    }

    /** The record that a row of the index names, by its type. */
    static RecordRef target(byte[] key, byte[] value) {
        byte type = key.length == 0 ? 0 : key[0];
        for (Keys.Index index : Keys.Index.values()) {
            if (index.code() == type) {
                return switch (index) {
                    case NAME, SKELETON, NAMED, PRINCIPAL, SERVICE -> ref(RecordKind.ACCOUNT, value);
                    case MEMBER, ROLE -> ref(RecordKind.ROLE_BINDING, value);
                    case SUBJECT, BINDING -> ref(RecordKind.EXTERNAL_BINDING, value);
                    case RESOURCE_PROFILE_NAME -> ref(RecordKind.RESOURCE_PROFILE, value);
                    case POLICY_PROFILE_NAME -> ref(RecordKind.POLICY_PROFILE, value);
                    case POLICY -> ref(RecordKind.POLICY_VERSION, value);
                    case STORE_KEY -> ref(RecordKind.STORE_KEY, value);
                    case PROFILE -> keyed(value, Keys.HEAD_BYTES);
                    case VERSION -> keyed(value, Keys.RECORD_BYTES);
                };
            }
        }
        throw new CorruptStoreException("index row", "it is of no known type");
    }

    /** The version that a row names which one version derives; empty for a row that follows the newest. */
    static OptionalLong targetVersion(byte[] key, byte[] value) {
        if (key[0] == Keys.Index.VERSION.code()) {
            return OptionalLong.of(
                    ByteBuffer.wrap(value, Keys.HEAD_BYTES, Long.BYTES).getLong());
        }
        if (key[0] == Keys.Index.NAMED.code() && key.length > Long.BYTES) {
            return OptionalLong.of(
                    ByteBuffer.wrap(key, key.length - Long.BYTES, Long.BYTES).getLong());
        }
        return OptionalLong.empty();
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
