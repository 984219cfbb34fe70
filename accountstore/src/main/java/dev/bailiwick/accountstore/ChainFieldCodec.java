package dev.bailiwick.accountstore;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.RecordId;
import java.time.Instant;
import java.util.Optional;
import org.capnproto.Data;
import org.capnproto.MessageBuilder;
import org.capnproto.MessageReader;
import org.capnproto.SegmentBuilder;
import org.capnproto.SegmentReader;
import org.capnproto.StructBuilder;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;
import org.capnproto.StructSize;

/**
 * The chain fields of each record struct. The structs share the fields by name, not by place, and no Java type; so the fields are
 * read and written by a table of their places, which a test holds against the generated accessors.
 */
final class ChainFieldCodec {
    private ChainFieldCodec() {}

    /**
     * Where one struct has its chain fields.
     *
     * @param schemaVersion in units of 4 bytes of the data section; the other numbers are in units of 8
     * @param recordId index in the pointer section, as are the two hashes
     */
    private record Places(
            int schemaVersion,
            int storeEpoch,
            int recordVersion,
            int policyEpoch,
            int createdAtMs,
            int updatedAtMs,
            int recordId,
            int previousHash,
            int contentHash) {}

    private static Places of(RecordKind kind) {
        int hash = kind.contentHashPointer();
        return switch (kind) {
            case ACCOUNT -> new Places(1, 3, 4, 5, 1, 2, 0, 9, hash);
            case RESOURCE_PROFILE -> new Places(25, 13, 14, 15, 16, 17, 4, 6, hash);
            case POLICY_PROFILE -> new Places(8, 5, 6, 7, 8, 9, 7, 8, hash);
            case ROLE_BINDING -> new Places(1, 2, 3, 4, 5, 6, 0, 4, hash);
            case EXTERNAL_BINDING -> new Places(2, 2, 3, 4, 5, 6, 10, 8, hash);
            case POLICY_VERSION, SEED_MANIFEST -> new Places(0, 1, 2, 3, 4, 5, 0, 4, hash);
            case CREDENTIAL -> new Places(1, 2, 3, 4, 5, 6, 0, 6, hash);
            case STORE_KEY -> new Places(0, 1, 2, 3, 4, 5, 0, 3, hash);
        };
    }

    /** Writes the fields into the root of a message, which is a struct of that kind already. */
    static void write(ChainFields from, RecordKind kind, MessageBuilder message) {
        message.getRoot(new Factory(of(kind))).write(from);
    }

    /** Writes one more field into a message that {@link #write} has written the others into. */
    static void writeContentHash(Hash256 hash, RecordKind kind, MessageBuilder message) {
        message.getRoot(new Factory(of(kind))).writeContentHash(hash);
    }

    /** The fields of a canonical record of that kind. */
    static ChainFields read(RecordKind kind, MessageReader canonical) {
        return canonical.getRoot(new Factory(of(kind))).read();
    }

    private static final class Factory extends StructFactory<Builder, Reader> {
        private final Places places;

        Factory(Places places) {
            this.places = places;
        }

        @Override
        public Reader constructReader(
                SegmentReader segment, int data, int pointers, int dataSize, short pointerCount, int nestingLimit) {
            return new Reader(places, segment, data, pointers, dataSize, pointerCount, nestingLimit);
        }

        @Override
        public Builder constructBuilder(
                SegmentBuilder segment, int data, int pointers, int dataSize, short pointerCount) {
            return new Builder(places, segment, data, pointers, dataSize, pointerCount);
        }

        @Override
        public StructSize structSize() {
            // The struct is there already, as large as its own factory made it; nothing asks for more.
            return new StructSize((short) 0, (short) 0);
        }

        @Override
        public Reader asReader(Builder builder) {
            return builder.asReader();
        }
    }

    private static final class Builder extends StructBuilder {
        private final Places places;

        Builder(Places places, SegmentBuilder segment, int data, int pointers, int dataSize, short pointerCount) {
            super(segment, data, pointers, dataSize, pointerCount);
            this.places = places;
        }

        void write(ChainFields from) {
            _setIntField(places.schemaVersion(), from.schemaVersion());
            _setLongField(places.storeEpoch(), from.storeEpoch());
            _setLongField(places.recordVersion(), from.recordVersion());
            _setLongField(places.policyEpoch(), from.policyEpoch());
            _setLongField(places.createdAtMs(), from.createdAt().toEpochMilli());
            _setLongField(places.updatedAtMs(), from.updatedAt().toEpochMilli());
            data(places.recordId(), from.recordId().toBytes());
            from.previousHash().ifPresent(hash -> data(places.previousHash(), hash.toBytes()));
            from.contentHash().ifPresent(this::writeContentHash);
        }

        void writeContentHash(Hash256 hash) {
            data(places.contentHash(), hash.toBytes());
        }

        private void data(int pointer, byte[] bytes) {
            _setPointerField(Data.factory, pointer, new Data.Reader(bytes));
        }

        Reader asReader() {
            return new Reader(places, segment, data, pointers, dataSize, pointerCount, Integer.MAX_VALUE);
        }
    }

    private static final class Reader extends StructReader {
        private final Places places;

        Reader(
                Places places,
                SegmentReader segment,
                int data,
                int pointers,
                int dataSize,
                short pointerCount,
                int nestingLimit) {
            super(segment, data, pointers, dataSize, pointerCount, nestingLimit);
            this.places = places;
        }

        ChainFields read() {
            return new ChainFields(
                    RecordId.of(data(places.recordId())),
                    _getIntField(places.schemaVersion()),
                    _getLongField(places.storeEpoch()),
                    _getLongField(places.recordVersion()),
                    _getLongField(places.policyEpoch()),
                    hash(places.previousHash()),
                    hash(places.contentHash()),
                    Instant.ofEpochMilli(_getLongField(places.createdAtMs())),
                    Instant.ofEpochMilli(_getLongField(places.updatedAtMs())));
        }

        private Optional<Hash256> hash(int pointer) {
            byte[] bytes = data(pointer);
            return bytes.length == 0 ? Optional.empty() : Optional.of(Hash256.of(bytes));
        }

        private byte[] data(int pointer) {
            return _getPointerField(Data.factory, pointer, null, 0, 0).toArray();
        }
    }
}
