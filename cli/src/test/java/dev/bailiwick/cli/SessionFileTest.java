package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFileTest {
    @TempDir
    Path directory;

    private static SessionFile.Saved alice() {
        return new SessionFile.Saved(Path.of("/run/x/d.sock"), "alice", "a5".repeat(32));
    }

    @Test
    void whatIsKeptIsReadBack() {
        SessionFile file = new SessionFile(directory.resolve("a/session"));

        file.write(alice());

        SessionFile.Saved read = file.read().orElseThrow();
        assertThat(read.socket()).isEqualTo(alice().socket());
        assertThat(read.name()).isEqualTo("alice");
        assertThat(read.reference()).isEqualTo(alice().reference());
    }

    @Test
    void onlyItsOwnerCanReadIt() throws IOException {
        SessionFile file = new SessionFile(directory.resolve("a/session"));

        file.write(alice());

        assertThat(mode(file.path())).isEqualTo("rw-------");
        assertThat(mode(directory.resolve("a"))).isEqualTo("rwx------");
        try (var entries = Files.list(directory.resolve("a"))) {
            assertThat(entries).as("no draft stays behind").hasSize(1);
        }
    }

    @Test
    void aNewLoginReplacesTheSession() {
        SessionFile file = new SessionFile(directory.resolve("session"));
        file.write(alice());

        file.write(new SessionFile.Saved(Path.of("/s"), "bob", "00".repeat(32)));

        assertThat(file.read().orElseThrow().name()).isEqualTo("bob");
    }

    @Test
    void noFileIsNoSession() {
        assertThat(new SessionFile(directory.resolve("none")).read()).isEmpty();
    }

    @Test
    void aFileThatOthersCanReadIsRefused() throws IOException {
        SessionFile file = new SessionFile(directory.resolve("session"));
        file.write(alice());
        Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(file::read).isInstanceOf(CommandFailure.class).hasMessageContaining("others can read");
    }

    @Test
    void aFileOfSomethingElseIsRefused() throws IOException {
        Path path = directory.resolve("session");
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(path, "hello\n");

        assertThatThrownBy(() -> new SessionFile(path).read())
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("not a session file");
    }

    @Test
    void theReferenceIsNotInItsText() {
        assertThat(alice().toString()).doesNotContain("a5a5");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
