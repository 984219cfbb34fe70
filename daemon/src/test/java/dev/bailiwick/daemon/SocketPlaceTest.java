package dev.bailiwick.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketPlaceTest {
    @TempDir
    Path directory;

    @Test
    void aMissingDirectoryIsMadePrivate() throws IOException {
        Path socket = directory.resolve("run/d.sock");

        SocketPlace.prepare(socket);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("run"))))
                .isEqualTo("rwx------");
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketIsLeftToTheListener() throws IOException {
        Path socket = directory.resolve("d.sock");
        bind(socket).close();

        SocketPlace.prepare(socket);

        assertThat(Files.exists(socket)).isTrue();
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("d.sock"), "precious");

        assertThatThrownBy(() -> SocketPlace.prepare(file)).hasMessageContaining("is not a socket");
        assertThat(file).hasContent("precious");
    }

    @Test
    void aPathThatNoSocketCanHaveIsRefused() {
        assertThatThrownBy(() -> SocketPlace.prepare(directory.resolve("x".repeat(110))))
                .hasMessageContaining("at most 100");
    }

    private static ServerSocketChannel bind(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }
}
