package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.schema.gen.TerminalSession;
import dev.bailiwick.schema.gen.UserSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A program for {@link TerminalOfALoginTest}: logs in as {@code bailiwick login} does, with the terminal it runs on, and then uses what the
 * session holds as {@code terminal}, which is that terminal behind the daemon.
 *
 * <pre>TerminalHolder SOCKET NAME PASSWORD</pre>
 */
final class TerminalHolder {
    private TerminalHolder() {}

    public static void main(String[] arguments) {
        Host host = Host.real();
        try (OfferedTerminal offered = OfferedTerminal.of(host);
                LiveSession session = LiveSession.password(
                        Connection.to(Path.of(arguments[0])),
                        arguments[1],
                        arguments[2].getBytes(StandardCharsets.UTF_8),
                        offered.client());
                TerminalSession.Client terminal =
                        session.held("terminal", session.bundle().getTerminal());
                UserSession.Client self = session.self()) {
            try (var info = terminal.infoRequest().send().join()) {
                write(
                        terminal,
                        info.get().getInfo().getRows() + " rows of "
                                + info.get().getInfo().getColumns() + " on "
                                + info.get().getInfo().getType() + "\r\n");
            }
            write(terminal, "ready\r\n");
            String key;
            do {
                var read = terminal.readRequest();
                read.params().setLimit(1);
                try (var typed = read.send().join()) {
                    key = new String(typed.get().getData().toArray(), StandardCharsets.UTF_8);
                }
                write(terminal, "key " + (int) key.charAt(0) + "\r\n");
            } while (!key.equals("q"));
            self.logoutRequest().send().await();
            try {
                write(terminal, "still here");
            } catch (RpcException revoked) {
                host.out().print("gone with the session\r\n");
            }
        }
    }

    private static void write(TerminalSession.Client terminal, String text) {
        var request = terminal.writeRequest();
        request.params().setData(text.getBytes(StandardCharsets.UTF_8));
        request.send().await();
    }
}
