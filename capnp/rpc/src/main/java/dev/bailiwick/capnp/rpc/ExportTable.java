package dev.bailiwick.capnp.rpc;

import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/** Our objects that the peer refers to, by our ids. Guarded by the connection's lock. */
final class ExportTable {
    private final IdTable<Export> byId = new IdTable<>();
    private final IdentityHashMap<ClientHook, Export> byHook = new IdentityHashMap<>();
    private final VatLock lock;
    private long handedOut; // references to all of them, ever
    private long givenBack;

    ExportTable(VatLock lock) {
        this.lock = lock;
    }

    /** The entry of an object that the peer refers to already. */
    @Nullable
    Export find(ClientHook hook) {
        return byHook.get(hook);
    }

    /** The entry with that id; null if the peer made it up or gave it back. */
    @Nullable
    Export get(int id) {
        return byId.get(id);
    }

    /** Adds an object, without references as yet; borrows the hook. */
    Export add(ClientHook hook) {
        Export export = byId.add(id -> new Export(id, hook.addRef()));
        byHook.put(hook, export);
        return export;
    }

    /** Hands out a reference to the object. */
    void handOut(Export export) {
        export.references++;
        handedOut++;
    }

    /**
     * The peer gave references back.
     *
     * @param references how many, unsigned
     */
    void release(int id, int references) throws ProtocolException {
        Export export = byId.get(id);
        long count = Integer.toUnsignedLong(references);
        if (export == null || count > export.references) {
            throw new ProtocolException("peer released references to export " + id + " that it does not have");
        }
        giveBack(export, count);
    }

    /** Takes a reference to each back which was described in a message that is not sent. */
    void takeBack(int[] ids) {
        for (int id : ids) {
            Export export = byId.get(id);
            if (export != null) {
                giveBack(export, 1);
            }
        }
    }

    private void giveBack(Export export, long count) {
        export.references -= count;
        givenBack += count;
        if (export.references == 0) {
            export.isGone = true;
            byId.remove(export.id);
            byHook.remove(export.hook);
            lock.later(export.hook::release);
        }
    }

    /** The peer gave one reference to each back. */
    void releaseAll(int[] ids) throws ProtocolException {
        for (int id : ids) {
            release(id, 1);
        }
    }

    int size() {
        return byId.size();
    }

    void check(SelfCheck check) {
        check.equal("exports by id and by object", byId.size(), byHook.size());
        check.equal(
                "references that the peer has",
                handedOut - givenBack,
                byHook.values().stream().mapToLong(export -> export.references).sum());
        for (Export export : byHook.values()) {
            check.require("an export is in the table under its id", byId.get(export.id) == export);
            check.require("an export has references", export.references > 0 && export.hook.references() > 0);
        }
    }

    /** Forgets everything, because the connection is gone. */
    void close() {
        byId.drain(export -> {
            export.isGone = true;
            givenBack += export.references;
            lock.later(export.hook::release);
        });
        byHook.clear();
    }

    /** References that were handed out and never given back. */
    long outstanding() {
        return handedOut - givenBack;
    }
}
