package dev.bailiwick.accountstore;

import dev.bailiwick.profiles.ProfileCodecs;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.ContentHash;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.NameSkeleton;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.CredentialRecord;
import dev.bailiwick.schema.gen.ExternalIdentityBinding;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.SeedManifest;
import dev.bailiwick.schema.gen.StorageRootKind;
import dev.bailiwick.schema.gen.StorageRootRef;
import dev.bailiwick.schema.gen.StoreKey;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.capnproto.Data;
import org.capnproto.DataList;
import org.capnproto.MessageBuilder;
import org.capnproto.MessageReader;
import org.capnproto.Text;
import org.capnproto.TextList;

/**
 * Between domain types and the canonical bytes of record structs. The only place that knows both. Empty data, text and lists are
 * left unset, so that equal content has equal bytes.
 *
 * <p>Reading throws {@link IllegalArgumentException} for bytes that are no record of the kind: an id of the wrong length, a set that
 * is not ascending, an enum value or schema version of a newer build. Such a record is unreadable, and grants nothing.
 */
final class RecordCodec {
    /** Words for a message to begin with: as much as most records need. What is allotted is zeroed, so more would cost. */
    static final int FIRST_WORDS = 128;

    private RecordCodec() {}

    /** A decoded record: its chain fields and what it says. */
    record Decoded(ChainFields chain, RecordContent content) {}

    // ---- whole records ----

    /** The canonical bytes of a proposed record: its content and id, without the other chain fields. */
    static byte[] proposed(RecordId recordId, RecordContent content) {
        return encode(ChainFields.proposed(recordId), content);
    }

    /**
     * A record with its content hash.
     *
     * @param bytes its canonical bytes, as they are to be stored
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
    record Sealed(ChainFields chain, byte[] bytes) {}

    /** The chain fields with the content hash computed. */
    static ChainFields sealed(ChainFields chain, RecordContent content) {
        return seal(chain, content).chain();
    }

    /**
     * Computes the content hash of a record and encodes it.
     *
     * @param chain without a content hash
     */
    static Sealed seal(ChainFields chain, RecordContent content) {
        RecordKind kind = content.recordKind();
        MessageBuilder message = message(chain, content);
        Hash256 hash = ContentHash.ofStruct(kind.typeId(), Canonical.of(message));
        ChainFieldCodec.writeContentHash(hash, kind, message);
        return new Sealed(chain.withContentHash(hash), Canonical.of(message));
    }

    static byte[] encode(ChainFields chain, RecordContent content) {
        return Canonical.of(message(chain, content));
    }

    private static MessageBuilder message(ChainFields chain, RecordContent content) {
        MessageBuilder message = new MessageBuilder(FIRST_WORDS);
        switch (content) {
            case Account account -> write(account, message.initRoot(AccountRecord.factory));
            case ResourceProfileContent(VersionId version, var profile) ->
                ProfileCodecs.write(profile, version, chain.policyEpoch(), message.initRoot(ResourceProfile.factory));
            case PolicyProfileContent(VersionId version, var profile) ->
                ProfileCodecs.write(profile, version, chain.policyEpoch(), message.initRoot(PolicyProfile.factory));
            case RoleBinding binding -> write(binding, message.initRoot(dev.bailiwick.schema.gen.RoleBinding.factory));
            case ExternalBinding binding -> write(binding, message.initRoot(ExternalIdentityBinding.factory));
            case PolicyVersion(VersionId version, var catalogue) ->
                ProfileCodecs.write(
                        catalogue, version, message.initRoot(dev.bailiwick.schema.gen.PolicyVersion.factory));
            case Credential credential -> write(credential, message.initRoot(CredentialRecord.factory));
            case SeedManifestContent manifest -> write(manifest, message.initRoot(SeedManifest.factory));
            case StoreKeyContent key -> write(key, message.initRoot(StoreKey.factory));
        }
        ChainFieldCodec.write(chain, content.recordKind(), message);
        return message;
    }

    static Decoded decode(RecordKind kind, byte[] bytes) {
        MessageReader message = Canonical.reader(bytes);
        return new Decoded(ChainFieldCodec.read(kind, message), content(kind, message));
    }

