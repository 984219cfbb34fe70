package dev.bailiwick.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Gets passwords and one-time codes from a person or from standard input, one a line. They are bytes in UTF-8 and never arguments, which
 * every process of the machine can see.
 */
final class Secrets {
    /** The longest secret taken; the daemon's own limit is lower. */
    private static final int MAX_BYTES = 4096;

    private final Host host;

    Secrets(Host host) {
        this.host = host;
    }

    /** The next line of standard input. */
    byte[] fromInput(String what) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int next = host.in().read();
            if (next < 0) {
                throw CommandFailure.usage(
                        "standard input ended before the " + what, "give it the " + what + " on a line of its own");
            }
            while (next >= 0 && next != '\n') {
                if (line.size() == MAX_BYTES) {
                    throw CommandFailure.usage("the " + what + " is longer than " + MAX_BYTES + " bytes", "");
                }
                line.write(next);
                next = host.in().read();
            }
        } catch (IOException e) {
            throw CommandFailure.unavailable("cannot read the " + what + " from standard input: " + e.getMessage(), "");
        }
        return line.toByteArray();
    }

    /** What a person types at the question. */
    byte[] fromPerson(String what, String inputOption) {
        char[] typed = host.prompt()
                .ask(Character.toUpperCase(what.charAt(0)) + what.substring(1))
                .orElseThrow(() -> CommandFailure.usage(
                        "the " + what + " is needed, and there is no terminal to ask for it on",
                        "give it on standard input with " + inputOption));
        return encode(typed, what);
    }

    /** A new password, which a person types twice. */
    byte[] newPasswordFromPerson(String inputOption) {
        return newFromPerson("new password", inputOption);
    }

    /** A new secret, which a person types twice. */
    byte[] newFromPerson(String what, String inputOption) {
        byte[] first = fromPerson(what, inputOption);
        byte[] again = fromPerson(what + " once more", inputOption);
        if (!Arrays.equals(first, again)) {
            String secret = what.replaceFirst("new ", "");
            throw CommandFailure.usage(
                    "the two " + secret + "s are not the same", "type the same " + secret + " twice");
        }
        return first;
    }

    private static byte[] encode(char[] typed, String what) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(typed));
            byte[] exact = new byte[bytes.remaining()];
            bytes.get(exact);
            return exact;
        } catch (CharacterCodingException e) {
            throw CommandFailure.usage("the " + what + " is not text that UTF-8 can write", "");
        } finally {
            Arrays.fill(typed, '\0');
        }
    }
}
