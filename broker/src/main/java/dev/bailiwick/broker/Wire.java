package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreReader;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.ExternalBinding;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.ActorKind;
import dev.bailiwick.schema.gen.BindingInfo;
import dev.bailiwick.schema.gen.BundlePlan;
import dev.bailiwick.schema.gen.EntryInfo;
import dev.bailiwick.schema.gen.EntryKind;
import dev.bailiwick.schema.gen.ExternalIdentityBinding;
import dev.bailiwick.schema.gen.LogLine;
import dev.bailiwick.schema.gen.PolicyProfile;
import dev.bailiwick.schema.gen.PutResult;
import dev.bailiwick.schema.gen.Receipt;
import dev.bailiwick.schema.gen.RecordKind;
import dev.bailiwick.schema.gen.ResourceProfile;
import dev.bailiwick.schema.gen.SessionInfo;
import dev.bailiwick.schema.gen.SnapshotInfo;
import dev.bailiwick.schema.gen.SourceRecord;
import dev.bailiwick.schema.gen.SshChallenge;
import dev.bailiwick.storage.Conflict;
import dev.bailiwick.storage.Denied;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.capnproto.StructList;
import org.capnproto.Text;
import org.capnproto.TextList;

/** Writes this package's values into messages. The enums on both sides have the same names; a test holds them so. */
final class Wire {
    private Wire() {}

    static dev.bailiwick.schema.gen.Slot slot(Slot slot) {
        return dev.bailiwick.schema.gen.Slot.valueOf(slot.name());
    }

    static dev.bailiwick.schema.gen.SlotAccess access(SlotAccess access) {
        return dev.bailiwick.schema.gen.SlotAccess.valueOf(access.name());
    }

    static dev.bailiwick.schema.gen.SessionKind kind(SessionKind kind) {
        return dev.bailiwick.schema.gen.SessionKind.valueOf(kind.name());
    }

    static dev.bailiwick.schema.gen.SessionSource source(SessionSource source) {
        return dev.bailiwick.schema.gen.SessionSource.valueOf(source.name());
    }

    static dev.bailiwick.schema.gen.AuthStrength strength(AuthStrength strength) {
        return dev.bailiwick.schema.gen.AuthStrength.valueOf(strength.name());
    }

    static RecordKind recordKind(dev.bailiwick.accountstore.RecordKind kind) {
        return RecordKind.valueOf(kind.name());
    }

    static void texts(TextList.Builder list, Collection<String> texts) {
        int i = 0;
        for (String text : texts) {
            list.set(i++, new Text.Reader(text));
        }
    }

    static void entry(EntryInfo.Builder wire, dev.bailiwick.storage.EntryInfo entry) {
        wire.setName(entry.name());
        wire.setVersion(entry.version());
        wire.setModifiedAtMs(entry.modifiedAtMs());
        switch (entry) {
            case dev.bailiwick.storage.EntryInfo.OfBlob blob -> {
                wire.setKind(EntryKind.BLOB);
                wire.setSize(blob.size());
                wire.setSha256(blob.sha256().toBytes());
            }
            case dev.bailiwick.storage.EntryInfo.OfNamespace ignored -> wire.setKind(EntryKind.NAMESPACE);
        }
    }

    static void snapshot(SnapshotInfo.Builder wire, dev.bailiwick.storage.SnapshotInfo snapshot) {
        wire.setId(snapshot.id());
        wire.setPath(snapshot.path());
        wire.setTakenAtMs(snapshot.takenAtMs());
        wire.setEntries(snapshot.entries());
        wire.setBytes(snapshot.bytes());
    }

    static void put(PutResult.Builder wire, dev.bailiwick.storage.PutResult result) {
        switch (result) {
            case dev.bailiwick.storage.PutResult.Stored(var stored) -> entry(wire.initStored(), stored);
            case Conflict(long current) -> wire.setConflict(current);
            case Denied denied -> Refusal.of(denied).into(wire.initDenied());
        }
    }

    static void line(LogLine.Builder wire, dev.bailiwick.storage.LogLine line) {
        wire.setSequence(line.sequence());
        wire.setTimeMs(line.timeMs());
        wire.setSource(line.source().text());
        wire.setText(line.text());
    }

    static void info(SessionInfo.Builder wire, Session session) {
        Session.Identity identity = session.identity();
        wire.setSessionId(identity.id().toBytes());
        if (identity.kind() != SessionKind.ANONYMOUS) {
            wire.setPrincipalId(identity.principalId().toBytes());
        }
        wire.setName(identity.name());
        wire.setDisplayName(identity.displayName());
        wire.setKind(kind(identity.kind()));
        wire.setSource(source(identity.source()));
        wire.setAuthStrength(strength(session.authentication().strength()));
        wire.setAuthTimeMs(session.authentication().at().toEpochMilli());
        wire.setStartedAtMs(identity.startedAt().toEpochMilli());
        wire.setExpiresAtMs(session.expiresAt().toEpochMilli());
        session.plan().ifPresent(plan -> {
            wire.setPolicyProfile(plan.policyProfile());
            wire.setResourceProfile(plan.resourceProfile());
            texts(wire.initRoles(plan.roles().size()), plan.roles());
        });
    }

