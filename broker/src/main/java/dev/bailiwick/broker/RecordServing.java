package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.ExternalBinding;
import dev.bailiwick.accountstore.HistoryEntry;
import dev.bailiwick.accountstore.Page;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.Prover;
import dev.bailiwick.accountstore.RecordContent;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.RecordReader;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.RoleBinding;
import dev.bailiwick.accountstore.SeedManifestContent;
import dev.bailiwick.accountstore.StoreKeyContent;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.CredentialFacts;
import dev.bailiwick.schema.gen.CredentialRecord;
import dev.bailiwick.schema.gen.ExternalIdentityBinding;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.ProofResult;
import dev.bailiwick.schema.gen.RecordVersion;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.SeedManifest;
import dev.bailiwick.schema.gen.StoreKey;
import dev.bailiwick.schema.gen.VersionsResult;
import java.util.List;
import java.util.Optional;
import org.capnproto.Data;
import org.capnproto.MessageReader;
import org.capnproto.StructList;

/** Shows records of every kind in every version, credentials without what proves them. Stateless. */
final class RecordServing {
    private RecordServing() {}

    static void records(
            StoreRecords.Snapshots snapshots,
            AccountStoreReader.RecordsParams.Reader params,
            AccountStoreReader.RecordsResults.Builder results) {
        try {
            RecordKind kind = kind(params.getKind());
            Optional<PrincipalId> principal = id(params.getPrincipalId()).map(PrincipalId::of);
            Optional<RecordId> after = id(params.getAfter()).map(RecordId::of);
            int limit = Pages.limit(params.getLimit());
            Page<RecordId, RecordId> page = snapshots.read(snapshot -> principal
                    .map(whose ->
                            new Page<RecordId, RecordId>(snapshot.records().idsOf(kind, whose), Optional.empty()))
                    .orElseGet(() -> snapshot.records().ids(kind, after, limit)));
            var ids = results.initIds(page.items().size());
            for (int i = 0; i < page.items().size(); i++) {
                ids.set(i, new Data.Reader(page.items().get(i).toBytes()));
            }
            page.next().ifPresent(next -> results.setNext(next.toBytes()));
        } catch (CorruptStoreException damage) {
            throw new RpcException(RpcException.Type.FAILED, "corrupt: " + damage.what() + " is damaged", damage);
        } catch (IllegalArgumentException malformed) {
            throw new RpcException(RpcException.Type.FAILED, "invalid-argument: " + malformed.getMessage(), malformed);
        }
    }

    static void prove(Prover prover, AccountStoreReader.ProveRecordParams.Reader params, ProofResult.Builder result) {
        try {
            RecordKind kind = kind(params.getKind());
            if (kind == RecordKind.CREDENTIAL) {
                new Refusal(
                                "secret",
                                "a proof holds the whole record, and a credential's verifier is shown to nobody",
                                "")
                        .into(result.initDenied());
                return;
            }
            RecordId record = RecordId.of(params.getRecordId().toArray());
            prover.inclusion(kind, record, params.getVersion(), params.getSize())
                    .ifPresentOrElse(
                            result::setProof,
                            () -> new Refusal(
                                            "not-found",
                                            "there is no such version in a journal of that size",
                                            "'record history' lists versions and the sequences that committed them")
                                    .into(result.initDenied()));
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        } catch (IllegalArgumentException malformed) {
            new Refusal("invalid-argument", String.valueOf(malformed.getMessage()), "'record list' names records")
                    .into(result.initDenied());
        }
    }

    private record Line(HistoryEntry<RecordContent> entry, String actorName) {}

    static void versions(
            StoreRecords.Snapshots snapshots,
            AccountStoreReader.VersionsParams.Reader params,
            VersionsResult.Builder result) {
        try {
            RecordKind kind = kind(params.getKind());
            RecordId record = RecordId.of(params.getRecordId().toArray());
            long sequence = params.getAtSequence();
            int limit = Math.clamp(params.getLimit(), 1, Limits.HISTORY);
            List<Line> lines = snapshots.read(snapshot -> {
                AskedSequence.requireThere(snapshot, sequence);
                return lines(snapshot, kind, record, sequence == 0 ? Long.MAX_VALUE : sequence, limit);
            });
            if (lines.isEmpty()) {
                new Refusal("not-found", "there is no such record", "'record list' names them")
                        .into(result.initDenied());
                return;
            }
            StructList.Builder<RecordVersion.Builder> list = result.initVersions(lines.size());
            for (int i = 0; i < lines.size(); i++) {
                write(lines.get(i), list.get(i));
            }
        } catch (RefusedException notThere) {
            notThere.refusal().into(result.initDenied());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        } catch (IllegalArgumentException malformed) {
            new Refusal("invalid-argument", String.valueOf(malformed.getMessage()), "'record list' names records")
                    .into(result.initDenied());
        }
    }

