package dev.bailiwick.cli;

import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.RecordKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.capnproto.Data;

/** Reads versions of records of any kind. Stateless. */
final class RecordVersions {
    private static final int PAGE = 1000;
    private static final int ALL = 1024;

    private RecordVersions() {}

    /**
     * The newest versions of a record, oldest first, each with what it says otherwise than the one before.
     *
     * @param sequence as of this journal entry, 0 for now
     */
    static Json.Arr history(AccountStoreReader.Client reader, RecordKind kind, byte[] recordId, long sequence) {
        return Differences.of(versions(reader, kind, recordId, sequence, ALL), Texts.enumName(kind));
    }

    /** One version of a record with the entry that wrote it; empty if there was none then. */
    static Optional<Json.Obj> at(AccountStoreReader.Client reader, RecordKind kind, byte[] recordId, long sequence) {
        return Shapes.found(() -> versions(reader, kind, recordId, sequence, 1))
                .map(versions -> versions.objects().getFirst());
    }

    private static Json.Arr versions(
            AccountStoreReader.Client reader, RecordKind kind, byte[] recordId, long sequence, int limit) {
        var request = reader.versionsRequest();
        request.params().setKind(kind);
        request.params().setRecordId(recordId);
        request.params().setAtSequence(sequence);
        request.params().setLimit(limit);
        try (var response = request.send().join()) {
            return Shapes.versions(response.get().getResult());
        }
    }

    /** All records of a kind as they were; those that were not there yet are left out. */
    static List<Json.Obj> all(AccountStoreReader.Client reader, RecordKind kind, long sequence) {
        List<Json.Obj> versions = new ArrayList<>();
        byte[] after = {};
        do {
            var request = reader.recordsRequest();
            request.params().setKind(kind);
            request.params().setAfter(after);
            request.params().setLimit(PAGE);
            try (var response = request.send().join()) {
                for (Data.Reader id : response.get().getIds()) {
                    at(reader, kind, id.toArray(), sequence).ifPresent(versions::add);
                }
                after = response.get().getNext().toArray();
            }
        } while (after.length > 0);
        return versions;
    }

    /** The records of a kind that are or were a principal's. */
    static List<byte[]> of(AccountStoreReader.Client reader, RecordKind kind, byte[] principalId) {
        List<byte[]> ids = new ArrayList<>();
        var request = reader.recordsRequest();
        request.params().setKind(kind);
        request.params().setPrincipalId(principalId);
        request.params().setLimit(PAGE);
        try (var response = request.send().join()) {
            for (Data.Reader id : response.get().getIds()) {
                ids.add(id.toArray());
            }
        }
        return ids;
    }

    /** The bytes of a record id in text form. */
    static byte[] id(String text) {
        try {
            return RecordId.parse(text).toBytes();
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage("\"" + text + "\" is no record id", "'record list KIND' prints them");
        }
    }

    static CommandFailure notThen() {
        return CommandFailure.of(
                ExitStatus.NOT_FOUND,
                "not-found",
                "there was no such record then",
                "its history shows when it was made");
    }
}
