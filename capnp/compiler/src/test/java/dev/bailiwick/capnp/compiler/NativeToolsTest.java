package dev.bailiwick.capnp.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.compiler.sample.Defaults;
import dev.bailiwick.capnp.compiler.sample.Everything;
import dev.bailiwick.capnp.compiler.sample.neighbour.Point;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.capnproto.MessageBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The generator and its types, held against the C++ implementation; the full check installs it. */
@Tag("native-tools")
class NativeToolsTest {
    @TempDir
    Path folder = Path.of("");

    @Test
    void everyModuleHasTheSourcesItsSchemaGenerates() throws Exception {
        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        List<String> check = new ArrayList<>(List.of("check", CommittedRequest.IMPORTS.toString()));
        check.addAll(modules());

        int exitCode = Main.run(check, InputStream.nullInputStream(), folder, new PrintStream(messages, true, UTF_8));

        assertThat(messages.toString(UTF_8)).isEmpty();
        assertThat(exitCode).isZero();
        assertThat(check).contains("../../schema");
    }

    @ParameterizedTest
    @EnumSource
    void committedRequestsAreThoseOfTheSchemaFiles(CommittedRequest request) throws Exception {
        assertThat(request.sources().request())
                .as(
                        "%s is out of date; write it anew with: capnp compile -I%s --src-prefix=%s -o- %s/*.capnp > %s",
                        request, CommittedRequest.IMPORTS, request.schemas, request.schemas, request.file())
                .isEqualTo(request.bytes());
    }

    @Test
    void staleSourcesAreNamed() throws Exception {
        Path module = sampleModule();
        List<String> arguments = List.of("generate", CommittedRequest.IMPORTS.toString(), module.toString());
        assertThat(Main.run(arguments, InputStream.nullInputStream(), folder, System.err))
                .isZero();
        Path generated = module.resolve("src/generated/java");
        assertThat(OutputTree.read(generated)).isEqualTo(OutputTree.read(CommittedRequest.SAMPLES.generated));
        Files.delete(generated.resolve("dev/bailiwick/capnp/compiler/sample/Empty.java"));
        Files.writeString(generated.resolve("dev/bailiwick/capnp/compiler/sample/Box.java"), "// mine\n");
        Files.writeString(generated.resolve("Extra.java"), "// mine too\n");

        ByteArrayOutputStream messages = new ByteArrayOutputStream();
        List<String> check = List.of("check", CommittedRequest.IMPORTS.toString(), module.toString());
        int exitCode = Main.run(check, InputStream.nullInputStream(), folder, new PrintStream(messages, true, UTF_8));

        assertThat(exitCode).isEqualTo(1);
        assertThat(messages.toString(UTF_8).lines().filter(line -> line.startsWith("stale: ")))
                .extracting(line -> line.substring(line.lastIndexOf('/') + 1))
                .containsExactlyInAnyOrder("Box.java", "Empty.java", "Extra.java");
    }

    @Test
    void stockToolsReadWhatJavaBuilt() throws Exception {
        String text = text("Everything", Messages.bytes(SampleMessage.build()));

        assertThat(text)
                .contains("uInt64 = 18446744073709551615")
                .contains("float64 = -1e-300")
                .contains("colour = darkBlue")
                .contains("class = \"first\"")
                .contains("matrix = [[10], [0, 11]]")
                .contains("tensor = [[[\"deep\"]]]")
                .contains("pointGrid = [[(x = 5, y = 6)]]")
                .contains("address = (street = \"Main\", number = 12, inner = (floor = -1))")
                .contains("both = (left = -9, right = \"right\")")
                .contains("third = (a = true, more = (c = \"c\"))");
    }

