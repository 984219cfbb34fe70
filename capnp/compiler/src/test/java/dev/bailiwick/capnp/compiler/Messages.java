package dev.bailiwick.capnp.compiler;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.capnproto.FromPointerReader;
import org.capnproto.MessageBuilder;
import org.capnproto.Serialize;

/** Messages to bytes and back. */
final class Messages {
    private Messages() {}

    static byte[] bytes(MessageBuilder message) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Serialize.write(Channels.newChannel(out), message);
            return out.toByteArray();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static <T> T read(byte[] bytes, FromPointerReader<T> factory) {
        try {
            return Serialize.read(ByteBuffer.wrap(bytes)).getRoot(factory);
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }
}
