package dev.bailiwick.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.ProfileRef;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.capnproto.MessageBuilder;
import org.junit.jupiter.api.Test;

/** Canonical form, byte by byte. What stock tools make of the same messages is {@link CanonicalOracleTest}'s matter. */
class CanonicalTest {
    @Test
    void aStructIsRootPointerThenDataThenPointersThenTargets() {
        MessageBuilder message = new MessageBuilder();
        ProfileRef.Builder ref = message.initRoot(ProfileRef.factory);
        ref.setProfileId(new byte[] {1, 2, 3});
        ref.setEpoch(7);
        assertThat(hex(Canonical.of(message)))
                .isEqualTo(hex(
                        "00000000 0100 0100", // root: struct at offset 0, 1 data word, 1 pointer (the null versionId is
                        // trimmed)
                        "0700000000000000", // epoch
                        "01000000 1a000000", // profileId: list at offset 0, element size 2 (byte), 3 elements
                        "0102030000000000")); // its bytes, padded
    }

    @Test
    void trailingZerosAndNullsAreTrimmedAway() {
        MessageBuilder message = new MessageBuilder();
        message.initRoot(ProfileRef.factory).setEpoch(0);
        assertThat(hex(Canonical.of(message))).isEqualTo("fcffffff00000000");
        assertThat(hex(Canonical.ofSegments(segment("0000000000000000")))).isEqualTo("0000000000000000");
    }

    @Test
    void listElementsAreAsSmallAsTheLargestNeeds() {
        MessageBuilder message = new MessageBuilder();
        AccountRecord.Builder account = message.initRoot(AccountRecord.factory);
        var attributes = account.initAttributes(2);
        attributes.get(0).setName("a");
        attributes.get(1).setName("b");
        assertThat(hex(Canonical.of(message)))
                .isEqualTo(hex(
                        "00000000 0000 0600", // six pointers, the last of them set
                        "0000000000000000".repeat(5),
                        "01000000 17000000", // struct list of 2 words
                        "08000000 0000 0100", // tag: 2 elements of 0 data words and 1 pointer (value is trimmed)
                        "05000000 12000000", // "a"
                        "05000000 12000000", // "b"
                        "6100000000000000",
                        "6200000000000000"));
    }

    @Test
    void farPointersDisappear() {
        // A first segment of one word forces everything into later segments.
        MessageBuilder scattered = new MessageBuilder(1, org.capnproto.BuilderArena.AllocationStrategy.FIXED_SIZE);
        MessageBuilder whole = new MessageBuilder();
        fill(scattered.initRoot(AccountRecord.factory));
        fill(whole.initRoot(AccountRecord.factory));
        assertThat(scattered.getSegmentsForOutput().length).isGreaterThan(3);
        assertThat(whole.getSegmentsForOutput()).hasSize(1);
        assertThat(Canonical.of(scattered)).isEqualTo(Canonical.of(whole));
        assertThat(Canonical.isCanonical(Canonical.of(whole))).isTrue();
    }

    @Test
    void doubleFarPointersDisappear() {
        byte[] expected = words("0000000001000000", "0700000000000000");
        assertThat(Canonical.ofSegments(
                        segment("0600000001000000"), // double far: pad at word 0 of segment 1
                        segment("0200000002000000", "0000000001000000"), // content at word 0 of segment 2; tag
                        segment("0700000000000000")))
                .isEqualTo(expected);
    }

    @Test
    void whatIsReadBackIsWhatWasWritten() {
        MessageBuilder message = new MessageBuilder();
        fill(message.initRoot(AccountRecord.factory));
        AccountRecord.Reader account = Canonical.reader(Canonical.of(message)).getRoot(AccountRecord.factory);
        assertThat(account.getDisplayName().toString()).isEqualTo("Alice");
        assertThat(account.getRoles().get(1).toString()).isEqualTo("local-user");
    }

    @Test
    void droppingAPointerIsTheSameAsNeverHavingSetIt() {
        MessageBuilder with = new MessageBuilder();
        MessageBuilder without = new MessageBuilder();
        fill(with.initRoot(AccountRecord.factory));
        fill(without.initRoot(AccountRecord.factory));
        with.getRoot(AccountRecord.factory).setContentHash(new byte[32]);
        assertThat(Canonical.withoutPointer(Canonical.of(with), 10)).isEqualTo(Canonical.of(without));
        assertThat(Canonical.withoutPointer(Canonical.of(without), 10)).isEqualTo(Canonical.of(without));
    }

