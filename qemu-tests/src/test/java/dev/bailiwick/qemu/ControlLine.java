package dev.bailiwick.qemu;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The conversation on the guest's second serial port. The host sends one line for each script; the guest answers with a
 * marker line that counts the bytes of output following it, so nothing a program prints can be taken for a marker.
 *
 * <pre>
 *   guest: &#64;&#64;ready
 *   host:  7 ZWNobyBoZWxsbw==            (number, script in Base64)
 *   guest: &#64;&#64;step 7 rc=0 out=6 err=0
 *          hello
 * </pre>
 *
 * Not thread-safe: one reader.
 */
final class ControlLine {
    private static final Pattern STEP = Pattern.compile("@@step (\\d+) rc=(\\d+) out=(\\d+) err=(\\d+)");
    /** A guest that says more than this in one step is broken, and the host's memory is not for it to fill. */
    private static final int MAX_OUTPUT_BYTES = 16 << 20;

    private final InputStream in;

    ControlLine(InputStream in) {
        this.in = in;
    }

    static byte[] request(int number, String script) {
        String encoded = Base64.getEncoder().encodeToString(script.getBytes(StandardCharsets.UTF_8));
        return (number + " " + encoded + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Blocks for the guest's next word; lines that are no markers (firmware chatter) are passed over. */
    Word next() throws IOException {
        while (true) {
            String line = line();
            if (line == null) {
                return new Word.Gone();
            }
            if (line.equals("@@ready")) {
                return new Word.Ready();
            }
            Matcher step = STEP.matcher(line);
            if (step.matches()) {
                return new Word.Done(
                        Integer.parseInt(step.group(1)),
                        Integer.parseInt(step.group(2)),
                        text(step.group(3)),
                        text(step.group(4)));
            }
        }
    }

    private @Nullable String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.UTF_8).strip();
    }

    private String text(String count) throws IOException {
        int bytes = Integer.parseInt(count);
        if (bytes > MAX_OUTPUT_BYTES) {
            throw new IOException("the guest announced " + bytes + " bytes of output");
        }
        byte[] text = in.readNBytes(bytes);
        if (text.length < bytes) {
            throw new EOFException("the guest went away in the middle of a step's output");
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    /** What the guest says. */
    sealed interface Word {
        /** The disks are mounted and scripts are welcome. */
        record Ready() implements Word {}

        /** A script ended. */
        record Done(int number, int exit, String out, String err) implements Word {}

        /** The machine is off, however that came. */
        record Gone() implements Word {}
    }
}
