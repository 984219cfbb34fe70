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
    void capabilitiesInAFileThatSaysItHasNone() throws Exception {
        String dataOnly = PACKAGE + "$import \"/capnp/java.capnp\".dataOnly;\n";
        assertRefused(dataOnly + "interface A {}", "A is an interface, but its file is $Java.dataOnly");
        assertRefused(
                dataOnly + "struct A { b @0 :List(Capability); }",
                "A.b can hold a capability, but its file is $Java.dataOnly");
    }

    @Test
    void oneInterfaceInheritedWithDifferentTypeArguments() throws Exception {
        assertRefused(
                PACKAGE + "interface A(T) {}\ninterface B extends(A(Text)) {}\ninterface C extends(A(Data), B) {}",
                "C extends test.capnp:A twice, with different type arguments");
    }

    @Test
    void twoGenericInterfacesOfOneNameInheritedWithDifferentTypeArguments() throws Exception {
        assertRefused(
                PACKAGE + "struct X { interface A(T) {} }\nstruct Y { interface A(T) {} }\n"
                        + "interface C extends(X.A(Data), Y.A(Text)) {}",
                "C extends two generic interfaces of one name with different type arguments");
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