    private static List<Line> lines(
            StoreSnapshot snapshot, RecordKind kind, RecordId record, long sequence, int limit) {
        RecordReader records = snapshot.records();
        List<HistoryEntry<RecordContent>> all = limit == 1
                ? records.at(kind, record, sequence).stream().toList()
                : records.history(kind, record).stream()
                        .filter(entry -> entry.entry().sequence() <= sequence)
                        .toList();
        return all.subList(Math.max(0, all.size() - limit), all.size()).stream()
                .map(entry -> new Line(entry, Wire.nameOf(entry.entry().actor(), snapshot.accounts())))
                .toList();
    }

    private static RecordKind kind(dev.bailiwick.schema.gen.RecordKind kind) {
        return switch (kind) {
            case ACCOUNT -> RecordKind.ACCOUNT;
            case RESOURCE_PROFILE -> RecordKind.RESOURCE_PROFILE;
            case POLICY_PROFILE -> RecordKind.POLICY_PROFILE;
            case ROLE_BINDING -> RecordKind.ROLE_BINDING;
            case EXTERNAL_BINDING -> RecordKind.EXTERNAL_BINDING;
            case POLICY_VERSION -> RecordKind.POLICY_VERSION;
            case CREDENTIAL -> RecordKind.CREDENTIAL;
            case SEED_MANIFEST -> RecordKind.SEED_MANIFEST;
            case STORE_KEY -> RecordKind.STORE_KEY;
            case _NOT_IN_SCHEMA -> throw new IllegalArgumentException("a record kind of a newer schema");
        };
    }

    private static Optional<byte[]> id(Data.Reader bytes) {
        return bytes.size() == 0 ? Optional.empty() : Optional.of(bytes.toArray());
    }

    private static void write(Line line, RecordVersion.Builder wire) {
        HistoryEntry<RecordContent> entry = line.entry();
        write(entry.record(), wire);
        wire.setSequence(entry.entry().sequence());
        wire.setTimeMs(entry.entry().time().toEpochMilli());
        wire.setOperation(entry.entry().operation());
        Wire.actor(wire.initActor(), entry.entry().actor());
        wire.setActorName(line.actorName());
        entry.entry().approval().ifPresent(approval -> wire.setApproval(approval.toBytes()));
    }

    private static void write(Stored<RecordContent> stored, RecordVersion.Builder wire) {
        MessageReader message = Canonical.reader(stored.canonical());
        switch (stored.content()) {
            case Account _ -> wire.setAccount(message.getRoot(AccountRecord.factory));
            case ResourceProfileContent _ -> wire.setResourceProfile(message.getRoot(ResourceProfile.factory));
            case PolicyProfileContent _ -> wire.setPolicyProfile(message.getRoot(PolicyProfile.factory));
            case RoleBinding _ -> wire.setRoleBinding(message.getRoot(dev.bailiwick.schema.gen.RoleBinding.factory));
            case ExternalBinding _ -> wire.setExternalBinding(message.getRoot(ExternalIdentityBinding.factory));
            case PolicyVersion _ ->
                wire.setPolicyVersion(message.getRoot(dev.bailiwick.schema.gen.PolicyVersion.factory));
            case Credential _ -> write(message.getRoot(CredentialRecord.factory), wire.initCredential());
            case SeedManifestContent _ -> wire.setSeedManifest(message.getRoot(SeedManifest.factory));
            case StoreKeyContent _ -> wire.setStoreKey(message.getRoot(StoreKey.factory));
        }
    }

    /** INVARIANT (no verifier leaves): what proves a credential is not copied. */
    private static void write(CredentialRecord.Reader from, CredentialFacts.Builder to) {
        to.setRecordId(from.getRecordId());
        to.setPrincipalId(from.getPrincipalId());
        to.setKind(from.getKind());
        to.setState(from.getState());
        to.setLabel(from.getLabel());
        to.setAlgorithm(from.getAlgorithm());
        to.setExpiresAtMs(from.getExpiresAtMs());
        to.setSchemaVersion(from.getSchemaVersion());
        to.setStoreEpoch(from.getStoreEpoch());
        to.setRecordVersion(from.getRecordVersion());
        to.setPolicyEpoch(from.getPolicyEpoch());
        to.setPreviousHash(from.getPreviousHash());
        to.setContentHash(from.getContentHash());
        to.setCreatedAtMs(from.getCreatedAtMs());
        to.setUpdatedAtMs(from.getUpdatedAtMs());
    }
}