    /** Text and JSON cannot hold AnyPointer, so the trip is made with all other fields, and by both routes. */
    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void valuesSurviveTheTripThroughStockTools(String format) throws Exception {
        MessageBuilder message = SampleMessage.build();
        Everything.Builder everything = message.getRoot(Everything.factory);
        everything.getAnything().clear();
        everything.getBox().getKey().clear();
        everything.getBox().initEntries(0);
        everything.getChoices().get(8).setNumber(1);
        byte[] there = Messages.bytes(message);

        byte[] printed = Capnp.convert("binary:" + format, "Everything", there);
        byte[] back = Capnp.convert(format + ":binary", "Everything", printed);

        // The tool spells one message one way, so equal text means equal values in every field.
        assertThat(text("Everything", back)).isEqualTo(text("Everything", there));
        Everything.Reader reader = Messages.read(back, Everything.factory);
        assertThat(reader.getUInt64()).isEqualTo(-1L);
        assertThat(reader.getLists().getTensor().get(0).get(0).get(0)).hasToString("deep");
        assertThat(reader.getChoices().get(10).getNamed().getThird().getMore().getC())
                .hasToString("c");
    }

    @Test
    void canonicalFormIsReadLikeAnyOther() throws Exception {
        byte[] canonical = Capnp.convert("binary:canonical", "Everything", Messages.bytes(SampleMessage.build()));
        byte[] framed = Capnp.convert("canonical:binary", "Everything", canonical);

        SampleMessage.verify(Messages.read(framed, Everything.factory));
    }

    @Test
    void stockToolsSeeTheDefaultsThatJavaSees() throws Exception {
        MessageBuilder empty = new MessageBuilder();
        empty.initRoot(Defaults.factory);
        byte[] printed = Capnp.convert("binary:text", "Defaults", Messages.bytes(empty));
        byte[] spelledOut = Capnp.convert("text:binary", "Defaults", printed);
        GeneratedTypesTest.verifyDefaults(Messages.read(spelledOut, Defaults.factory));

        // Null pointers are not printed, so a builder is made to write its defaults down.
        MessageBuilder touched = new MessageBuilder();
        Defaults.Builder builder = touched.initRoot(Defaults.factory);
        builder.setText(builder.asReader().getText());
        builder.getPoint();
        builder.getNumbers();
        builder.getWords();
        builder.getPoints();
        builder.getMatrix();
        builder.getChoice();
        builder.getColours();
        builder.getFlags();
        assertThat(text("Defaults", Messages.bytes(touched)))
                .contains("int64 = -6400000000", "uInt64 = 18446744073709551615", "infinite = inf", "colour = darkBlue")
                .contains("text = \"grüß \\\"dich\\\"\\n\"", "point = (x = 3, y = -4)", "numbers = [1, -2, 3]")
                .contains("words = [\"one\", \"two\"]", "points = [(x = 1, y = 2), (x = 3, y = 4)]")
                .contains("matrix = [[1], [], [2, 3]]", "colours = [green, red]", "flags = [true, false, true]")
                .contains("choice = ( common = 7, both = (left = 1, right = \"r\"), named = (second = \"s\") )");
    }

    @Test
    void constantsAreWhatTheStockToolEvaluates() throws Exception {
        assertThat(Messages.read(Capnp.evaluate("origin", "binary"), Point.factory)
                        .getY())
                .isEqualTo((short) 1);
        assertThat(new String(Capnp.evaluate("primes", "text"), UTF_8)).isEqualTo("[2, 3, 5, 7]\n");
    }

    private static String text(String type, byte[] message) throws IOException, InterruptedException {
        return new String(Capnp.convert("binary:text", type, message), UTF_8).replaceAll("\\s+", " ");
    }

    private static List<String> modules() throws IOException {
        try (Stream<Path> poms = Files.find(Path.of("../.."), 3, (path, a) -> path.endsWith("pom.xml"))) {
            return poms.map(pom -> String.valueOf(pom.getParent())).sorted().toList();
        }
    }

    private Path sampleModule() throws IOException {
        Path schemas = Files.createDirectories(folder.resolve("module/src/main/capnp"));
        try (Stream<Path> samples = Files.list(CommittedRequest.SAMPLES.schemas)) {
            for (Path sample : (Iterable<Path>) samples::iterator) {
                Files.copy(sample, schemas.resolve(String.valueOf(sample.getFileName())));
            }
        }
        return folder.resolve("module");
    }
}