    @Test
    void capabilitiesAreRefused() {
        assertThatThrownBy(() -> Canonical.ofSegments(segment("0000000000000100", "0300000000000000")))
                .isInstanceOf(CanonicalException.class)
                .hasMessage("a canonical message cannot hold a capability");
    }

    @Test
    void malformedMessagesAreRefused() {
        assertRefused(); // no segment
        assertRefused(segment()); // empty segment
        assertRefused(segment("0000000001000000")); // struct beyond the end
        assertRefused(segment("f0ffffff01000000")); // before the start
        assertRefused(segment("0100000002000000")); // root is a list
        assertRefused(segment("0200000005000000")); // far into no segment
        assertRefused(segment("0000000000000100", "010000002f000000", "fcffff7f00000000", "00")); // element count lies
        assertRefused(ByteBuffer.allocate(12));
        // A list pointer to itself: every level is small, all of them together are endless.
        assertRefused(segment("0000000000000100", "f9ffffff0e000000", "f9ffffff0e000000"));
    }

    @Test
    void anyFlippedBitIsEitherRefusedOrChangesTheCanonicalBytesOrTheContent() {
        MessageBuilder message = new MessageBuilder();
        fill(message.initRoot(AccountRecord.factory));
        byte[] bytes = Canonical.of(message);
        Hash256 hash = ContentHash.ofRecord(1, bytes, 10);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(Canonical.isCanonical(flipped)
                            && ContentHash.ofRecord(1, flipped, 10).equals(hash))
                    .as("bit %d", bit)
                    .isFalse();
        }
    }

    @Test
    void theWalkAgreesWithWritingAnew() {
        MessageBuilder message = new MessageBuilder();
        fill(message.initRoot(AccountRecord.factory));
        byte[] canonical = Canonical.of(message);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = altered(canonical, random);
            boolean expected = isWrittenAnewTheSame(bytes);
            accepted += expected ? 1 : 0;
            if (Canonical.isCanonical(bytes) != expected) {
                throw new AssertionError("seed " + seed + ": the walk does not say " + expected + " of "
                        + HexFormat.of().formatHex(bytes));
            }
        }
        // Content that is altered within its place stays canonical, so both answers were tried.
        assertThat(accepted).isBetween(500, 49_500);
    }

    /** One to three words changed: a bit, a pointer's fields, or all of it; and now and then the end cut off or added to. */
    private static byte[] altered(byte[] canonical, Random random) {
        int words = canonical.length / 8;
        int length = random.nextInt(8) == 0 ? random.nextInt(words + 3) * 8 + random.nextInt(2) : canonical.length;
        byte[] bytes = Arrays.copyOf(canonical, length);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int changes = random.nextInt(3); changes >= 0 && length >= 8; changes--) {
            int at = random.nextInt(length / 8) * 8;
            long before = buffer.getLong(at);
            buffer.putLong(
                    at,
                    switch (random.nextInt(6)) {
                        case 0 -> 0;
                        case 1 -> random.nextLong();
                        case 2 -> buffer.getLong(random.nextInt(length / 8) * 8);
                        case 3 -> before + (random.nextInt(5) - 2L) * 4;
                        case 4 -> before + ((random.nextInt(9) - 4L) << (32 + random.nextInt(20)));
                        default -> before ^ (1L << random.nextInt(64));
                    });
        }
        return bytes;
    }

    private static boolean isWrittenAnewTheSame(byte[] bytes) {
        try {
            return Arrays.equals(Canonical.ofSegments(ByteBuffer.wrap(bytes)), bytes);
        } catch (CanonicalException refused) {
            return false;
        }
    }

    private static void fill(AccountRecord.Builder account) {
        account.setRecordId(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        account.setDisplayName("Alice");
        var roles = account.initRoles(2);
        roles.set(0, new org.capnproto.Text.Reader("guest"));
        roles.set(1, new org.capnproto.Text.Reader("local-user"));
        var attributes = account.initAttributes(2);
        attributes.get(0).setName("team");
        attributes.get(0).setValue("blue");
        attributes.get(1).setName("wing");
        account.getResourceProfile().setEpoch(3);
        account.setCreatedAtMs(1);
        account.setName("alice");
    }

    private static void assertRefused(ByteBuffer... segments) {
        assertThatThrownBy(() -> Canonical.ofSegments(segments)).isInstanceOf(CanonicalException.class);
    }

    private static ByteBuffer segment(String... words) {
        return ByteBuffer.wrap(words(words)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] words(String... words) {
        return HexFormat.of().parseHex(hex(words).length() % 16 == 0 ? hex(words) : hex(words) + "00".repeat(7));
    }

    private static String hex(String... words) {
        return String.join("", words).replace(" ", "");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
