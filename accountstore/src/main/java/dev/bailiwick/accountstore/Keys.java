package dev.bailiwick.accountstore;

import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.NameSkeleton;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Keys of the tables. Numbers are big-endian, so that byte order is numeric order.
 *
 * <pre>
 * RECORDS, CHANGES   kind 1 | record id 16 | version 8
 * HEADS              kind 1 | record id 16
 * JOURNAL, AUDIT     sequence 8
 * *_TREE             level 1 | index 8
 * INDEX              type 1 | key, see {@link Index}
 * </pre>
 */
final class Keys {
    static final int HEAD_BYTES = 1 + Id128.BYTES;
    static final int RECORD_BYTES = HEAD_BYTES + Long.BYTES;

    private static final VarHandle NUMBERS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Keys() {}

    /** What an index row's key consists of after the type; values are record ids unless stated. */
    enum Index {
        /** nameKey: account. */
        NAME('n'),
        /** nameSkeleton: account. */
        SKELETON('k'),
        /** nameKey, 0, record id, version: account that has or had the name, from that version of it on; value is its record id. */
        NAMED('h'),
        /** principalId: account. */
        PRINCIPAL('p'),
        /** role, 0, principalId: active role binding. */
        MEMBER('m'),
        /** principalId, role: role binding in any state. */
        ROLE('r'),
        /** provider, 0, subjectHash: external binding. */
        SUBJECT('s'),
        /** bindingId: external binding. */
        BINDING('b'),
        /** name: resource profile. */
        RESOURCE_PROFILE_NAME('q'),
        /** name: policy profile. */
        POLICY_PROFILE_NAME('a'),
        /** profileId: kind 1, record id. */
        PROFILE('f'),
        /** versionId: kind 1, record id, version 8; every version of profiles and of the policy. */
        VERSION('v'),
        /** nothing: the record of the policy. */
        POLICY('o'),
        /** nothing: the record of the store's key. */
        STORE_KEY('y'),
        /** name of a service: its account. */
        SERVICE('w');

        private final byte code;

        Index(char code) {
            this.code = (byte) code;
        }

        byte code() {
            return code;
        }
    }

    static byte[] head(RecordKind kind, RecordId record) {
        return ByteBuffer.allocate(HEAD_BYTES)
                .put((byte) kind.code())
                .put(record.toBytes())
                .array();
    }

    static byte[] record(RecordKind kind, RecordId record, long version) {
        return ByteBuffer.allocate(RECORD_BYTES)
                .put((byte) kind.code())
                .put(record.toBytes())
                .putLong(version)
                .array();
    }

    /** The version in a key that {@link #record} made. */
    static long versionOf(byte[] key) {
        return (long) NUMBERS.get(key, HEAD_BYTES);
    }

    /** The end, exclusive, of the rows that start with {@code prefix}, which is not all 0xff. */
    static byte[] endOf(byte[] prefix) {
        byte[] end = prefix.clone();
        int last = end.length - 1;
        while (end[last] == (byte) 0xff) {
            last--;
        }
        end[last]++;
        return Arrays.copyOf(end, last + 1);
    }

    static byte[] number(long value) {
        byte[] number = new byte[Long.BYTES];
        NUMBERS.set(number, 0, value);
        return number;
    }

    /** The number that {@link #number} made this of. */
    static long numberOf(byte[] number) {
        return numberAt(number, 0);
    }

    /** The number in the eight bytes from {@code offset} on. */
    static long numberAt(byte[] bytes, int offset) {
        return (long) NUMBERS.get(bytes, offset);
    }

    static byte[] node(int level, long index) {
        byte[] node = new byte[1 + Long.BYTES];
        node[0] = (byte) level;
        NUMBERS.set(node, 1, index);
        return node;
    }

    /** Whether {@code key} is what {@link #node} makes of these. */
    static boolean isNode(byte[] key, int level, long index) {
        return key.length == 1 + Long.BYTES && key[0] == (byte) level && (long) NUMBERS.get(key, 1) == index;
    }

    static byte[] name(NameKey name) {
        return index(Index.NAME, name.toBytes());
    }

    static byte[] skeleton(NameSkeleton skeleton) {
        return index(Index.SKELETON, skeleton.toBytes());
    }

    /** What the keys of all that have or had this name begin with. */
    static byte[] named(NameKey name) {
        return index(Index.NAMED, name.toBytes(), new byte[1]);
    }

    static byte[] named(NameKey name, RecordId record, long version) {
        return index(Index.NAMED, name.toBytes(), new byte[1], record.toBytes(), number(version));
    }

    static byte[] principal(PrincipalId principal) {
        return index(Index.PRINCIPAL, principal.toBytes());
    }

    static byte[] members(String role) {
        return index(Index.MEMBER, utf8(role), new byte[1]);
    }

    static byte[] member(String role, PrincipalId principal) {
        return index(Index.MEMBER, utf8(role), new byte[1], principal.toBytes());
    }

    static byte[] roles(PrincipalId principal) {
        return index(Index.ROLE, principal.toBytes());
    }

    static byte[] role(PrincipalId principal, String role) {
        return index(Index.ROLE, principal.toBytes(), utf8(role));
    }

    static byte[] subject(String provider, Hash256 subjectHash) {
        return index(Index.SUBJECT, utf8(provider), new byte[1], subjectHash.toBytes());
    }

    static byte[] binding(BindingId binding) {
        return index(Index.BINDING, binding.toBytes());
    }

    static byte[] profileName(RecordKind kind, String name) {
        return index(profileNames(kind), utf8(name));
    }

    static Index profileNames(RecordKind kind) {
        return kind == RecordKind.RESOURCE_PROFILE ? Index.RESOURCE_PROFILE_NAME : Index.POLICY_PROFILE_NAME;
    }

    static byte[] profile(ProfileId profile) {
        return index(Index.PROFILE, profile.toBytes());
    }

    static byte[] version(VersionId version) {
        return index(Index.VERSION, version.toBytes());
    }

    static byte[] policy() {
        return index(Index.POLICY);
    }

    static byte[] service(String name) {
        return index(Index.SERVICE, utf8(name));
    }

    static byte[] storeKey() {
        return index(Index.STORE_KEY);
    }

    static byte[] index(Index type, byte[]... parts) {
        int length = 1;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer key = ByteBuffer.allocate(length).put(type.code());
        for (byte[] part : parts) {
            key.put(part);
        }
        return key.array();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
