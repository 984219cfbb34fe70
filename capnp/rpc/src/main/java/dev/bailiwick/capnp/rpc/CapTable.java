package dev.bailiwick.capnp.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of one message: a capability pointer holds an index into this table. The table owns one reference for each
 * entry and gives them back when it is released.
 *
 * <p>Filled by one thread while its message is built; read by any thread afterwards.
 */
final class CapTable {
    private List<@Nullable ClientHook> hooks; // an immutable one while it is empty: most messages have no capabilities
    private boolean released;

    CapTable() {
        this(List.of());
    }

    CapTable(List<@Nullable ClientHook> hooks) {
        this.hooks = hooks;
    }

    /** Adds a reference that the table owns from here on; returns its index. */
    synchronized int add(ClientHook owned) {
        if (hooks.isEmpty()) {
            hooks = new ArrayList<>(2);
        }
        hooks.add(owned);
        return hooks.size() - 1;
    }

    /** The entry at an index, borrowed; null where there is none, which a hostile message can bring about. */
    synchronized @Nullable ClientHook get(int index) {
        return index >= 0 && index < hooks.size() ? hooks.get(index) : null;
    }

    /** A fresh reference to the entry at an index, or null where there is none. */
    synchronized @Nullable ClientHook share(int index) {
        ClientHook hook = get(index);
        return hook == null ? null : hook.addRef();
    }

    /** Empties one entry because its pointer was overwritten. The index is not used again. */
    void drop(int index) {
        ClientHook dropped = null;
        synchronized (this) {
            if (index >= 0 && index < hooks.size()) {
                dropped = hooks.set(index, null);
            }
        }
        if (dropped != null) {
            dropped.release();
        }
    }

    synchronized int size() {
        return hooks.size();
    }

    /** A table of the same indices whose entries are what the function makes of these; it returns owned references. */
    synchronized CapTable map(UnaryOperator<ClientHook> function) {
        List<@Nullable ClientHook> mapped = new ArrayList<>(hooks.size());
        for (ClientHook hook : hooks) {
            mapped.add(hook == null ? null : function.apply(hook));
        }
        return new CapTable(mapped);
    }

    /** Gives every reference back. Does nothing the second time. */
    void release() {
        List<@Nullable ClientHook> owned;
        synchronized (this) {
            if (released) {
                return;
            }
            released = true;
            if (hooks.isEmpty()) {
                return;
            }
            owned = List.copyOf(present());
            hooks.clear();
        }
        owned.forEach(hook -> {
            if (hook != null) {
                hook.release();
            }
        });
    }

    private List<ClientHook> present() {
        List<ClientHook> present = new ArrayList<>(hooks.size());
        for (ClientHook hook : hooks) {
            if (hook != null) {
                present.add(hook);
            }
        }
        return present;
    }
}
