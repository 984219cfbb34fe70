package dev.bailiwick.cli;

import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.SessionManager;
import java.util.HexFormat;
import java.util.function.BiConsumer;

/** What was left for this process by whoever launched it: claimed once, with the ticket in its environment. */
final class Claim {
    private Claim() {}

    /**
     * Claims it, and holds it as long as the body runs.
     *
     * @param hint what to do for somebody who runs this by hand
     */
    static void whileHeld(Context context, String hint, BiConsumer<Connection, ProgramCaps.Reader> body) {
        byte[] ticket = ticket(context, hint);
        try (Connection connection = context.connect();
                SessionManager.Client manager = connection.bootstrap()) {
            var request = manager.claimRequest();
            request.params().setTicket(ticket);
            try (Response<SessionManager.ClaimResults.Reader> response =
                    request.send().join()) {
                Shapes.requireClaimed(response.get().getResult());
                body.accept(connection, response.get().getResult().getCaps());
            }
        }
    }

    private static byte[] ticket(Context context, String hint) {
        String ticket = context.host()
                .variable("BAILIWICK_TICKET")
                .orElseThrow(() -> CommandFailure.of(
                        ExitStatus.DENIED,
                        "not-launched",
                        "nothing was left for this process to claim: BAILIWICK_TICKET is not set",
                        hint));
        try {
            return HexFormat.of().parseHex(ticket);
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage("BAILIWICK_TICKET is not hexadecimal", "leave it as the launcher set it");
        }
    }
}