    private static RecordContent content(RecordKind kind, MessageReader message) {
        return switch (kind) {
            case ACCOUNT -> read(message.getRoot(AccountRecord.factory));
            case RESOURCE_PROFILE -> {
                var from = message.getRoot(ResourceProfile.factory);
                yield new ResourceProfileContent(version(from.getVersionId()), ProfileCodecs.read(from));
            }
            case POLICY_PROFILE -> {
                var from = message.getRoot(PolicyProfile.factory);
                yield new PolicyProfileContent(version(from.getVersionId()), ProfileCodecs.read(from));
            }
            case ROLE_BINDING -> read(message.getRoot(dev.bailiwick.schema.gen.RoleBinding.factory));
            case EXTERNAL_BINDING -> read(message.getRoot(ExternalIdentityBinding.factory));
            case POLICY_VERSION -> {
                var from = message.getRoot(dev.bailiwick.schema.gen.PolicyVersion.factory);
                yield new PolicyVersion(version(from.getVersionId()), ProfileCodecs.read(from));
            }
            case CREDENTIAL -> read(message.getRoot(CredentialRecord.factory));
            case SEED_MANIFEST -> read(message.getRoot(SeedManifest.factory));
            case STORE_KEY -> read(message.getRoot(StoreKey.factory));
        };
    }

    // ---- contents ----

    private static void write(Account from, AccountRecord.Builder to) {
        to.setPrincipalId(from.principalId().toBytes());
        to.setKind(ProfileCodecs.toWire(from.kind()));
        if (!from.displayName().isEmpty()) {
            to.setDisplayName(from.displayName());
        }
        to.setStatus(
                dev.bailiwick.schema.gen.AccountStatus.valueOf(from.status().name()));
        if (!from.credentialRefs().isEmpty()) {
            writeIds(
                    from.credentialRefs(),
                    to.initCredentialRefs(from.credentialRefs().size()));
        }
        if (!from.roles().isEmpty()) {
            writeTexts(from.roles(), to.initRoles(from.roles().size()));
        }
        if (!from.attributes().isEmpty()) {
            ProfileCodecs.write(
                    from.attributes(), to.initAttributes(from.attributes().size()));
        }
        ProfileCodecs.write(from.resourceProfile(), to.initResourceProfile());
        ProfileCodecs.write(from.policyProfile(), to.initPolicyProfile());
        from.homeRoot().ifPresent(root -> write(root, to.initHomeRoot()));
        from.configRoot().ifPresent(root -> write(root, to.initConfigRoot()));
        from.cacheRoot().ifPresent(root -> write(root, to.initCacheRoot()));
        to.setName(from.name());
        to.setNameKey(from.nameKey().text());
        to.setNameSkeleton(from.nameSkeleton().text());
        from.service().ifPresent(service -> ProfileCodecs.write(service, to.initService()));
    }

    private static Account read(AccountRecord.Reader from) {
        return new Account(
                PrincipalId.of(from.getPrincipalId().toArray()),
                ProfileCodecs.ofWire(from.getKind()),
                from.getName().toString(),
                new NameKey(from.getNameKey().toString()),
                new NameSkeleton(from.getNameSkeleton().toString()),
                from.getDisplayName().toString(),
                AccountStatus.valueOf(from.getStatus().name()),
                readIds(from.getCredentialRefs(), StoreLimits.CREDENTIALS),
                readTexts(from.getRoles(), StoreLimits.ROLES),
                ProfileCodecs.readAttributes(from.getAttributes()),
                ProfileCodecs.read(from.getResourceProfile()),
                ProfileCodecs.read(from.getPolicyProfile()),
                from.hasHomeRoot() ? Optional.of(read(from.getHomeRoot())) : Optional.empty(),
                from.hasConfigRoot() ? Optional.of(read(from.getConfigRoot())) : Optional.empty(),
                from.hasCacheRoot() ? Optional.of(read(from.getCacheRoot())) : Optional.empty(),
                from.hasService() ? Optional.of(ProfileCodecs.read(from.getService())) : Optional.empty());
    }

