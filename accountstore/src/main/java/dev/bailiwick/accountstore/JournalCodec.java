package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.StoreId;
import dev.bailiwick.schema.TransactionId;
import dev.bailiwick.schema.gen.ActorKind;
import dev.bailiwick.schema.gen.AuditRecord;
import dev.bailiwick.schema.gen.Command;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.capnproto.Data;
import org.capnproto.MessageBuilder;

/**
 * Between domain types and the canonical bytes of commands, journal entries and audit records. As with {@link RecordCodec}, what is
 * empty is left unset, and reading refuses what writing could not have made.
 */
final class JournalCodec {
    /** The Cap'n Proto type id that command hashes begin with. */
    static final long COMMAND_TYPE_ID = 0xdfec58774f19fa17L;

    private JournalCodec() {}

    // ---- commands ----

    static byte[] encode(Transaction from) {
        MessageBuilder message = new MessageBuilder(RecordCodec.FIRST_WORDS);
        Command.Builder to = message.initRoot(Command.factory);
        to.setTransactionId(from.id().toBytes());
        to.setTimeMs(from.time().toEpochMilli());
        write(from.actor(), to.initActor());
        to.setOperation(from.operation());
        from.approval().ifPresent(approval -> to.setApproval(approval.toBytes()));
        if (!from.mutations().isEmpty()) {
            var mutations = to.initMutations(from.mutations().size());
            int i = 0;
            for (Mutation mutation : from.mutations()) {
                var item = mutations.get(i++);
                item.setKind(toWire(mutation.content().recordKind()));
                item.setRecordId(mutation.recordId().toBytes());
                item.setExpectedVersion(mutation.expected().version());
                mutation.expected().hash().ifPresent(hash -> item.setExpectedHash(hash.toBytes()));
                item.setRecord(RecordCodec.proposed(mutation.recordId(), mutation.content()));
            }
        }
        if (!from.preconditions().isEmpty()) {
            var preconditions = to.initPreconditions(from.preconditions().size());
            int i = 0;
            for (Precondition precondition : from.preconditions()) {
                var item = preconditions.get(i++);
                item.setKind(toWire(precondition.kind()));
                item.setRecordId(precondition.recordId().toBytes());
                item.setExpectedVersion(precondition.expected().version());
                precondition.expected().hash().ifPresent(hash -> item.setExpectedHash(hash.toBytes()));
            }
        }
        from.requestHash().ifPresent(hash -> to.setRequestHash(hash.toBytes()));
        return Canonical.of(message);
    }

    static Transaction decodeCommand(byte[] bytes) {
        Command.Reader from = Canonical.reader(bytes).getRoot(Command.factory);
        List<Mutation> mutations = new ArrayList<>();
        for (var item : from.getMutations()) {
            RecordId recordId = RecordId.of(item.getRecordId().toArray());
            RecordCodec.Decoded record =
                    RecordCodec.decode(ofWire(item.getKind()), item.getRecord().toArray());
            if (!record.chain().equals(ChainFields.proposed(recordId))) {
                throw new IllegalArgumentException("a proposed record has chain fields");
            }
            mutations.add(new Mutation(
                    recordId, new Expected(item.getExpectedVersion(), hash(item.getExpectedHash())), record.content()));
        }
        List<Precondition> preconditions = new ArrayList<>();
        for (var item : from.getPreconditions()) {
            preconditions.add(new Precondition(
                    ofWire(item.getKind()),
                    RecordId.of(item.getRecordId().toArray()),
                    new Expected(item.getExpectedVersion(), hash(item.getExpectedHash()))));
        }
        return new Transaction(
                TransactionId.of(from.getTransactionId().toArray()),
                Instant.ofEpochMilli(from.getTimeMs()),
                read(from.getActor()),
                from.getOperation().toString(),
                RecordCodec.bytes(from.getApproval()).map(ApprovalId::of),
                mutations,
                preconditions,
                hash(from.getRequestHash()));
    }

    // ---- journal entries ----

