package dev.bailiwick.accountstore;

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
import java.time.Instant;
import java.util.Optional;
import org.capnproto.Data;

/**
 * The chain fields in each record struct. The structs share the fields by name but no Java type, hence one pair of methods for
 * each.
 */
final class ChainFieldCodec {
    private ChainFieldCodec() {}

    static void write(ChainFields from, AccountRecord.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(AccountRecord.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, ResourceProfile.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(ResourceProfile.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, PolicyProfile.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(PolicyProfile.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, RoleBinding.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(RoleBinding.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, ExternalIdentityBinding.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(ExternalIdentityBinding.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, PolicyVersion.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(PolicyVersion.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, CredentialRecord.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(CredentialRecord.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    static void write(ChainFields from, SeedManifest.Builder to) {
        to.setRecordId(from.recordId().toBytes());
        to.setSchemaVersion(from.schemaVersion());
        to.setStoreEpoch(from.storeEpoch());
        to.setRecordVersion(from.recordVersion());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousHash().ifPresent(hash -> to.setPreviousHash(hash.toBytes()));
        from.contentHash().ifPresent(hash -> to.setContentHash(hash.toBytes()));
        to.setCreatedAtMs(from.createdAt().toEpochMilli());
        to.setUpdatedAtMs(from.updatedAt().toEpochMilli());
    }

    static ChainFields read(SeedManifest.Reader from) {
        return new ChainFields(
                RecordId.of(from.getRecordId().toArray()),
                from.getSchemaVersion(),
                from.getStoreEpoch(),
                from.getRecordVersion(),
                from.getPolicyEpoch(),
                hash(from.getPreviousHash()),
                hash(from.getContentHash()),
                Instant.ofEpochMilli(from.getCreatedAtMs()),
                Instant.ofEpochMilli(from.getUpdatedAtMs()));
    }

    private static Optional<Hash256> hash(Data.Reader data) {
        byte[] bytes = data.toArray();
        return bytes.length == 0 ? Optional.empty() : Optional.of(Hash256.of(bytes));
    }
}