    private static void write(StorageRoot from, StorageRootRef.Builder to) {
        to.setStorageServiceId(from.storageServiceId().toBytes());
        to.setRootObjectId(from.rootObjectId().toBytes());
        to.setRootKind(StorageRootKind.NAMESPACE);
        to.setSchemaVersion(from.schemaVersion());
        to.setRootVersion(Keys.number(from.generation()));
    }

    private static StorageRoot read(StorageRootRef.Reader from) {
        byte[] generation = from.getRootVersion().toArray();
        if (from.getRootKind() != StorageRootKind.NAMESPACE || generation.length != Long.BYTES) {
            throw new IllegalArgumentException("a storage root of a newer schema");
        }
        return new StorageRoot(
                Id128.of(from.getStorageServiceId().toArray()),
                RootId.of(from.getRootObjectId().toArray()),
                from.getSchemaVersion(),
                ByteBuffer.wrap(generation).getLong());
    }

    private static void write(RoleBinding from, dev.bailiwick.schema.gen.RoleBinding.Builder to) {
        to.setPrincipalId(from.principalId().toBytes());
        to.setRole(from.role());
        to.setState(dev.bailiwick.schema.gen.BindingState.valueOf(from.state().name()));
        to.setExpiresAtMs(milliseconds(from.expiresAt()));
        from.grantedBy().ifPresent(by -> to.setGrantedBy(by.toBytes()));
    }

    private static RoleBinding read(dev.bailiwick.schema.gen.RoleBinding.Reader from) {
        return new RoleBinding(
                PrincipalId.of(from.getPrincipalId().toArray()),
                from.getRole().toString(),
                BindingState.valueOf(from.getState().name()),
                instant(from.getExpiresAtMs()),
                bytes(from.getGrantedBy()).map(PrincipalId::of));
    }

    private static void write(ExternalBinding from, ExternalIdentityBinding.Builder to) {
        to.setBindingId(from.bindingId().toBytes());
        to.setProvider(from.provider());
        to.setSubjectHash(from.subjectHash().toBytes());
        to.setPrincipalId(from.principalId().toBytes());
        if (!from.tenant().isEmpty()) {
            to.setTenant(from.tenant());
        }
        if (!from.acceptedClaims().isEmpty()) {
            writeTexts(
                    from.acceptedClaims(),
                    to.initAcceptedClaims(from.acceptedClaims().size()));
        }
        to.setExpiresAtMs(milliseconds(from.expiresAt()));
        ProfileCodecs.write(from.policyProfile(), to.initPolicyProfile());
        ProfileCodecs.write(from.resourceProfile(), to.initResourceProfile());
        to.setState(dev.bailiwick.schema.gen.BindingState.valueOf(from.state().name()));
    }

    private static ExternalBinding read(ExternalIdentityBinding.Reader from) {
        return new ExternalBinding(
                BindingId.of(from.getBindingId().toArray()),
                from.getProvider().toString(),
                Hash256.of(from.getSubjectHash().toArray()),
                PrincipalId.of(from.getPrincipalId().toArray()),
                from.getTenant().toString(),
                readTexts(from.getAcceptedClaims(), StoreLimits.ROLES),
                instant(from.getExpiresAtMs()),
                ProfileCodecs.read(from.getPolicyProfile()),
                ProfileCodecs.read(from.getResourceProfile()),
                BindingState.valueOf(from.getState().name()));
    }

    private static void write(Credential from, CredentialRecord.Builder to) {
        to.setPrincipalId(from.principalId().toBytes());
        to.setKind(dev.bailiwick.schema.gen.CredentialKind.valueOf(from.kind().name()));
        to.setState(
                dev.bailiwick.schema.gen.CredentialState.valueOf(from.state().name()));
        if (!from.label().isEmpty()) {
            to.setLabel(from.label());
        }
        if (!from.algorithm().isEmpty()) {
            to.setAlgorithm(from.algorithm());
        }
        if (from.salt().length() > 0) {
            to.setSalt(from.salt().toBytes());
        }
        if (from.verifier().length() > 0) {
            to.setVerifier(from.verifier().toBytes());
        }
        to.setExpiresAtMs(milliseconds(from.expiresAt()));
    }

