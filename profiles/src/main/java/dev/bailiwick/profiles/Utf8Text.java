package dev.bailiwick.profiles;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** The text of a file that claims to be UTF-8. */
sealed interface Utf8Text {
    record Sound(String text) implements Utf8Text {}

    /** Not UTF-8 from {@code at} on, counting characters like an editor. */
    record Malformed(Position at) implements Utf8Text {}

    static Utf8Text of(byte[] bytes) {
        // UTF-8 never decodes to more characters than it has bytes.
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes), text, true);
        String decoded = text.flip().toString();
        if (!result.isError()) {
            return new Sound(decoded);
        }
        int line =
                1 + (int) decoded.chars().filter(character -> character == '\n').count();
        int column = decoded.length() - decoded.lastIndexOf('\n');
        return new Malformed(new Position(line, column));
    }
}
