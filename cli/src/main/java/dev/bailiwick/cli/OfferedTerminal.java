package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.TerminalSession;
import java.util.Optional;

/**
 * What a program gives to a session as its terminal: the one it runs on, or nothing.
 *
 * @param tty empty if it runs on none
 * @param client the capability, null if there is none; closed with this
 */
record OfferedTerminal(Optional<TtyTerminal> tty, TerminalSession.Client client) implements AutoCloseable {
    /** The terminal that the program runs on, if it does. */
    static OfferedTerminal of(Host host) {
        Optional<TtyTerminal> tty = TtyTerminal.of(host);
        return new OfferedTerminal(
                tty, tty.map(TerminalSession::client).orElseGet(TerminalSession.factory::nullClient));
    }

    @Override
    public void close() {
        client.close();
        tty.ifPresent(TtyTerminal::close);
    }
}