    private static Credential read(CredentialRecord.Reader from) {
        return new Credential(
                PrincipalId.of(from.getPrincipalId().toArray()),
                CredentialKind.valueOf(from.getKind().name()),
                CredentialState.valueOf(from.getState().name()),
                from.getLabel().toString(),
                from.getAlgorithm().toString(),
                OpaqueBytes.of(from.getSalt().toArray()),
                OpaqueBytes.of(from.getVerifier().toArray()),
                instant(from.getExpiresAtMs()));
    }

    private static void write(SeedManifestContent from, SeedManifest.Builder to) {
        to.setName(from.name());
        to.setSourceSha256(from.sourceSha256().toBytes());
        from.source().ifPresent(source -> to.setSource(source.toBytes()));
        if (!from.accounts().isEmpty()) {
            writeIds(from.accounts(), to.initAccounts(from.accounts().size()));
        }
    }

    private static SeedManifestContent read(SeedManifest.Reader from) {
        return new SeedManifestContent(
                from.getName().toString(),
                Hash256.of(from.getSourceSha256().toArray()),
                bytes(from.getSource()).map(OpaqueBytes::of),
                readIds(from.getAccounts(), StoreLimits.MUTATIONS));
    }

    private static void write(StoreKeyContent from, StoreKey.Builder to) {
        to.setPublicKey(from.publicKey().toBytes());
        from.statement().ifPresent(to::setStatement);
    }

    private static StoreKeyContent read(StoreKey.Reader from) {
        String statement = from.getStatement().toString();
        return new StoreKeyContent(
                CheckpointKey.of(from.getPublicKey().toArray()),
                statement.isEmpty() ? Optional.empty() : Optional.of(statement));
    }

    // ---- parts ----

    private static VersionId version(Data.Reader data) {
        return VersionId.of(data.toArray());
    }

    static Optional<byte[]> bytes(Data.Reader data) {
        byte[] bytes = data.toArray();
        return bytes.length == 0 ? Optional.empty() : Optional.of(bytes);
    }

    /** 0 stands for never. */
    private static long milliseconds(Optional<Instant> instant) {
        return instant.map(Instant::toEpochMilli).orElse(0L);
    }

    private static Optional<Instant> instant(long milliseconds) {
        return milliseconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(milliseconds));
    }

    private static void writeIds(Collection<RecordId> ids, DataList.Builder to) {
        int i = 0;
        for (RecordId id : ids) {
            to.set(i++, new Data.Reader(id.toBytes()));
        }
    }

    private static SortedSet<RecordId> readIds(DataList.Reader from, int limit) {
        requireCount(from.size(), limit);
        SortedSet<RecordId> ids = new TreeSet<>();
        for (int i = 0; i < from.size(); i++) {
            RecordId id = RecordId.of(from.get(i).toArray());
            requireAscending(ids.isEmpty() || ids.last().compareTo(id) < 0);
            ids.add(id);
        }
        return ids;
    }

    private static void writeTexts(Collection<String> texts, TextList.Builder to) {
        int i = 0;
        for (String text : texts) {
            to.set(i++, new Text.Reader(text));
        }
    }

    private static SortedSet<String> readTexts(TextList.Reader from, int limit) {
        requireCount(from.size(), limit);
        SortedSet<String> texts = new TreeSet<>();
        for (int i = 0; i < from.size(); i++) {
            String text = from.get(i).toString();
            requireAscending(texts.isEmpty() || texts.last().compareTo(text) < 0);
            texts.add(text);
        }
        return texts;
    }

    private static void requireCount(int count, int limit) {
        if (count > limit) {
            throw new IllegalArgumentException("a list of " + count + " items, more than " + limit);
        }
    }

    private static void requireAscending(boolean ascending) {
        if (!ascending) {
            throw new IllegalArgumentException("a set is not strictly ascending");
        }
    }
}
