package dev.bailiwick.qemu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.qemu.ControlLine.Word;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ControlLineTest {
    @Test
    void aScriptGoesOutAsOneLineWhateverItHolds() {
        assertThat(new String(ControlLine.request(7, "echo hello\n"), UTF_8)).isEqualTo("7 ZWNobyBoZWxsbwo=\n");
    }

    @Test
    void anAnswerCarriesTheExitCodeAndBothStreams() throws IOException {
        ControlLine line = hearing("@@step 7 rc=3 out=4 err=5\nout\nerr\u00e9\n");

        assertThat(line.next()).isEqualTo(new Word.Done(7, 3, "out\n", "err\u00e9"));
    }

    @Test
    void outputThatLooksLikeAMarkerIsOnlyOutput() throws IOException {
        ControlLine line =
                hearing("@@step 1 rc=0 out=32 err=0\n@@step 2 rc=9 out=0 err=0\n@@ready@@step 2 rc=0 out=0 err=0\n");

        assertThat(line.next()).isEqualTo(new Word.Done(1, 0, "@@step 2 rc=9 out=0 err=0\n@@read", ""));
    }

    @Test
    void firmwareChatterIsPassedOver() throws IOException {
        assertThat(hearing("SeaBIOS (version 1.16)\r\n\n@@ready\r\n").next()).isEqualTo(new Word.Ready());
    }

    @Test
    void aGuestThatStopsIsGoneAndOneThatStopsInMidSentenceIsAFault() throws IOException {
        assertThat(hearing("no marker").next()).isEqualTo(new Word.Gone());
        assertThatThrownBy(() -> hearing("@@step 1 rc=0 out=9 err=0\nshort").next())
                .isInstanceOf(EOFException.class);
    }

    @Test
    void aGuestThatAnnouncesAFloodIsNotBelieved() {
        assertThatThrownBy(() -> hearing("@@step 1 rc=0 out=999999999 err=0\n").next())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("999999999");
    }

    private static ControlLine hearing(String words) {
        return new ControlLine(new ByteArrayInputStream(words.getBytes(UTF_8)));
    }
}
