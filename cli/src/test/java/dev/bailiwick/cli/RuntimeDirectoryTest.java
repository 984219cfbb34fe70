package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeDirectoryTest {
    @TempDir
    Path xdg;

    @Test
    void theUsersOwnRuntimeDirectoryComesFirst() {
        RuntimeDirectory runtime = new RuntimeDirectory(
                TestHost.host().with("XDG_RUNTIME_DIR", xdg.toString()).build());

        assertThat(runtime.socketToServe()).isEqualTo(xdg.resolve("bailiwick/bailiwickd.sock"));
        assertThat(runtime.sessionFile()).isEqualTo(xdg.resolve("bailiwick/user-1000/session"));
    }

    @Test
    void withoutOneTheSystemsIsMeant() {
        RuntimeDirectory runtime = new RuntimeDirectory(TestHost.host().build());

        assertThat(runtime.socketToServe()).isEqualTo(Path.of("/run/bailiwick/bailiwickd.sock"));
        assertThat(runtime.sessionFile()).isEqualTo(Path.of("/run/bailiwick/user-1000/session"));
    }

    @Test
    void variablesNameThePlacesThemselves() {
        RuntimeDirectory runtime = new RuntimeDirectory(TestHost.host()
                .with("XDG_RUNTIME_DIR", xdg.toString())
                .with("BAILIWICK_SOCKET", "/x/s")
                .with("BAILIWICK_SESSION", "/x/me")
                .build());

        assertThat(runtime.socketToServe()).isEqualTo(Path.of("/x/s"));
        assertThat(runtime.socketToConnect()).isEqualTo(Path.of("/x/s"));
        assertThat(runtime.sessionFile()).isEqualTo(Path.of("/x/me"));
    }

    @Test
    void aUsersOwnDaemonIsPreferred() throws IOException {
        Path own = Files.createDirectories(xdg.resolve("bailiwick")).resolve("bailiwickd.sock");
        Files.createFile(own);
        RuntimeDirectory runtime = new RuntimeDirectory(
                TestHost.host().with("XDG_RUNTIME_DIR", xdg.toString()).build());

        assertThat(runtime.socketToConnect()).isEqualTo(own);
    }
}
