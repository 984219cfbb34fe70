package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.CredentialRecord;
import dev.bailiwick.schema.gen.ExternalIdentityBinding;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.PolicyVersion;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.RoleBinding;
import dev.bailiwick.schema.gen.SeedManifest;
import dev.bailiwick.schema.gen.StoreKey;
import java.time.Instant;
import java.util.Optional;
import org.capnproto.Data;
import org.capnproto.MessageBuilder;
import org.capnproto.StructFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of places holds against the accessors that are generated from the schema. */
class ChainFieldCodecTest {
    private static final ChainFields FIELDS = new ChainFields(
            RecordId.parse("rec-101112131415161718191a1b1c1d1e1f"),
            1,
            3,
            4,
            5,
            Optional.of(Hash256.sha256(new byte[] {6})),
            Optional.of(Hash256.sha256(new byte[] {7})),
            Instant.ofEpochMilli(8),
            Instant.ofEpochMilli(9));

    @ParameterizedTest
    @EnumSource(RecordKind.class)
    void theFieldsAreWhereTheGeneratedAccessorsLook(RecordKind kind) throws ReflectiveOperationException {
        StructFactory<?, ?> factory = factory(kind);
        MessageBuilder message = new MessageBuilder();
        message.initRoot(factory);
        ChainFieldCodec.write(FIELDS, kind, message);
        byte[] canonical = Canonical.of(message);
        Object read = Canonical.reader(canonical).getRoot(factory);
        assertThat(data(read, "RecordId")).isEqualTo(FIELDS.recordId().toBytes());
        assertThat(get(read, "SchemaVersion")).isEqualTo(1);
        assertThat(get(read, "StoreEpoch")).isEqualTo(3L);
        assertThat(get(read, "RecordVersion")).isEqualTo(4L);
        assertThat(get(read, "PolicyEpoch")).isEqualTo(5L);
        assertThat(data(read, "PreviousHash"))
                .isEqualTo(FIELDS.previousHash().orElseThrow().toBytes());
        assertThat(data(read, "ContentHash"))
                .isEqualTo(FIELDS.contentHash().orElseThrow().toBytes());
        assertThat(get(read, "CreatedAtMs")).isEqualTo(8L);
        assertThat(get(read, "UpdatedAtMs")).isEqualTo(9L);
        assertThat(ChainFieldCodec.read(kind, Canonical.reader(canonical))).isEqualTo(FIELDS);
    }

    private static Object get(Object reader, String field) throws ReflectiveOperationException {
        return reader.getClass().getMethod("get" + field).invoke(reader);
    }

    private static byte[] data(Object reader, String field) throws ReflectiveOperationException {
        return ((Data.Reader) get(reader, field)).toArray();
    }

    private static StructFactory<?, ?> factory(RecordKind kind) {
        return switch (kind) {
            case ACCOUNT -> AccountRecord.factory;
            case RESOURCE_PROFILE -> ResourceProfile.factory;
            case POLICY_PROFILE -> PolicyProfile.factory;
            case ROLE_BINDING -> RoleBinding.factory;
            case EXTERNAL_BINDING -> ExternalIdentityBinding.factory;
            case POLICY_VERSION -> PolicyVersion.factory;
            case CREDENTIAL -> CredentialRecord.factory;
            case SEED_MANIFEST -> SeedManifest.factory;
            case STORE_KEY -> StoreKey.factory;
        };
    }
}
