package dev.bailiwick.capnp.compiler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What no Java is generated for is refused by name, with what to do instead, and nothing is written. */
@Tag("native-tools")
class RefusalTest {
    private static final String PACKAGE = "$import \"/capnp/java.capnp\".package(\"example\");\n";

    @TempDir
    Path module = Path.of("");

    @Test
    void aFileWithoutAPackage() throws Exception {
        assertRefused("struct A {}", "test.capnp needs a `using Java = import");
    }

    @Test
    void aPackageThatIsNone() throws Exception {
        assertRefused(
                "$import \"/capnp/java.capnp\".package(\"not a package\");\nstruct A {}",
                "$Java.package(\"not a package\") is not a Java package name");
    }

    @Test
    void looseConstantsWithoutAClassToPutThemIn() throws Exception {
        assertRefused(PACKAGE + "const a :Int8 = 1;", "needs a `$Java.outerClassname");
    }

    @Test
    void anOuterClassThatATypeHasTaken() throws Exception {
        assertRefused(
                PACKAGE + "$import \"/capnp/java.capnp\".outerClassname(\"A\");\nstruct A {}\nconst a :Int8 = 1;",
                "example/A.java would be written twice");
    }

    @Test
    void aTypeNamedLikeWhatEveryStructDeclares() throws Exception {
        assertRefused(PACKAGE + "struct A { struct Reader {} }", "the Java name Reader for `Reader` is already taken");
        assertRefused(PACKAGE + "struct Builder {}", "the Java name Builder for `Builder` is already taken");
        assertRefused(
                PACKAGE + "struct A { which :group { a @0 :Int8; } }",
                "the Java name Which for `which` is already taken");
    }

    @Test
    void aTypeInsideOneOfTheSameName() throws Exception {
        assertRefused(PACKAGE + "struct A { b :group { c @0 :Int8; } struct B {} }", "the Java name B for `B`");
        assertRefused(PACKAGE + "struct A { struct B { struct A {} } }", "inside a class of the same name");
    }

    @Test
    void namesThatOnlyDifferBeforeTheyBecomeJava() throws Exception {
        assertRefused(PACKAGE + "struct A { const tYPEID :Int8 = 1; const typeId :Int8 = 1; }", "TYPE_ID");
    }

    @Test
    void streamingMethods() throws Exception {
        assertRefused(
                PACKAGE + "interface A { b @0 (c :Data) -> stream; }", "A.b: streaming methods are not supported");
    }

    @Test
    void methodsThatShareAName() throws Exception {
        assertRefused(
                PACKAGE + "interface A { a @0 (); }\ninterface B extends(A) { a @0 (); }", "B has two methods named a");
    }

    @Test
    void listsOfListsOfCapabilities() throws Exception {
        assertRefused(
                PACKAGE + "interface A {}\nstruct B { c @0 :List(List(A)); }",
                "lists of lists of capabilities are not supported");
    }

    @Test
    void typesOfAFileThatHasNoPackage() throws Exception {
        Path elsewhere = Files.createDirectories(module.resolve("src/main/capnp/elsewhere"));
        Files.writeString(elsewhere.resolve("foreign.capnp"), "@0xe9f5a3f0b1c2d3aa;\nstruct Foreign {}\n");
        assertRefused(
                PACKAGE + "struct A { b @0 :import \"elsewhere/foreign.capnp\".Foreign; }",
                "foreign.capnp:Foreign; its file needs");
    }

    private void assertRefused(String schema, String reason) throws IOException, InterruptedException {
        Path schemas = Files.createDirectories(module.resolve("src/main/capnp"));
        Files.writeString(schemas.resolve("test.capnp"), "@0xe9f5a3f0b1c2d3ff;\n" + schema + "\n");
        ByteArrayOutputStream messages = new ByteArrayOutputStream();

        int exitCode = Main.run(
                List.of("generate", CommittedRequest.IMPORTS.toString(), module.toString()),
                InputStream.nullInputStream(),
                module,
                new PrintStream(messages, true, UTF_8));

        assertThat(messages.toString(UTF_8)).startsWith("capnp-compiler: ").contains(reason);
        assertThat(exitCode).isEqualTo(1);
        assertThat(module.resolve("src/generated")).doesNotExist();
    }
}
