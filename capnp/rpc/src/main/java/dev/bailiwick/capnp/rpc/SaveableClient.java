package dev.bailiwick.capnp.rpc;

import dev.bailiwick.capnp.rpc.persistent.Persistent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A capability that can also be saved: a call on {@code Persistent} goes to the saver, every other one to the object itself,
 * in its order and without a thread in between.
 *
 * <p>It never tells what it {@linkplain #resolved() resolved} to, even if the object is a promise, because whoever took the
 * shorter way would find nothing there that can be saved.
 */
final class SaveableClient extends ClientHook {
    private final ClientHook object;
    private final ClientHook saver;

    SaveableClient(ClientHook ownedObject, ClientHook ownedSaver) {
        this.object = ownedObject;
        this.saver = ownedSaver;
    }

    @Override
    CallHandle call(long interfaceId, int methodId, Parcel params, @Nullable VatConnection resultsFor) {
        return (interfaceId == Persistent.TYPE_ID ? saver : object).call(interfaceId, methodId, params, resultsFor);
    }

    @Override
    ClientHook next() {
        return object;
    }

    /** What the object is, with {@code Persistent} as one more superclass. */
    @Override
    InterfaceSchema schema() {
        InterfaceSchema own = object.schema();
        return own == null
                ? Persistent.SCHEMA
                : new InterfaceSchema(
                        own.id(), own.displayName(), List.of(own, Persistent.SCHEMA), own.methods(), own.annotations());
    }

    @Override
    void awaitCapacity() {
        object.awaitCapacity();
    }

    @Override
    ClientHook released() {
        saver.release();
        return object;
    }
}
