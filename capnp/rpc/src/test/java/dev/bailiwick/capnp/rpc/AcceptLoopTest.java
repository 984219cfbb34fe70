package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AcceptLoopTest {
    private final List<Duration> pauses = new ArrayList<>();
    private final List<SocketChannel> greeted = new ArrayList<>();
    private int attempts;

    /** Runs the loop against a listener of which each letter says what comes next: a connection, or trouble. */
    private void run(String script) {
        AcceptLoop.run(
                () -> {
                    switch (script.charAt(attempts++)) {
                        case 't' -> throw new IOException("too many open files");
                        case 'm' -> throw new OutOfMemoryError("no memory");
                        default -> {} // a connection comes
                    }
                    return SocketChannel.open(StandardProtocolFamily.UNIX);
                },
                channel -> {
                    greeted.add(channel);
                    close(channel);
                },
                () -> attempts < script.length(),
                pauses::add);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<Duration> millis(long... pauses) {
        return Arrays.stream(pauses).mapToObj(Duration::ofMillis).toList();
    }

    @Test
    void aListenerWithoutDescriptorsIsNotAskedAgainAtOnce() {
        run("tttttttttc");
        assertThat(pauses).isEqualTo(millis(10, 20, 40, 80, 160, 320, 640, 1000, 1000));
        assertThat(greeted).hasSize(1);
    }

    @Test
    void aConnectionEndsTheSeries() {
        run("ttcctc");
        assertThat(pauses).isEqualTo(millis(10, 20, 10));
        assertThat(greeted).hasSize(3);
    }

    @Test
    void lackOfMemoryIsOutlivedToo() {
        run("mmc");
        assertThat(pauses).isEqualTo(millis(10, 20));
        assertThat(greeted).hasSize(1);
    }

    @Test
    void theFailureThatClosingCausesIsTheEnd() {
        run("cct");
        assertThat(pauses).isEmpty();
        assertThat(Stream.of(attempts, greeted.size())).containsExactly(3, 2);
    }
}
