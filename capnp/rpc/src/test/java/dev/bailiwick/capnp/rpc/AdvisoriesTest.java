package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.kinds.Kinds;
import dev.bailiwick.capnp.rpc.wire.Exception;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.capnproto.AnyPointer;
import org.capnproto.DecodeException;
import org.capnproto.TextList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The classes of bug that Cap'n Proto's published security advisories tell of, each as a message that would set it off. The
 * advisories are of the C++ implementation; what of them can be sent to this one is here, and the rest is listed in
 * {@code docs/rpc-hostile-peers.md} with the reason why it cannot.
 */
class AdvisoriesTest {
    private static final int MOST_ELEMENTS = (1 << 29) - 1;

    private static ByteBuffer framed(long[]... segments) {
        int header = (4 + segments.length * 4 + 7) & ~7;
        int words = 0;
        for (long[] segment : segments) {
            words += segment.length;
        }
        ByteBuffer bytes = ByteBuffer.allocate(header + words * 8).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0, segments.length - 1);
        int at = header;
        for (int i = 0; i < segments.length; i++) {
            bytes.putInt(4 + i * 4, segments[i].length);
            for (long word : segments[i]) {
                bytes.putLong(at, word);
                at += 8;
            }
        }
        return bytes;
    }

    private static ValidatedMessage decoded(long... words) {
        return ValidatedMessage.framed(framed(words), Limits.DEFAULT);
    }

    private static void expectRefusal(String reason, long... words) {
        assertThatThrownBy(() -> decoded(words))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining(reason);
    }

    // ---- CVE-2015-2310, advisory 2015-03-02-0: integer overflow in pointer validation

    @Test
    void sizesThatOverflowThirtyTwoBitsDoNotWrapIntoBounds() {
        for (int size = Wire.BIT; size <= Wire.POINTER; size++) {
            expectRefusal("leads outside", Wire.list(0, size, MOST_ELEMENTS), 0, 0);
        }
        // 2^16 elements of 2^16 words are 2^32 words, which is none in 32 bits.
        expectRefusal(
                "beyond its end", Wire.list(0, Wire.COMPOSITE, 1), Wire.compositeTag(1 << 16, 1 << 15, 1 << 15), 0);
        expectRefusal("beyond its end", Wire.list(0, Wire.COMPOSITE, 1), Wire.compositeTag(1 << 29, 4, 4), 0);
        expectRefusal("leads outside", Wire.list(0, Wire.COMPOSITE, MOST_ELEMENTS), Wire.compositeTag(1, 1, 0), 0);
    }

    @Test
    void offsetsThatOverflowDoNotWrapIntoBounds() {
        expectRefusal("leads outside", Wire.struct(MOST_ELEMENTS, 1, 0), 0);
        expectRefusal("leads outside", Wire.struct(-(1 << 29), 1, 0), 0);
        expectRefusal("leads outside", Wire.list(MOST_ELEMENTS, 5, MOST_ELEMENTS), 0);
    }

    // ---- CVE-2015-2311, advisory 2015-03-02-1: integer underflow for a text without its end

    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void aTextWithoutItsEndIsRefusedInACopyToo(int length) {
        long[] words = new long[42];
        words[0] = Wire.struct(0, 0, 40);
        words[1] = Wire.list(39, 2, length);
        words[41] = 0x6162636465666768L;
        Kinds.Reader kinds = decoded(words).root(Kinds.factory);
        assertThat(kinds.hasText()).isTrue();
        assertThatThrownBy(kinds::getText).isInstanceOf(DecodeException.class);
        Kinds.Builder builder = Draft.call().content().initAs(Kinds.factory);
        builder.setSelf(kinds);
        assertThatThrownBy(() -> builder.getSelf().getText().toString())
                .as("the check that was missing: a text got from a message being built")
                .isInstanceOf(DecodeException.class);
    }

    // ---- CVE-2015-2312, advisory 2015-03-02-2: a list of elements without size; and 2015-03-05-0: measuring such a
    // list

    @Test
    void elementsThatTakeNoRoomAreCounted() {
        int allowed = MessageValidator.SMALL_CHANGE + Limits.DEFAULT.amplification();
        expectRefusal("too often", Wire.list(0, Wire.VOID, MOST_ELEMENTS));
        expectRefusal("too often", Wire.list(0, Wire.VOID, allowed + 1));
        assertThat(decoded(Wire.list(0, Wire.VOID, allowed))).isNotNull();
        expectRefusal("too often", Wire.list(0, Wire.COMPOSITE, 0), Wire.compositeTag((1 << 30) - 1, 0, 0));
    }

    @Test
    void whatCopiesAListOfNothingsNeverSeesALongOne() {
        ValidatedMessage message =
                decoded(Wire.list(0, Wire.COMPOSITE, 0), Wire.compositeTag(MessageValidator.SMALL_CHANGE, 0, 0));
        Draft draft = Draft.call();
        DeepCopy.pointer(draft.first(), draft.contentWord(), message.root(AnyPointer.factory));
        assertThat(Frames.bytes(draft.segments())).isLessThan(1024);
    }

    @Test
    void oneObjectReachedManyTimesIsCountedEachTime() {
        long[] words = new long[1 + 64 + 1024];
        words[0] = Wire.list(0, Wire.POINTER, 64);
        for (int i = 0; i < 64; i++) {
            words[1 + i] = Wire.list(63 - i, 5, 1024);
        }
        expectRefusal("too often", words);
    }

    // ---- CVE-2017-7892, advisory 2017-04-17-0: a far pointer whose offset wraps round

    @Test
    void farPointersThatWrapRoundAreRefused() {
        expectRefusal("leads outside", Wire.far(0, MOST_ELEMENTS));
        expectRefusal("leads outside", Wire.far(0, MOST_ELEMENTS) | 4);
        expectRefusal("names segment", Wire.far(-1, 0));
        expectRefusal("leads outside", Wire.far(0, 1) | 4, Wire.far(0, MOST_ELEMENTS), Wire.list(0, 5, 1));
        expectRefusal("leads outside", Wire.far(0, 2) | 4, 0, Wire.far(0, 1)); // its second word is missing
    }

    // ---- CVE-2022-46149, advisory 2022-11-30-0: a list of structs taken for a list of pointers, and copied by itself

    @Test
    void aListOfStructsTakenForPointersIsReadAndCopiedWithinItsBounds() {
        for (int data = 0; data <= 3; data++) {
            for (int pointers = 1; pointers <= 3; pointers++) {
                expectTexts(data, pointers, 5);
            }
        }
    }

    /** A list of structs, each with a text behind its data, that ends with the message. */
    private static void expectTexts(int data, int pointers, int elements) {
        int step = data + pointers;
        int end = 1 + 1 + 1 + elements * step; // root, one pointer, tag
        long[] words = new long[end + 1];
        words[0] = Wire.list(0, Wire.COMPOSITE, elements * step);
        words[1] = Wire.compositeTag(elements, data, pointers);
        int text = words.length - 1;
        words[text] = 'x';
        for (int i = 0; i < elements; i++) {
            int at = 2 + i * step;
            for (int j = 0; j < data; j++) {
                words[at + j] = -1; // reads as a pointer that leads outside
            }
            words[at + data] = Wire.list(text - (at + data) - 1, 2, 2);
        }
        TextList.Reader read = decoded(words).root(TextList.factory);
        assertThat(texts(read)).isEqualTo(List.of("x", "x", "x", "x", "x"));
        Kinds.Builder copy = Draft.call().content().initAs(Kinds.factory);
        copy.setTexts(read);
        assertThat(texts(copy.asReader().getTexts())).isEqualTo(List.of("x", "x", "x", "x", "x"));
    }

    private static List<String> texts(TextList.Reader list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.toString()));
        return texts;
    }

    // ---- advisory 2026-03-12-0, and of 2026-07-09 the message size: the table of segments

    @Test
    void theTableOfSegmentsDoesNotOverflow() {
        ByteBuffer everything = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        everything.putInt(0, -1).putInt(4, -1);
        assertThatThrownBy(() -> new FrameReader(Limits.DEFAULT).feed(everything, view -> {}))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("4294967296 segments");
        // Sixteen segments whose sizes in bytes add up to 2^32 and a word, which is a word in 32 bits.
        ByteBuffer wrapping = ByteBuffer.allocate(8 + 64).order(ByteOrder.LITTLE_ENDIAN);
        wrapping.putInt(0, 15);
        for (int i = 0; i < 16; i++) {
            wrapping.putInt(4 + i * 4, i == 0 ? (1 << 25) + 1 : 1 << 25);
        }
        assertThatThrownBy(() -> new FrameReader(Limits.DEFAULT).feed(wrapping, view -> {}))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("longer than the limit");
    }

    // ---- advisory 2026-07-09: exception types that do not exist

    @ParameterizedTest
    @ValueSource(shorts = {4, 100, Short.MAX_VALUE, -1, Short.MIN_VALUE})
    void anExceptionOfATypeThatDoesNotExistIsAFailure(short type) {
        Draft draft = Draft.plain(16);
        draft.root().initAs(Exception.factory).setReason("odd");
        ByteBuffer bytes = Streams.bytes(draft);
        bytes.putShort(8 + 8 + 4, type); // frame, root pointer, and the type's place among the data
        RpcException read = WireExceptions.read(
                ValidatedMessage.framed(bytes, Limits.DEFAULT).root(Exception.factory));
        assertThat(read.type()).isEqualTo(RpcException.Type.FAILED);
        assertThat(read).hasMessage("odd");
    }

    // ---- not an advisory, but known of the runtime: an out-of-bounds struct used to be read as garbage

    @Test
    void structsBeyondWhatTheRuntimeCountsToAreRefused() {
        int most = MessageValidator.LONGEST_SECTION;
        long[] words = new long[1 + most + 1];
        words[0] = Wire.struct(0, 0, most);
        assertThat(decoded(words)).isNotNull();
        words[0] = Wire.struct(0, 0, most + 1);
        expectRefusal("cannot be read here", words);
        words[0] = Wire.struct(0, most + 1, 0);
        expectRefusal("cannot be read here", words);
    }
}
