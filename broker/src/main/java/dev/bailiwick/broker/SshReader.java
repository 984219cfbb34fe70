package dev.bailiwick.broker;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads values in the encoding of SSH (RFC 4251, section 5), and nothing that is not one of theirs: every length is checked before
 * it is believed, and there is one way only to write each number. Used by one thread.
 */
final class SshReader {
    private final ByteBuffer bytes;

    SshReader(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes);
    }

    /** That many bytes without a length before them. */
    byte[] raw(int length) throws SshFormatException {
        if (length > bytes.remaining()) {
            throw new SshFormatException("it ends too early");
        }
        byte[] taken = new byte[length];
        bytes.get(taken);
        return taken;
    }

    long uint32() throws SshFormatException {
        if (bytes.remaining() < Integer.BYTES) {
            throw new SshFormatException("it ends too early");
        }
        return Integer.toUnsignedLong(bytes.getInt());
    }

    /** A {@code string}: a length and that many bytes. */
    byte[] string() throws SshFormatException {
        long length = uint32();
        if (length > bytes.remaining()) {
            throw new SshFormatException("it ends too early");
        }
        return raw((int) length);
    }

    /** A {@code string} of printable ASCII. */
    String text() throws SshFormatException {
        byte[] text = string();
        for (byte one : text) {
            if (one < ' ' || one > '~') {
                throw new SshFormatException("a name in it is not printable");
            }
        }
        return new String(text, StandardCharsets.US_ASCII);
    }

    /** A positive {@code mpint} in its shortest form. */
    BigInteger positive() throws SshFormatException {
        byte[] number = string();
        if (number.length == 0 || number[0] < 0 || (number[0] == 0 && (number.length == 1 || number[1] >= 0))) {
            throw new SshFormatException("a number in it is not positive, or not in its shortest form");
        }
        return new BigInteger(number);
    }

    /** Refuses anything that is left. */
    void end() throws SshFormatException {
        if (bytes.hasRemaining()) {
            throw new SshFormatException("there are bytes after its end");
        }
    }
}
