package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Message;
import dev.bailiwick.capnp.rpc.wire.MessageTarget;
import dev.bailiwick.capnp.rpc.wire.Return;
import org.capnproto.AnyPointer;

/**
 * What stands around the content of a call, a return or a finish. Every call has the three, so they are read here without making
 * an object for each struct on the way; what only some of them have is left to the generated readers.
 *
 * <p>One is used for message after message: what is wanted of one is asked for before anything is done about it. Not thread-safe.
 */
final class Envelope {
    // Where fields are, by the generated readers: data by index among those of the same size, pointers by index.
    private static final int WHICH = 0;
    private static final int BODY = 0;
    private static final int ID = 0; // of the question, in all three
    private static final int CALL_INTERFACE = 1;
    private static final int CALL_METHOD = 2;
    private static final int CALL_RESULTS_TO = 3;
    private static final int CALL_TARGET = 0;
    private static final int CALL_PARAMS = 1;
    private static final int RETURN_WHICH = 3;
    private static final int RETURN_RESULTS = 0;
    private static final int TARGET_WHICH = 2;
    private static final int TARGET_IMPORT = 0;
    private static final int PAYLOAD_CONTENT = 0;
    private static final int PAYLOAD_CAPABILITIES = 1;

    /** In returns and finishes: whether capabilities are not given back along with them. */
    private static final int KEEPS_CAPABILITIES = 32;

    private final StructCursor message = new StructCursor();
    private final StructCursor body = new StructCursor();
    private final StructCursor part = new StructCursor();

    /** Opens a message; tells what it is. */
    Message.Which open(MessageView view) {
        message.moveToRoot(view);
        body.moveTo(message, BODY);
        return Message.Which.of(message.int16(WHICH));
    }

    /** Forgets the message. */
    void close() {
        message.clear();
        body.clear();
        part.clear();
    }

    /** The message as the generated readers read it. */
    static Message.Reader reader(MessageView view) {
        return new AnyPointer.Reader(view.segment(0), 0, Wire.NESTING_LIMIT).getAs(Message.factory);
    }

    /** The question that a call asks, a return answers, or a finish ends. */
    int questionId() {
        return body.int32(ID);
    }

    // ---- calls

    long interfaceId() {
        return body.int64(CALL_INTERFACE);
    }

    int methodId() {
        return Short.toUnsignedInt(body.int16(CALL_METHOD));
    }

    Call.SendResultsTo.Which resultsTo() {
        return Call.SendResultsTo.Which.of(body.int16(CALL_RESULTS_TO));
    }

    /** Whether a call is made on one of our objects itself, which is then the {@link #target}. */
    boolean isOnExport() {
        part.moveTo(body, CALL_TARGET);
        return MessageTarget.Which.of(part.int16(TARGET_WHICH)) == MessageTarget.Which.IMPORTED_CAP;
    }

    int target() {
        part.moveTo(body, CALL_TARGET);
        return part.int32(TARGET_IMPORT);
    }

    // ---- returns

    Return.Which outcome() {
        return Return.Which.of(body.int16(RETURN_WHICH));
    }

    /** Whether a return gives the capabilities of the parameters back, or a finish those of the results. */
    boolean releasesCapabilities() {
        return !body.bit(KEEPS_CAPABILITIES);
    }

    // ---- payloads

    /** A call's parameters or a return's results, with a table that has yet to be filled. */
    Parcel payload(MessageView view, boolean isCall) {
        moveToPayload(isCall);
        return part.isNull(PAYLOAD_CONTENT)
                ? Parcel.nothing(view.caps())
                : Parcel.received(view, part.segment(), part.word(PAYLOAD_CONTENT));
    }

    /** Whether capabilities come along with a call's parameters or a return's results. */
    boolean hasCapabilities(boolean isCall) {
        moveToPayload(isCall);
        return !part.isNull(PAYLOAD_CAPABILITIES);
    }

    private void moveToPayload(boolean isCall) {
        part.moveTo(body, isCall ? CALL_PARAMS : RETURN_RESULTS);
    }
}
