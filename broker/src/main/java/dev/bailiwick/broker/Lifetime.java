package dev.bailiwick.broker;

import dev.bailiwick.storage.EffectGate;
import java.util.function.Consumer;

/** How long something lasts that others rest on. Over is for good. Thread-safe; nothing here blocks. */
interface Lifetime extends EffectGate {
    /** Something to be done when it is over, at once if it is over already. It may be done more than once, and must not block. */
    void onClose(Consumer<String> action);

    /** That need not be done any more. */
    void offClose(Consumer<String> action);
}
