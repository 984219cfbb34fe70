package dev.bailiwick.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.gen.TerminalSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;

/** The terminal that a program runs on, as whoever holds it sees it. */
class TtyTerminalTest {
    @Test
    void keysComeToWhoeverReadsAndTextGoesToTheScreenMeanwhile() throws IOException {
        ByteArrayOutputStream screen = new ByteArrayOutputStream();
        try (PipedOutputStream keyboard = new PipedOutputStream();
                PipedInputStream keys = new PipedInputStream(keyboard);
                TtyTerminal tty = new TtyTerminal(new DumbTerminal("test", "ansi", keys, screen, UTF_8));
                TerminalSession.Client terminal = TerminalSession.client(tty)) {
            try (var info = terminal.infoRequest().send().join()) {
                assertThat(info.get().getInfo().getType().toString()).isEqualTo("ansi");
            }
            var read = terminal.readRequest();
            read.params().setLimit(16);
            var waiting = read.send();
            var write = terminal.writeRequest();
            write.params().setData("hello".getBytes(UTF_8));
            write.send().await();
            assertThat(screen.toString(UTF_8)).isEqualTo("hello");

            keyboard.write('q');
            keyboard.flush();
            try (var typed = waiting.join()) {
                assertThat(typed.get().getData().toArray()).isEqualTo(new byte[] {'q'});
                assertThat(typed.get().getEnd()).isFalse();
            }
        }
    }

    @Test
    void moreThanATransferIsRefused() throws IOException {
        try (PipedOutputStream keyboard = new PipedOutputStream();
                PipedInputStream keys = new PipedInputStream(keyboard);
                TtyTerminal tty =
                        new TtyTerminal(new DumbTerminal("test", "ansi", keys, new ByteArrayOutputStream(), UTF_8));
                TerminalSession.Client terminal = TerminalSession.client(tty)) {
            var write = terminal.writeRequest();
            write.params().setData(new byte[64 * 1024 + 1]);
            assertThatThrownBy(() -> write.send().await()).hasMessageContaining("at most 65536 bytes a call");
            var read = terminal.readRequest();
            assertThatThrownBy(() -> read.send().join()).hasMessageContaining("no bytes");
        }
    }
}
