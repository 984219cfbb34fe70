package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** Reading the parts of a row's body. */
final class Body {
    private Body() {}

    static void requireLength(ByteBuffer body, int bytes) {
        if (body.remaining() != bytes) {
            throw new BadRowException("a row has " + body.remaining() + " bytes instead of " + bytes);
        }
    }

    static void requireAtLeast(ByteBuffer body, int bytes) {
        if (body.remaining() < bytes) {
            throw new BadRowException("a row has " + body.remaining() + " bytes, fewer than " + bytes);
        }
    }

    static byte[] bytes(ByteBuffer body, int length) {
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    /** The rest of the body as text. */
    static String text(ByteBuffer body) {
        try {
            return UTF_8.newDecoder().decode(body).toString();
        } catch (CharacterCodingException e) {
            throw new BadRowException("a row's text is not UTF-8");
        }
    }
}