    static byte[] encode(JournalEntry from) {
        MessageBuilder message = new MessageBuilder(RecordCodec.FIRST_WORDS);
        var to = message.initRoot(dev.bailiwick.schema.gen.JournalEntry.factory);
        to.setSequence(from.sequence());
        to.setStoreEpoch(from.storeEpoch());
        to.setPolicyEpoch(from.policyEpoch());
        from.previousEntryHash().ifPresent(hash -> to.setPreviousEntryHash(hash.toBytes()));
        to.setTransactionId(from.transactionId().toBytes());
        to.setCommandHash(from.commandHash().toBytes());
        to.setOperation(from.operation());
        if (!from.changes().isEmpty()) {
            var changes = to.initChanges(from.changes().size());
            int i = 0;
            for (Change change : from.changes()) {
                var item = changes.get(i++);
                item.setKind(toWire(change.kind()));
                item.setRecordId(change.recordId().toBytes());
                item.setRecordVersion(change.version());
                item.setContentHash(change.contentHash().toBytes());
            }
        }
        write(from.actor(), to.initActor());
        from.approval().ifPresent(approval -> to.setApproval(approval.toBytes()));
        to.setTimeMs(from.time().toEpochMilli());
        from.predecessor().ifPresent(head -> write(head, to.initPredecessor()));
        from.requestHash().ifPresent(hash -> to.setRequestHash(hash.toBytes()));
        return Canonical.of(message);
    }

    /** The time of an entry, without reading the rest of it. */
    static long journalTimeMs(byte[] bytes) {
        return Canonical.reader(bytes)
                .getRoot(dev.bailiwick.schema.gen.JournalEntry.factory)
                .getTimeMs();
    }

    /** The time of an audit record, without reading the rest of it. */
    static long auditTimeMs(byte[] bytes) {
        return Canonical.reader(bytes).getRoot(AuditRecord.factory).getTimeMs();
    }

    static JournalEntry decodeEntry(byte[] bytes) {
        var from = Canonical.reader(bytes).getRoot(dev.bailiwick.schema.gen.JournalEntry.factory);
        List<Change> changes = new ArrayList<>();
        for (var item : from.getChanges()) {
            changes.add(new Change(
                    ofWire(item.getKind()),
                    RecordId.of(item.getRecordId().toArray()),
                    item.getRecordVersion(),
                    Hash256.of(item.getContentHash().toArray())));
        }
        return new JournalEntry(
                from.getSequence(),
                from.getStoreEpoch(),
                from.getPolicyEpoch(),
                hash(from.getPreviousEntryHash()),
                TransactionId.of(from.getTransactionId().toArray()),
                Hash256.of(from.getCommandHash().toArray()),
                from.getOperation().toString(),
                changes,
                read(from.getActor()),
                RecordCodec.bytes(from.getApproval()).map(ApprovalId::of),
                Instant.ofEpochMilli(from.getTimeMs()),
                from.hasPredecessor() ? Optional.of(read(from.getPredecessor())) : Optional.empty(),
                hash(from.getRequestHash()));
    }

    // ---- audit records ----

    static byte[] encode(AuditEntry from) {
        MessageBuilder message = new MessageBuilder(RecordCodec.FIRST_WORDS);
        AuditRecord.Builder to = message.initRoot(AuditRecord.factory);
        AuditEvent event = from.event();
        to.setSequence(from.sequence());
        from.previousEntryHash().ifPresent(hash -> to.setPreviousEntryHash(hash.toBytes()));
        to.setTimeMs(event.time().toEpochMilli());
        to.setKind(event.kind());
        to.setCode(event.code());
        event.actor().ifPresent(actor -> write(actor, to.initActor()));
        if (!event.source().isEmpty()) {
            to.setSource(event.source());
        }
        event.policyProfile().ifPresent(id -> to.setPolicyProfile(id.toBytes()));
        event.resourceProfile().ifPresent(id -> to.setResourceProfile(id.toBytes()));
        event.policyVersion().ifPresent(id -> to.setPolicyVersion(id.toBytes()));
        to.setJournalSequence(event.journalSequence());
        event.subject().ifPresent(id -> to.setSubject(id.toBytes()));
        if (!event.previousValue().isEmpty()) {
            to.setPreviousValue(event.previousValue());
        }
        if (!event.newValue().isEmpty()) {
            to.setNewValue(event.newValue());
        }
        event.approval().ifPresent(approval -> to.setApproval(approval.toBytes()));
        to.setStoreEpoch(from.storeEpoch());
        return Canonical.of(message);
    }

