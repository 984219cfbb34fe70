package dev.bailiwick.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Tokens and services for people. */
final class IdentityViews {
    /** Where values begin; the width is that of the seed's listing (seed 001). */
    private static final int COLUMN = 17;

    private IdentityViews() {}

    static final Table GROUPS = Table.table()
            .column("SID", "sid")
            .column("NAME", row -> orDash(row.text("name")))
            .column("ATTRIBUTES", row -> attributes(row.number("attributes")));

    static final Table PRIVILEGES = Table.table()
            .column("PRIVILEGE", "name")
            .column("PRESENT", row -> yesNo(row.flag("present")))
            .column("ENABLED", row -> yesNo(row.flag("enabled")))
            .column("BY DEFAULT", row -> yesNo(row.flag("enabledByDefault")))
            .column("USED", row -> yesNo(row.flag("used")));

    static final Table FLOWS = Table.table()
            .numbers("FLOW", "id")
            .column("USER", row -> who(row.object("token")))
            .column("IMPERSONATING", row -> yesNo(row.flag("impersonating")))
            .column(
                    "LEVEL",
                    row -> row.flag("impersonating") ? row.object("token").text("level") : "-")
            .column("DECIDES AS", row -> named(row.text("decidesAs"), row.text("decidesAsName")))
            .column("WHAT", "description");

    static final Table RUNNING = Table.table()
            .column("SERVICE", "name")
            .column("TAKES CONNECTIONS", row -> yesNo(row.flag("listening")))
            .column("SID", "sid");

    static final Table SERVICES = Table.table()
            .column("SERVICE", row -> definition(row).text("serviceName"))
            .column("IDENTITY", row -> identity(definition(row).text("identity")))
            .column("STATUS", row -> row.object("account").text("status"))
            .column("RUNNING", row -> row.get("running") instanceof Json.Bool(boolean on) ? yesNo(on) : "?")
            .column("BINARY", row -> definition(row).text("binaryPath"))
            .column("SID", "sid");

    private static Json.Obj definition(Json.Obj row) {
        return row.object("account").object("service");
    }

    private static String identity(String identity) {
        return identity.isEmpty() ? "LocalService" : identity;
    }

    private static String yesNo(boolean value) {
        return value ? "yes" : "no";
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String named(String sid, String name) {
        return name.isEmpty() ? sid : sid + " (" + name + ")";
    }

    private static String who(Json.Obj token) {
        return named(token.text("user"), token.text("userName"));
    }

    private static String attributes(long bits) {
        record Name(long mask, String text) {}
        return orDash(List.of(
                        new Name(0x1, "mandatory"),
                        new Name(0x2, "by-default"),
                        new Name(0x4, "enabled"),
                        new Name(0x8, "owner"),
                        new Name(0x10, "deny-only"),
                        new Name(0x2000_0000, "resource"),
                        new Name(0xC000_0000L, "logon-id"))
                .stream()
                .filter(name -> (bits & name.mask()) == name.mask())
                .map(Name::text)
                .collect(Collectors.joining(" ")));
    }

    /** One flow of execution in the layout of seed 001, and the rest of what its token says below that. */
    static String flow(Json.Obj flow) {
        Json.Obj token = flow.object("token");
        boolean impersonating = flow.flag("impersonating");
        StringBuilder text = new StringBuilder();
        line(text, "User", who(token));
        line(text, "Impersonating", yesNo(impersonating));
        if (impersonating) {
            line(text, "Impersonation Level", capital(token.text("level")));
        }
        line(text, "Decides As", named(flow.text("decidesAs"), flow.text("decidesAsName")));
        line(text, "Type", capital(token.text("type")));
        line(text, "Integrity", capital(token.text("integrity")));
        line(text, "Logon", capital(token.text("logonType")) + ", session " + number(token, "logonSession"));
        line(text, "Token", number(token, "tokenId") + ", changed " + number(token, "modifiedId") + " times");
        line(text, "Source", token.text("source"));
        if (impersonating && flow.get("primary") instanceof Json.Obj primary) {
            line(text, "Otherwise", who(primary));
        }
        return text + "\n" + GROUPS.render(token.list("groups").objects(), Style.PLAIN) + "\n"
                + PRIVILEGES.render(token.list("privileges").objects(), Style.PLAIN);
    }

    private static String number(Json.Obj token, String field) {
        return token.get(field).toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        String label = name + ":";
        text.append(label)
                .append(" ".repeat(Math.max(1, COLUMN - label.length())))
                .append(Printable.text(value))
                .append('\n');
    }

    private static String capital(String word) {
        return word.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1);
    }

    /** One service: its definition, and what runs of it. */
    static String service(Json.Obj state, Style style) {
        Json.Obj account = state.object("account");
        Json.Obj definition = definition(state);
        Table.Sheet sheet = Table.sheet()
                .line("service", definition.text("serviceName"))
                .line("sid", state.text("sid"))
                .line("account", account.text("name") + ", " + account.text("status"))
                .line("recordVersion", account.number("recordVersion"))
                .line("identity", identity(definition.text("identity")))
                .line("hookIdentity", orDash(definition.text("hookIdentity")))
                .line(
                        "requiredPrivileges",
                        definition.flag("hasRequiredPrivileges")
                                ? orNone(definition.joined("requiredPrivileges"))
                                : "all of the token")
                .line("binary", definition.text("binaryPath"))
                .line("sha256", definition.text("binarySha256"))
                .line("startPre", programs(definition, "startPre"))
                .line("startPost", programs(definition, "startPost"))
                .line("healthCheck", program(definition.get("healthCheck")))
                .line("reload", program(definition.get("reload")))
                .line("reads", orDash(definition.joined("reads")))
                .line(
                        "descriptor",
                        definition.text("descriptor").isEmpty()
                                ? "the default: the service itself, SYSTEM and Administrators"
                                : definition.text("descriptor"));
        if (!(state.get("running") instanceof Json.Bool(boolean running))) {
            return sheet.line("running", "? (who may say so holds 'supervisor')")
                    .render(style);
        }
        sheet.line("running", yesNo(running));
        if (!running) {
            return sheet.line("last end", orDash(state.text("lastEnd"))).render(style);
        }
        Json.Obj token = state.object("token");
        return sheet.line("session", state.text("sessionId"))
                        .line("pid", state.number("pid"))
                        .line("started", Printable.time(state.number("startedAtMs")))
                        .line("started with version", state.number("recordVersion"))
                        .line("takes connections", yesNo(state.flag("listening")))
                        .line("connections", state.number("connections"))
                        .line("runs as", who(token))
                        .line("integrity", token.text("integrity"))
                        .render(style)
                + "\n" + GROUPS.render(token.list("groups").objects(), style)
                + "\n" + PRIVILEGES.render(token.list("privileges").objects(), style);
    }

    private static String orNone(String text) {
        return text.isEmpty() ? "none" : text;
    }

    private static String programs(Json.Obj definition, String field) {
        return orDash(definition.list(field).objects().stream()
                .map(IdentityViews::program)
                .collect(Collectors.joining(", ")));
    }

    private static String program(Json program) {
        return program instanceof Json.Obj fields ? fields.text("path") : "-";
    }

    /** Why a secured directory lets a token in, or not. */
    static String access(Json.Obj access) {
        StringBuilder text = new StringBuilder();
        access.list("steps")
                .items()
                .forEach(step ->
                        text.append(Printable.text(((Json.Text) step).value())).append('\n'));
        return text.append(access.flag("granted") ? "granted" : "denied")
                .append('\n')
                .toString();
    }
}
