package dev.bailiwick.capnp.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.generics.Uses;
import dev.bailiwick.capnp.rpc.language.Colour;
import dev.bailiwick.capnp.rpc.language.Language;
import dev.bailiwick.capnp.rpc.language.LanguageFile;
import dev.bailiwick.capnp.rpc.language.Newer;
import dev.bailiwick.capnp.rpc.language.Note;
import dev.bailiwick.capnp.rpc.language.Older;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.capnproto.MessageBuilder;
import org.capnproto.Serialize;
import org.capnproto.StructBuilder;
import org.capnproto.StructFactory;
import org.capnproto.StructReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random values of a schema with every construct, through the stock tool and back. Many travel at once, as starting it is slow. */
@Tag("native-tools")
class EncodingTest {
    private static final Path SCHEMAS = Path.of("src/test/capnp");
    private static final int VALUES = 60;
    private static final int DEPTH = 3;

    private final long seed = Long.getLong("test.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final RandomValues values = new RandomValues(random);

    @TempDir
    Path folder = Path.of("");

    EncodingTest() {
        System.out.println("EncodingTest: rerun with -Dtest.seed=" + seed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json", "flat-packed"})
    void valuesTravelThroughTheStockTool(String format) throws Exception {
        assertTravels(Language.factory, "language.capnp", "Language", format);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void genericValuesTravelThroughTheStockTool(String format) throws Exception {
        assertTravels(Uses.factory, "generics.capnp", "Uses", format);
    }

    private <B extends StructBuilder, R extends StructReader> void assertTravels(
            StructFactory<B, R> factory, String schema, String type, String format) throws Exception {
        List<MessageBuilder> sent = random(factory);
        // Of these formats, one holds a single message.
        List<MessageBuilder> batch = format.startsWith("flat") ? sent.subList(0, 1) : sent;

        byte[] there = convert("binary:" + format, schema, type, framed(batch));
        byte[] back = convert(format + ":binary", schema, type, there);

        List<R> received = read(back, factory);
        assertThat(received).hasSameSizeAs(batch);
        for (int i = 0; i < batch.size(); i++) {
            assertThat(RandomValues.read(received.get(i)))
                    .as("value %d of seed %d", i, seed)
                    .isEqualTo(RandomValues.read(factory.asReader(batch.get(i).getRoot(factory))));
        }
    }

    @Test
    void theCanonicalFormHoldsTheSameValues() throws Exception {
        for (MessageBuilder message : random(Language.factory).subList(0, 5)) {
            Language.Builder language = message.getRoot(Language.factory);
            language.getAnyWithDefault().initAs(Note.factory).setText("any");

            byte[] canonical = convert("binary:canonical", "language.capnp", "Language", framed(List.of(message)));
            ByteBuffer framed = ByteBuffer.allocate(canonical.length + 8).order(ByteOrder.LITTLE_ENDIAN);
            framed.putInt(0).putInt(canonical.length / 8).put(canonical);

            Language.Reader read = read(framed.array(), Language.factory).getFirst();
            assertThat(RandomValues.read(read)).as("seed %d", seed).isEqualTo(RandomValues.read(language.asReader()));
            assertThat(read.getAnyWithDefault().getAs(Note.factory).getText()).hasToString("any");
        }
    }

    @Test
    void anOlderReaderReadsNewerData() throws Exception {
        List<MessageBuilder> sent = random(Newer.factory);
        List<Older.Reader> received = read(framed(sent), Older.factory);
        for (int i = 0; i < sent.size(); i++) {
            Newer.Reader newer = sent.get(i).getRoot(Newer.factory).asReader();
            Older.Reader older = received.get(i);
            assertThat(older.getName()).hasToString(newer.getName().toString());
            assertThat(older.getColour_code()).isEqualTo(newer.getColour_code());
            assertThat(older.getColour())
                    .isEqualTo(
                            switch (newer.getColour_code()) {
                                case 0 -> Older.Few.ONE;
                                case 1 -> Older.Few.TWO;
                                default -> Older.Few._NOT_IN_SCHEMA;
                            });
            assertThat(numbers(older)).isEqualTo(numbers(newer));
            assertThat(RandomValues.read(older.getTexts()))
                    .isEqualTo(IntStream.range(0, newer.getTexts().size())
                            .mapToObj(j -> newer.getTexts().get(j).getText().toString())
                            .toList());
            switch (newer.which()) {
                case A -> assertThat(older.getA()).isEqualTo(newer.getA());
                case B -> assertThat(older.getB()).hasToString(newer.getB().toString());
                case C, D -> assertThat(older.which()).isEqualTo(Older.Which._NOT_IN_SCHEMA);
                case _NOT_IN_SCHEMA -> throw new AssertionError("not a member");
            }
        }
    }

    @Test
    void aNewerReaderReadsOlderData() throws Exception {
        List<MessageBuilder> sent = random(Older.factory);
        byte[] ours = framed(sent);
        byte[] theirs = convert(
                "text:binary", "language.capnp", "Older", convert("binary:text", "language.capnp", "Older", ours));
        for (byte[] bytes : List.of(ours, theirs)) {
            List<Newer.Reader> received = read(bytes, Newer.factory);
            for (int i = 0; i < sent.size(); i++) {
                Older.Reader older = sent.get(i).getRoot(Older.factory).asReader();
                Newer.Reader newer = received.get(i);
                assertThat(newer.getName()).hasToString(older.getName().toString());
                assertThat(newer.getColour_code()).isEqualTo(older.getColour_code());
                assertThat(numbers(newer)).isEqualTo(numbers(older));
                for (int j = 0; j < newer.getTexts().size(); j++) {
                    assertThat(newer.getTexts().get(j).getText())
                            .hasToString(older.getTexts().get(j).toString());
                    assertThat(newer.getTexts().get(j).getLanguage()).hasToString("en");
                }
                assertThat(newer.which().name()).isEqualTo(older.which().name());
                assertThat(newer.getAdded().toArray()).containsExactly(1);
                assertThat(newer.getMore()).isEqualTo((short) 9);
                assertThat(newer.getInside().getColours().size()).isZero();
            }
        }
    }

    @Test
    void theStockToolReadsNewerDataAsWeDo() throws Exception {
        List<MessageBuilder> sent = random(Newer.factory).stream()
                .filter(message -> message.getRoot(Newer.factory).getColour_code() < 2)
                .filter(message -> message.getRoot(Newer.factory).which().compareTo(Newer.Which.B) <= 0)
                .toList();
        byte[] older = convert(
                "text:binary",
                "language.capnp",
                "Older",
                convert("binary:text", "language.capnp", "Older", framed(sent)));

        List<Older.Reader> theirs = read(older, Older.factory);
        List<Older.Reader> ours = read(framed(sent), Older.factory);
        assertThat(theirs).hasSameSizeAs(ours);
        for (int i = 0; i < theirs.size(); i++) {
            assertThat(RandomValues.read(theirs.get(i))).isEqualTo(RandomValues.read(ours.get(i)));
        }
    }

    @Test
    void whatNewerDataHoldsBesidesIsKeptWhenAnOlderProgramCopiesIt() throws Exception {
        MessageBuilder message = random(Newer.factory).getFirst();
        Newer.Builder newer = message.getRoot(Newer.factory);
        newer.initInside().setSize(77);
        MessageBuilder copy = new MessageBuilder();
        copy.setRoot(Older.factory, message.getRoot(Older.factory).asReader());

        assertThat(read(framed(List.of(copy)), Newer.factory)
                        .getFirst()
                        .getInside()
                        .getSize())
                .isEqualTo(77);
    }

    @Test
    void defaultsAreThoseTheStockToolSees() throws Exception {
        MessageBuilder empty = new MessageBuilder();
        Language.Reader defaults = empty.initRoot(Language.factory).asReader();
        assertThat(defaults.getAnyWithDefault().getAs(Note.factory).getText()).hasToString("common");
        assertThat(defaults.getStructWithDefault().getAs(Note.factory).getWeight())
                .isEqualTo(3);
        assertThat(defaults.getListWithDefault().getAs(Colour.listFactory).get(1))
                .isEqualTo(Colour.DARK_BLUE);
        assertThat(defaults.getPoint().getDeeper().getName()).hasToString("inside");
        assertThat(defaults.getPoint().getDeeper().getY()).isEqualTo((short) -6);
        assertThat(defaults.getNamed().getFirst()).isEqualTo(-1);
        assertThat(defaults.getDefaultNote().getText()).hasToString("hello");
        assertThat(defaults.getDefaultList().get(0).getText()).hasToString("common");
        assertThat(defaults.getDefaultGrid().get(2).get(1)).isEqualTo((short) 3);
        assertThat(defaults.getNotANumber()).isNaN();

        Language.Builder members = empty.getRoot(Language.factory);
        members.initBoth();
        assertThat(members.getBoth().getRight().get(0)).hasToString("r");
        assertThat(members.getAnyWithDefault().getAs(Note.factory).getText()).hasToString("common");
        members.getNamed().initThird();
        assertThat(members.asReader().getNamed().getThird().getA()).isTrue();

        // A builder that was asked for a default has it written down, so that the tool prints it.
        Language.Builder touched = new MessageBuilder().initRoot(Language.factory);
        touched.getDefaultNote();
        touched.getDefaultList();
        touched.getDefaultGrid();
        touched.getDefaultTexts();
        MessageBuilder written = new MessageBuilder();
        written.setRoot(Language.factory, touched.asReader());
        assertThat(new String(convert("binary:text", "language.capnp", "Language", framed(List.of(written))), UTF_8)
                        .replaceAll("\\s+", " "))
                .contains("defaultNote = (text = \"hello\", weight = 3)")
                .contains("defaultList = [ (text = \"common\", weight = 3), (weight = 4) ]")
                .contains("defaultGrid = [[1], [], [2, 3]]")
                .contains("defaultTexts = [\"a\", \"\", \"c\"]");
    }

    @Test
    void constantsAreWhatTheSchemaSays() {
        assertThat(LanguageFile.NOTE3.getText()).hasToString("hello");
        assertThat(LanguageFile.NOTE3.getWeight()).isEqualTo(3);
        assertThat(LanguageFile.NOTES.get(0).getText()).hasToString("common");
        assertThat(LanguageFile.COLOURS.get(1)).isEqualTo(Colour.DARK_BLUE);
        assertThat(LanguageFile.GRID.get(2).get(0)).isEqualTo((short) 2);
        assertThat(LanguageFile.WHOLE.getNamed().getSecond().getWeight()).isEqualTo(1);
        assertThat(LanguageFile.ANYTHING.getAs(Note.factory).getText()).hasToString("common");
        assertThat(Language.Inside.ANSWER).isEqualTo((byte) 42);
    }

    private static List<Integer> numbers(Older.Reader older) {
        return IntStream.range(0, older.getNumbers().size())
                .mapToObj(i -> older.getNumbers().get(i))
                .toList();
    }

    private static List<Integer> numbers(Newer.Reader newer) {
        return IntStream.range(0, newer.getNumbers().size())
                .mapToObj(i -> newer.getNumbers().get(i).getNumber())
                .toList();
    }

    private <B extends StructBuilder> List<MessageBuilder> random(StructFactory<B, ?> factory) {
        List<MessageBuilder> messages = new ArrayList<>();
        for (int i = 0; i < VALUES; i++) {
            MessageBuilder message = new MessageBuilder();
            values.fill(message.initRoot(factory), DEPTH);
            messages.add(message);
        }
        return messages;
    }

    private static byte[] framed(List<MessageBuilder> messages) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (MessageBuilder message : messages) {
            Serialize.write(Channels.newChannel(out), message);
        }
        return out.toByteArray();
    }

    private static <R extends StructReader> List<R> read(byte[] messages, StructFactory<?, R> factory)
            throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(messages);
        List<R> readers = new ArrayList<>();
        while (bytes.hasRemaining()) {
            readers.add(Serialize.read(bytes).getRoot(factory));
        }
        return readers;
    }

    private byte[] convert(String formats, String schema, String type, byte[] input)
            throws IOException, InterruptedException {
        Path stdin = Files.write(folder.resolve("in"), input);
        Path stderr = folder.resolve("err");
        Process process = new ProcessBuilder(
                        "capnp",
                        "convert",
                        formats,
                        "-I../compiler/src/main/capnp",
                        SCHEMAS.resolve(schema).toString(),
                        type)
                .redirectInput(stdin.toFile())
                .redirectError(stderr.toFile())
                .start();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as(() -> told(stderr)).isZero();
        return output;
    }

    private String told(Path stderr) {
        try {
            return "seed " + seed + ": " + Files.readString(stderr);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
