package dev.bailiwick.cli;

import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.WellKnownSid;
import java.util.HexFormat;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code account-admin sid ...}: security identifiers, computed and read here; no store and no daemon is asked. */
@Command(
        name = "sid",
        description =
                "Compute and read security identifiers, which name principals and groups in tokens and descriptors.")
final class SidCommands {
    private static final String NONE = "-";

    private final Context context;

    SidCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "service",
            description = {
                "Print the SID of the service of that name.",
                "Upper and lower case make no difference, spaces do. A descriptor that names it lets in that service and no other."
            })
    void service(@Parameters(paramLabel = "NAME", description = "The name of the service.") String name) {
        Sid sid;
        try {
            sid = Sid.service(name);
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage(
                    String.valueOf(malformed.getMessage()), "give the name that the service is defined with");
        }
        answer(Json.object().with("service", name), sid);
    }

    @Command(
            name = "show",
            description =
                    "Read a SID, and print what is known of it: its name, its letters in a descriptor, its binary form.")
    void show(@Parameters(paramLabel = "SID", description = "Such as S-1-5-18.") String text) {
        Sid sid;
        try {
            sid = Sid.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage(
                    String.valueOf(malformed.getMessage()), "a SID is S-1-, an authority, and up to 15 numbers");
        }
        answer(Json.object(), sid);
    }

    private void answer(Json.Obj start, Sid sid) {
        Optional<WellKnownSid> known = WellKnownSid.of(sid);
        String name = known.map(WellKnownSid::text).orElse("");
        String alias = known.flatMap(WellKnownSid::alias).orElse("");
        String bytes = HexFormat.of().formatHex(sid.toBytes());
        Json.Obj answer = start.with("sid", sid.toString())
                .with("kind", kind(sid))
                .with("name", name)
                .with("alias", alias)
                .with("bytes", bytes);
        context.output()
                .answer(
                        answer,
                        style -> line("SID", style.bold(sid.toString()))
                                + line("KIND", kind(sid))
                                + line("NAME", name)
                                + line("SDDL", alias)
                                + line("BYTES", bytes));
    }

    private static String line(String label, String value) {
        return label + " ".repeat(7 - label.length()) + (value.isEmpty() ? NONE : value) + "\n";
    }

    private static String kind(Sid sid) {
        if (WellKnownSid.of(sid).isPresent()) {
            return "well-known";
        }
        if (sid.isService()) {
            return "service";
        }
        return sid.isWithin(Sid.of(5, 5)) && sid.subAuthorities() == 3 ? "logon-session" : "other";
    }
}
