package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A peer that breaks the protocol loses its own connection and nobody else's. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PeerTest {
    @TempDir
    Path directory;

    private static ByteBuffer words(int... words) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int word : words) {
            bytes.putInt(word);
        }
        return bytes.flip();
    }

    /** Sends those bytes; whatever comes back comes to an end, because the daemon closes the connection. */
    private static int sendAndDrain(Path socket, ByteBuffer bytes) throws IOException {
        int received = 0;
        try (SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            peer.connect(UnixDomainSocketAddress.of(socket));
            while (bytes.hasRemaining()) {
                peer.write(bytes);
            }
            ByteBuffer answer = ByteBuffer.allocate(4096);
            for (int read = peer.read(answer); read >= 0; read = peer.read(answer.clear())) {
                received += read;
            }
        }
        return received;
    }

    @Test
    void oversizedAndMalformedMessagesEndTheirConnectionWithAReasonAndNoOther() throws Exception {
        try (Site site = Site.running(directory);
                LiveSession held = LiveSession.resume(
                        Connection.to(site.socket()),
                        new SessionFile(site.sessionOf("operator"))
                                .read()
                                .orElseThrow()
                                .reference())) {
            // One segment of 1 GiB; then a message whose root points far outside it.
            int oversized = sendAndDrain(site.socket(), words(0, 1 << 27));
            int malformed = sendAndDrain(site.socket(), words(0, 1, 0x7ffffffc, 0x00010001));

            assertThat(oversized).as("bytes of the abort with its reason").isPositive();
            assertThat(malformed).as("bytes of the abort with its reason").isPositive();
            try (var self = held.self()) {
                self.infoRequest().send().await();
            }
            site.bailiwick("operator", "whoami").ok();
        }
    }
}