    static AuditEntry decodeAudit(byte[] bytes) {
        AuditRecord.Reader from = Canonical.reader(bytes).getRoot(AuditRecord.factory);
        return new AuditEntry(
                from.getSequence(),
                from.getStoreEpoch(),
                hash(from.getPreviousEntryHash()),
                new AuditEvent(
                        Instant.ofEpochMilli(from.getTimeMs()),
                        from.getKind().toString(),
                        from.getCode().toString(),
                        from.hasActor() ? Optional.of(read(from.getActor())) : Optional.empty(),
                        from.getSource().toString(),
                        RecordCodec.bytes(from.getPolicyProfile()).map(Id128::of),
                        RecordCodec.bytes(from.getResourceProfile()).map(Id128::of),
                        RecordCodec.bytes(from.getPolicyVersion()).map(Id128::of),
                        from.getJournalSequence(),
                        RecordCodec.bytes(from.getSubject()).map(Id128::of),
                        from.getPreviousValue().toString(),
                        from.getNewValue().toString(),
                        RecordCodec.bytes(from.getApproval()).map(ApprovalId::of)));
    }

    // ---- parts ----

    private static void write(Actor from, dev.bailiwick.schema.gen.Actor.Builder to) {
        switch (from) {
            case Actor.Session(PrincipalId principal, SessionId session) -> {
                to.setKind(ActorKind.SESSION);
                to.setPrincipalId(principal.toBytes());
                to.setSessionId(session.toBytes());
            }
            case Actor.Offline(int uid) -> {
                to.setKind(ActorKind.OFFLINE);
                to.setUid(uid);
            }
            case Actor.Daemon() -> to.setKind(ActorKind.SYSTEM);
            case Actor.Manifest() -> to.setKind(ActorKind.MANIFEST);
        }
    }

    private static Actor read(dev.bailiwick.schema.gen.Actor.Reader from) {
        return switch (from.getKind()) {
            case SESSION ->
                new Actor.Session(
                        PrincipalId.of(from.getPrincipalId().toArray()),
                        SessionId.of(from.getSessionId().toArray()));
            case OFFLINE -> new Actor.Offline(from.getUid());
            case SYSTEM -> new Actor.Daemon();
            case MANIFEST -> new Actor.Manifest();
            case _NOT_IN_SCHEMA -> throw new IllegalArgumentException("an actor kind of a newer schema");
        };
    }

    private static void write(AnchoredHead from, dev.bailiwick.schema.gen.Predecessor.Builder to) {
        to.setStoreId(from.storeId().toBytes());
        to.setStoreEpoch(from.storeEpoch());
        to.setJournalSize(from.size());
        to.setJournalRoot(from.root().toBytes());
        to.setAuditSize(from.auditSize());
        to.setAuditRoot(from.auditRoot().toBytes());
    }

    private static AnchoredHead read(dev.bailiwick.schema.gen.Predecessor.Reader from) {
        return new AnchoredHead(
                StoreId.of(from.getStoreId().toArray()),
                from.getStoreEpoch(),
                from.getJournalSize(),
                Hash256.of(from.getJournalRoot().toArray()),
                from.getAuditSize(),
                Hash256.of(from.getAuditRoot().toArray()));
    }

    private static dev.bailiwick.schema.gen.RecordKind toWire(RecordKind kind) {
        return dev.bailiwick.schema.gen.RecordKind.valueOf(kind.name());
    }

    private static RecordKind ofWire(dev.bailiwick.schema.gen.RecordKind kind) {
        if (kind == dev.bailiwick.schema.gen.RecordKind._NOT_IN_SCHEMA) {
            throw new IllegalArgumentException("a record kind of a newer schema");
        }
        return RecordKind.valueOf(kind.name());
    }

    private static Optional<Hash256> hash(Data.Reader data) {
        return RecordCodec.bytes(data).map(Hash256::of);
    }
}