    /** A challenge to sign, which there is room for or the caller tries again. */
    static void challenge(SshChallenge.Builder wire, Optional<byte[]> challenge, String namespace) {
        wire.setBytes(challenge.orElseThrow(
                () -> RpcException.overloaded("too many challenges wait to be answered; try again in a minute")));
        wire.setNamespace(namespace);
    }

    static AccountRecord.Reader account(Stored<Account> account) {
        return Canonical.reader(account.canonical()).getRoot(AccountRecord.factory);
    }

    static ResourceProfile.Reader resourceProfile(Stored<ResourceProfileContent> profile) {
        return Canonical.reader(profile.canonical()).getRoot(ResourceProfile.factory);
    }

    static PolicyProfile.Reader policyProfile(Stored<PolicyProfileContent> profile) {
        return Canonical.reader(profile.canonical()).getRoot(PolicyProfile.factory);
    }

    static void binding(BindingInfo.Builder wire, Stored<ExternalBinding> binding, String accountName) {
        wire.setBinding(Canonical.reader(binding.canonical()).getRoot(ExternalIdentityBinding.factory));
        wire.setAccountName(accountName);
    }

    static void actor(dev.bailiwick.schema.gen.Actor.Builder wire, Actor actor) {
        switch (actor) {
            case Actor.Session(var principal, var session) -> {
                wire.setKind(ActorKind.SESSION);
                wire.setPrincipalId(principal.toBytes());
                wire.setSessionId(session.toBytes());
            }
            case Actor.Offline(int uid) -> {
                wire.setKind(ActorKind.OFFLINE);
                wire.setUid(uid);
            }
            case Actor.Daemon() -> wire.setKind(ActorKind.SYSTEM);
            case Actor.Manifest() -> wire.setKind(ActorKind.MANIFEST);
        }
    }

    /** The name of the account that acted, if one did. */
    static String nameOf(Actor actor, AccountStoreReader accounts) {
        return switch (actor) {
            case Actor.Session(var principal, var _) ->
                accounts.byPrincipal(principal)
                        .map(account -> account.content().name())
                        .orElse("");
            case Actor.Offline _, Actor.Daemon _, Actor.Manifest _ -> "";
        };
    }

    static void receipts(StructList.Builder<Receipt.Builder> list, List<PolicyDecision> decisions, long journalSize) {
        for (int i = 0; i < decisions.size(); i++) {
            receipt(list.get(i), decisions.get(i), journalSize);
        }
    }

    static void receipt(Receipt.Builder wire, PolicyDecision decision, long journalSize) {
        wire.setSlot(slot(decision.slot()));
        wire.setCode(decision.code());
        wire.setRule(decision.rule());
        wire.setInterfaceName(Offer.interfaceName(decision.slot()));
        wire.setJournalSize(journalSize);
        switch (decision) {
            case PolicyDecision.Granted granted -> {
                wire.setGranted(true);
                wire.setAccess(access(granted.access()));
                granted.quota().ifPresent(quota -> {
                    wire.setLimit(quota.text());
                    wire.setLimitBytes(quota.bytes());
                });
            }
            case PolicyDecision.NotGranted ignored -> wire.setGranted(false);
        }
        StructList.Builder<SourceRecord.Builder> sources =
                wire.initSources(decision.sources().size());
        for (int i = 0; i < decision.sources().size(); i++) {
            Source source = decision.sources().get(i);
            SourceRecord.Builder record = sources.get(i);
            record.setKind(recordKind(source.kind()));
            record.setRecordId(source.recordId().toBytes());
            record.setRecordVersion(source.version());
            record.setContentHash(source.contentHash().toBytes());
            record.setName(source.name());
        }
    }

    static void plan(BundlePlan.Builder wire, String name, dev.bailiwick.broker.BundlePlan plan) {
        wire.setName(name);
        wire.setKind(kind(plan.kind()));
        wire.setEligible(plan.refusal().isEmpty());
        plan.refusal()
                .ifPresent(refusal -> Refusal.because(refusal.code().text(), refusal.message())
                        .into(wire.initDenial()));
        receipts(wire.initReceipts(plan.decisions().size()), plan.decisions(), plan.journalSize());
        wire.setPolicyProfile(plan.policyProfile());
        wire.setResourceProfile(plan.resourceProfile());
        texts(wire.initRoles(plan.roles().size()), plan.roles());
        texts(wire.initLeases(plan.leases().size()), plan.leases());
        plan.terms().ifPresent(terms -> wire.setLifetimeMs(terms.lifetime().toMillis()));
        wire.setJournalSize(plan.journalSize());
    }
}
