package dev.bailiwick.cli;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How answers look to people. Each view is a projection of the JSON form. */
final class Views {
    static final Table ACCOUNTS = Table.table()
            .column("NAME", "name")
            .column("KIND", "kind")
            .column("STATUS", "status")
            .numbers("VERSION", "recordVersion")
            .column("ROLES", row -> orDash(row.joined("roles")))
            .column("CHANGED", row -> Printable.time(row.number("updatedAtMs")))
            .column("DISPLAY NAME", "displayName");

    static final Table HISTORY = Table.table()
            .numbers(
                    "VERSION", row -> row.object("account").get("recordVersion").toString())
            .numbers("SEQUENCE", "sequence")
            .column("TIME", row -> Printable.time(row.number("timeMs")))
            .column("OPERATION", "operation")
            .column("ACTOR", Views::actor)
            .column("APPROVAL", row -> orDash(row.text("approval")))
            .column("CHANGED", Views::changes)
            .column(
                    "CONTENT HASH",
                    row -> Printable.shortHash(row.object("account").text("contentHash")));

    static final Table BINDINGS = Table.table()
            .column("BINDING", row -> row.object("binding").text("bindingId"))
            .column("ACCOUNT", "accountName")
            .column("STATE", row -> bindingState(row.object("binding")))
            .column("PROVIDER", row -> row.object("binding").text("provider"))
            .column("TENANT", row -> orDash(row.object("binding").text("tenant")))
            .column("EXPIRES", row -> Printable.time(row.object("binding").number("expiresAtMs")))
            .numbers(
                    "VERSION", row -> row.object("binding").get("recordVersion").toString())
            .column(
                    "SUBJECT HASH",
                    row -> Printable.shortHash(row.object("binding").text("subjectHash")));

    static final Table PROFILE_HISTORY = Table.table()
            .numbers("VERSION", row -> profileOf(row).get("recordVersion").toString())
            .numbers("SEQUENCE", "sequence")
            .column("TIME", row -> Printable.time(row.number("timeMs")))
            .column("OPERATION", "operation")
            .column("ACTOR", Views::actor)
            .column("APPROVAL", row -> orDash(row.text("approval")))
            .column("CHANGED", Views::changes)
            .column("CONTENT HASH", row -> Printable.shortHash(profileOf(row).text("contentHash")));

    static final Table RECORD_HISTORY = Table.table()
            .numbers("VERSION", row -> recordOf(row).get("recordVersion").toString())
            .numbers("SEQUENCE", "sequence")
            .column("TIME", row -> Printable.time(row.number("timeMs")))
            .column("OPERATION", "operation")
            .column("ACTOR", Views::actor)
            .column("APPROVAL", row -> orDash(row.text("approval")))
            .column("CHANGED", Views::changes)
            .column("CONTENT HASH", row -> Printable.shortHash(recordOf(row).text("contentHash")));

    static final Table RECORDS = Table.table()
            .column("ID", row -> recordOf(row).text("recordId"))
            .column("WHAT", Views::whatOf)
            .numbers("VERSION", row -> recordOf(row).get("recordVersion").toString())
            .numbers("SEQUENCE", "sequence")
            .column("TIME", row -> Printable.time(row.number("timeMs")))
            .column("OPERATION", "operation")
            .column("ACTOR", Views::actor);

    static final Table CREDENTIALS = Table.table()
            .column("ID", row -> row.object("credential").text("recordId"))
            .column("KIND", row -> row.object("credential").text("kind"))
            .column("STATE", row -> row.object("credential").text("state"))
            .column("LABEL", row -> orDash(row.object("credential").text("label")))
            .column("ALGORITHM", row -> row.object("credential").text("algorithm"))
            .column("EXPIRES", row -> Printable.time(row.object("credential").number("expiresAtMs")))
            .numbers(
                    "VERSION",
                    row -> row.object("credential").get("recordVersion").toString())
            .numbers("SEQUENCE", "sequence")
            .column("CHANGED AT", row -> Printable.time(row.number("timeMs")));

    static final Table OWN_CREDENTIALS = Table.table()
            .column("ID", "recordId")
            .column("KIND", "kind")
            .column("LABEL", row -> orDash(row.text("label")))
            .column("KEY", row -> orDash((row.text("algorithm") + " " + row.text("fingerprint")).strip()))
            .column("SINCE", row -> Printable.time(row.number("createdAtMs")))
            .column("EXPIRES", row -> row.number("expiresAtMs") == 0 ? "-" : Printable.time(row.number("expiresAtMs")));

    static final Table SESSIONS = Table.table()
            .column("ID", row -> row.object("info").text("sessionId"))
            .column("ACCOUNT", row -> row.object("info").text("name"))
            .column("KIND", row -> row.object("info").text("kind"))
            .column("SOURCE", row -> row.object("info").text("source"))
            .numbers("UID", "uid")
            .column("STRENGTH", row -> row.object("info").text("authStrength"))
            .column("SINCE", row -> Printable.time(row.object("info").number("startedAtMs")))
            .column("LAST USED", row -> Printable.time(row.number("lastUsedMs")))
            .column("EXPIRES", row -> Printable.time(row.object("info").number("expiresAtMs")))
            .numbers("SLOTS", "grants");

    static final Table ROLE_BINDINGS = Table.table()
            .numbers("SEQUENCE", "sequence")
            .column("TIME", row -> Printable.time(row.number("timeMs")))
            .column("ROLE", row -> row.object("roleBinding").text("role"))
            .column("STATE", row -> row.object("roleBinding").text("state"))
            .column("EXPIRES", row -> Printable.time(row.object("roleBinding").number("expiresAtMs")))
            .column("OPERATION", "operation")
            .column("ACTOR", Views::actor)
            .column("APPROVAL", row -> orDash(row.text("approval")))
            .column("BINDING", row -> row.object("roleBinding").text("recordId"));

    static final Table AUDIT = Table.table()
            .numbers("SEQUENCE", "sequence")
            .column("TIME", row -> Printable.time(row.number("timeMs")))
            .column("KIND", "kind")
            .column("CODE", "code")
            .column("ACTOR", row -> row.get("actor") instanceof Json.Obj ? actor(row) : "-")
            .column("SUBJECT", row -> Printable.shortHash(row.text("subject")))
            .column("WHAT", Views::audited);

    static final Table APPROVALS = Table.table()
            .column("REQUEST", "requestId")
            .column("WHO", "name")
            .column("FRAGMENT", "fragment")
            .column("STATE", Views::requestState)
            .column("FOR", row -> Printable.duration(row.number("durationMs")))
            .column("ASKED", row -> Printable.time(row.number("requestedAtMs")))
            .column("UNTIL", row -> Printable.time(row.number("expiresAtMs")))
            .column("DECIDED BY", row -> orDash(row.text("decidedBy")))
            .column(
                    "AUTHENTICATED",
                    row -> row.text("authStrength") + ", " + Printable.duration(row.number("authAgeMs") / 1000 * 1000)
                            + " before")
            .column("REASON", row -> row.text("note").isEmpty() ? row.text("reason") : row.text("note"));

    static final Table ROLES = Table.table()
            .column("NAME", "name")
            .column("BOUND BY", Views::boundBy)
            .column("KINDS", row -> orDash(row.joined("kinds")))
            .column("ADDS", row -> orDash(row.joined("fragments")))
            .column("MAY ASK FOR", row -> orDash(row.joined("leases")))
            .column("SUMMARY", "summary");

    static final Table ENTRIES = Table.table()
            .column("NAME", row -> row.text("name") + (row.text("kind").equals("namespace") ? "/" : ""))
            .numbers("SIZE", row -> row.text("kind").equals("namespace") ? "-" : Printable.bytes(row.number("size")))
            .numbers("VERSION", "version")
            .column("CHANGED", row -> Printable.time(row.number("modifiedAtMs")));

    static final Table SNAPSHOTS = Table.table()
            .numbers("ID", "id")
            .column("OF", row -> orDash(row.text("path")))
            .column("TAKEN", row -> Printable.time(row.number("takenAtMs")))
            .numbers("ENTRIES", "entries")
            .numbers("SIZE", row -> Printable.bytes(row.number("bytes")));

    static final Table SHARES = Table.table()
            .column("ID", "id")
            .column("PATH", "path")
            .column("OWNER", "owner")
            .column("WITH", "recipient")
            .column("ACCESS", row -> row.get("readOnly").equals(new Json.Bool(true)) ? "read-only" : "full")
            .column("UNTIL", row -> row.number("expiresAtMs") == 0 ? "-" : Printable.time(row.number("expiresAtMs")));

    static final Table KEYS = Table.table()
            .column("CLASS", "dataClass")
            .numbers("VERSION", "version")
            .column("MADE", row -> Printable.time(row.number("createdAtMs")))
            .column("PUBLIC KEY", "publicKey");

    private static final Table GRANTS = Table.table()
            .column("SLOT", "slot")
            .column("INTERFACE", Views::interfaceAndAccess)
            .column("LIMIT", row -> orDash(row.text("limit")))
            .column("RULE", row -> row.text("rule").split(", ", 2)[0])
            .column("FROM", row -> orDash(row.text("from")));

    private static final Table REFUSALS = Table.table()
            .column("NOT HELD", "slot")
            .column("REASON", "code")
            .column("RULE", row -> orDash(row.text("rule")));

    private static final Table LIMITS = Table.table()
            .column("LIMIT OF THIS SESSION", "name")
            .numbers("USED", "used")
            .numbers("OF", "limit");

    private static final Table PLAN_CHANGES = Table.table()
            .column("SLOT", "slot")
            .column("CHANGE", "change")
            .column("BEFORE", "before")
            .column("AFTER", "after")
            .column("RULE", "rule");

    private static final Table RESOURCE_PROFILES = Table.table()
            .column("RESOURCE PROFILE", "name")
            .numbers("VERSION", "recordVersion")
            .numbers("HOME", bytes("homeQuotaBytes"))
            .numbers("CONFIG", bytes("configQuotaBytes"))
            .numbers("CACHE", bytes("cacheQuotaBytes"))
            .numbers("TMP", bytes("tempQuotaBytes"))
            .numbers("SESSIONS", "sessionLimit")
            .column("LAUNCHER", row -> orDash(row.text("launcherProfile")))
            .column("NETWORK", row -> orDash(row.text("networkProfile")));

    private static final Table POLICY_PROFILES = Table.table()
            .column("POLICY PROFILE", "name")
            .numbers("VERSION", "recordVersion")
            .column("KINDS", row -> row.joined("kinds"))
            .numbers("LIFETIME", row -> Printable.duration(row.number("sessionLifetimeMs")))
            .column("FRAGMENTS", row -> orDash(row.joined("fragments")))
            .column("ALLOWED ROLES", row -> orDash(row.joined("allowedRoles")));

    private static final Table FINDINGS =
            Table.table().column("FINDING", "code").column("WHERE", "what").column("WHAT", "message");

    private Views() {}

    /** A session's bundle: what it holds, and with {@code all} also what it does not. */
    static String bundle(Json.Obj session, boolean all, Style style) {
        Json.Obj info = session.object("info");
        String who = info.text("name").isEmpty() ? "nobody in particular" : info.text("name");
        String head = style.bold(Printable.text(who)) + ": " + info.text("kind") + " session, authenticated by "
                + info.text("authStrength") + ", until " + Printable.time(info.number("expiresAtMs")) + "\n\n";
        return head + receipts(session.list("receipts"), all, style);
    }

    /** Whether the daemon is well, and what more the session may know of it. */
    static String status(Json.Obj status, Style style) {
        List<String> always = List.of("version", "startedAtMs", "nowMs", "healthy", "detail");
        Table.Sheet sheet = Table.sheet();
        status.fields().forEach((name, value) -> {
            if (always.contains(name) || (status.flag("full") && !name.equals("full") && !name.equals("limits"))) {
                sheet.line(name, plain(name, value));
            }
        });
        return sheet.render(style)
                + (status.flag("full")
                        ? "\n" + LIMITS.render(status.list("limits").objects(), style)
                        : "");
    }

    private static final Table PROGRAMS = Table.table()
            .column("PROGRAM", "name")
            .column("ARGUMENTS", "arguments")
            .column("ACTS AS", program -> program.flag("asCaller") ? "caller" : "-")
            .column("SUMMARY", "summary");

    /** What a launcher may start, and under which limits. */
    static String programs(Json.Obj launcher, Style style) {
        StringBuilder text =
                new StringBuilder(PROGRAMS.render(launcher.list("programs").objects(), style));
        text.append('\n');
        launcher.list("limits")
                .items()
                .forEach(line ->
                        text.append(Printable.text(((Json.Text) line).value())).append('\n'));
        return text.toString();
    }

    /** What a launched program holds. */
    static String holdings(Json.Obj holdings, Style style) {
        Table.Sheet sheet = Table.sheet().line("program", holdings.text("program"));
        for (String slot : List.of("home", "config", "cache", "tmp")) {
            sheet.line(slot, holdings.get(slot) instanceof Json.Arr entries ? held(entries) : "not held");
        }
        sheet.line(
                "identity", holdings.get("identity") instanceof Json.Obj flow ? as(flow.object("token")) : "not held");
        return sheet.line("note", orDash(holdings.text("note"))).render(style);
    }

    private static String as(Json.Obj token) {
        return "held: " + token.text("user") + " (" + orDash(token.text("userName")) + ")";
    }

    private static String held(Json.Arr entries) {
        String names =
                entries.objects().stream().map(entry -> entry.text("name")).collect(Collectors.joining(" "));
        return names.isEmpty() ? "held, empty" : "held: " + names;
    }

    /** The bundle a login would get. */
    static String plan(Json.Obj plan, Style style) {
        Table.Sheet sheet = Table.sheet()
                .line("name", plan.text("name"))
                .line("kind", plan.text("kind"))
                .line("policyProfile", plan.text("policyProfile"))
                .line("resourceProfile", plan.text("resourceProfile"))
                .line("roles", orDash(plan.joined("roles")))
                .line("lifetime", Printable.duration(plan.number("lifetimeMs")))
                .line("journalSize", plan.get("journalSize").toString())
                .line("may ask for", orDash(plan.joined("leases")));
        if (!plan.flag("eligible")) {
            Json.Obj denial = plan.object("denial");
            sheet.line("no session", denial.text("code") + ": " + denial.text("message"));
        }
        return sheet.render(style) + "\n" + receipts(plan.list("receipts"), true, style);
    }

    /** What would be different about the bundle a login would get. */
    static String whatIf(Json.Obj answer, Style style) {
        Json.Obj before = answer.object("before");
        Json.Obj after = answer.object("after");
        Table.Sheet sheet = Table.sheet().line("name", after.text("name")).line("kind", after.text("kind"));
        for (String field : List.of("policyProfile", "resourceProfile")) {
            sheet.line(field, moved(before.text(field), after.text(field)));
        }
        sheet.line("roles", moved(orDash(before.joined("roles")), orDash(after.joined("roles"))))
                .line("may ask for", moved(orDash(before.joined("leases")), orDash(after.joined("leases"))))
                .line(
                        "lifetime",
                        moved(
                                Printable.duration(before.number("lifetimeMs")),
                                Printable.duration(after.number("lifetimeMs"))))
                .line("session", moved(session(before), session(after)));
        List<Json.Obj> changes = answer.list("changes").objects();
        return sheet.render(style) + "\n"
                + (changes.isEmpty() ? "no slot would change\n" : PLAN_CHANGES.render(changes, style));
    }

    private static String moved(String before, String after) {
        return before.equals(after) ? after : before + " -> " + after;
    }

    private static String session(Json.Obj plan) {
        return plan.flag("eligible")
                ? "would start"
                : "none: " + plan.object("denial").text("code");
    }

    /** Why a slot is granted or not. */
    static String explanation(Json.Obj explanation, Style style) {
        Json.Obj receipt = explanation.object("receipt");
        StringBuilder text = new StringBuilder(Table.sheet()
                .line("slot", receipt.text("slot"))
                .line("decision", receipt.text("code"))
                .line("rule", orDash(receipt.text("rule")))
                .line("limit", orDash(receipt.text("limit")))
                .line("from", orDash(String.join(", ", sources(receipt))))
                .line("journalSize", receipt.get("journalSize").toString())
                .render(style));
        text.append('\n').append(style.dim("looked at, in this order:")).append('\n');
        int number = 0;
        for (Json step : explanation.list("steps").items()) {
            number++;
            text.append(String.format("%3d  ", number))
                    .append(Printable.text(plain("", step)))
                    .append('\n');
        }
        text.append('\n')
                .append(style.dim("the least change that would turn it:"))
                .append('\n');
        explanation
                .text("change")
                .lines()
                .forEach(line ->
                        text.append("     ").append(Printable.text(line)).append('\n'));
        return text.toString();
    }

    private static String receipts(Json.Arr receipts, boolean all, Style style) {
        List<Json.Obj> granted = receipts.objects().stream()
                .filter(receipt -> receipt.flag("granted"))
                .toList();
        List<Json.Obj> refused = receipts.objects().stream()
                .filter(receipt -> !receipt.flag("granted"))
                .toList();
        List<String> shared = shared(granted);
        List<Json.Obj> rows = granted.stream()
                .map(receipt -> receipt.with("from", from(receipt, shared)))
                .toList();
        return GRANTS.render(rows, style)
                + (shared.isEmpty()
                        ? ""
                        : style.dim("and all from: ") + Printable.text(String.join(", ", shared)) + "\n")
                + (all && !refused.isEmpty() ? "\n" + REFUSALS.render(refused, style) : "");
    }

    /** The record versions that every grant comes from; said once, they leave room for what tells the grants apart. */
    private static List<String> shared(List<Json.Obj> granted) {
        List<String> shared = new ArrayList<>(granted.isEmpty() ? List.of() : sources(granted.getFirst()));
        granted.forEach(receipt -> shared.retainAll(sources(receipt)));
        return shared;
    }

    private static String from(Json.Obj receipt, List<String> shared) {
        return sources(receipt).stream()
                .filter(source -> !shared.contains(source))
                .collect(Collectors.joining(", "));
    }

    private static List<String> sources(Json.Obj receipt) {
        return receipt.list("sources").objects().stream()
                .map(source -> source.text("kind") + named(source) + " v" + source.get("recordVersion"))
                .toList();
    }

    /** There is one policy version record, and its name only repeats which version that is. */
    private static String named(Json.Obj source) {
        return source.text("kind").equals("policyVersion") ? "" : " " + source.text("name");
    }

    private static String interfaceAndAccess(Json.Obj receipt) {
        String access = receipt.text("access");
        return receipt.text("interfaceName") + (access.equals("full") ? "" : " (" + access + ")");
    }

    /** One account. */
    static String account(Json.Obj account, Style style) {
        Table.Sheet sheet = Table.sheet()
                .line("name", account.text("name"))
                .line("displayName", account.text("displayName"))
                .line("kind", account.text("kind"))
                .line("status", account.text("status"))
                .line("roles", orDash(account.joined("roles")))
                .line("credentials", account.list("credentialRefs").items().size())
                .line("principalId", account.text("principalId"))
                .line("recordId", account.text("recordId"))
                .line("recordVersion", account.number("recordVersion"))
                .line("storeEpoch", account.number("storeEpoch"))
                .line("policyEpoch", account.number("policyEpoch"))
                .line("created", Printable.time(account.number("createdAtMs")))
                .line("changed", Printable.time(account.number("updatedAtMs")))
                .line("previousHash", orDash(account.text("previousHash")))
                .line("contentHash", account.text("contentHash"));
        profile(sheet, "resourceProfile", account.get("resourceProfile"));
        profile(sheet, "policyProfile", account.get("policyProfile"));
        return sheet.render(style);
    }

    private static void profile(Table.Sheet sheet, String name, Json ref) {
        if (ref instanceof Json.Obj fields) {
            String version = fields.text("versionId");
            sheet.line(name, fields.text("profileId") + (version.isEmpty() ? "" : " pinned to " + version));
        }
    }

    /** A new account or a new code, with what to do next. */
    static String created(Json.Obj created, String what, Style style) {
        Json.Obj account = created.object("account");
        String name = Printable.text(account.text("name"));
        String head = what + " " + style.bold(name) + " (version " + account.get("recordVersion")
                + ", journal sequence " + created.get("sequence") + ")\n";
        if (created.text("enrolmentCode").isEmpty()) {
            return head + "this was done before under that transaction id, and its code was shown then;"
                    + " 'account new-code' issues another\n";
        }
        return head + "enrolment code: " + style.accent(created.text("enrolmentCode")) + "\n"
                + "works once, until " + Printable.time(created.number("codeExpiresAtMs")) + ", with: bailiwick enroll "
                + name + "\n";
    }

    /** A changed account. */
    static String changed(Json.Obj changed) {
        Json.Obj account = changed.object("account");
        return Printable.text(account.text("name")) + " is " + account.text("status") + ", roles: "
                + orDash(account.joined("roles")) + " (version " + account.get("recordVersion") + ", journal sequence "
                + changed.get("sequence") + ")\n";
    }

    /** What an entry of a history is about is its first field. */
    private static Json.Obj recordOf(Json.Obj entry) {
        return entry.object(entry.fields().firstEntry().getKey());
    }

    /** What people know a record by. */
    private static String whatOf(Json.Obj entry) {
        Json.Obj record = recordOf(entry);
        return Stream.of("name", "role", "provider", "label", "publicKey")
                .filter(record.fields()::containsKey)
                .map(record::text)
                .findFirst()
                .orElse("-");
    }

    /** One version of a record, and what wrote it. */
    static String record(Json.Obj entry, Style style) {
        Table.Sheet sheet = Table.sheet();
        recordOf(entry).fields().forEach((name, value) -> sheet.line(name, plain(name, value)));
        return sheet.line("written by", actor(entry))
                .line("operation", entry.text("operation"))
                .line("sequence", entry.number("sequence"))
                .line("time", Printable.time(entry.number("timeMs")))
                .line("approval", orDash(entry.text("approval")))
                .render(style);
    }

    private static Json.Obj profileOf(Json.Obj entry) {
        return entry.object(entry.fields().containsKey("policyProfile") ? "policyProfile" : "resourceProfile");
    }

    /** The schema calls a binding that was disabled revoked. */
    private static String bindingState(Json.Obj binding) {
        return binding.text("state").equals("revoked") ? "disabled" : binding.text("state");
    }

    /** One external binding. */
    static String binding(Json.Obj info, Style style) {
        Json.Obj binding = info.object("binding");
        Table.Sheet sheet = Table.sheet()
                .line("bindingId", binding.text("bindingId"))
                .line("account", info.text("accountName"))
                .line("state", bindingState(binding))
                .line("provider", binding.text("provider"))
                .line("tenant", orDash(binding.text("tenant")))
                .line("subjectHash", binding.text("subjectHash"))
                .line("acceptedClaims", orDash(binding.joined("acceptedClaims")))
                .line("expires", Printable.time(binding.number("expiresAtMs")))
                .line("principalId", binding.text("principalId"))
                .line("recordVersion", binding.number("recordVersion"))
                .line("created", Printable.time(binding.number("createdAtMs")))
                .line("changed", Printable.time(binding.number("updatedAtMs")))
                .line("contentHash", binding.text("contentHash"));
        profile(sheet, "resourceProfile", binding.get("resourceProfile"));
        profile(sheet, "policyProfile", binding.get("policyProfile"));
        return sheet.render(style);
    }

    /** A changed binding. */
    static String changedBinding(Json.Obj changed) {
        Json.Obj info = changed.object("binding");
        Json.Obj binding = info.object("binding");
        return binding.text("bindingId") + " of " + Printable.text(info.text("accountName")) + " is "
                + bindingState(binding) + ", until " + Printable.time(binding.number("expiresAtMs")) + " (version "
                + binding.get("recordVersion") + ", journal sequence " + changed.get("sequence") + ")\n";
    }

    /** A changed profile. */
    static String changedProfile(Json.Obj changed) {
        Json.Obj profile = changed.object("profile");
        return Printable.text(profile.text("name")) + " is at version " + profile.get("recordVersion") + ", "
                + profile.text("versionId") + " (journal sequence " + changed.get("sequence") + ")\n";
    }

    /** Profiles of both kinds. */
    static String profiles(List<Json.Obj> profiles, Style style) {
        List<String> tables = new ArrayList<>();
        List<Json.Obj> resource = ofKind(profiles, "resourceProfile");
        List<Json.Obj> policy = ofKind(profiles, "policyProfile");
        if (!resource.isEmpty()) {
            tables.add(RESOURCE_PROFILES.render(resource, style));
        }
        if (!policy.isEmpty()) {
            tables.add(POLICY_PROFILES.render(policy, style));
        }
        return String.join("\n", tables);
    }

    private static List<Json.Obj> ofKind(List<Json.Obj> profiles, String kind) {
        return profiles.stream()
                .filter(profile -> profile.text("kind").equals(kind))
                .toList();
    }

    /** The outcome of a verification. */
    static String verification(Json.Obj report, Style style) {
        List<Json.Obj> findings = report.list("findings").objects();
        String outcome = findings.isEmpty()
                ? style.good("ok") + ": every hash, link and index row is as it was written\n"
                : style.bad("damaged") + "\n" + FINDINGS.render(findings, style);
        return Table.sheet()
                        .line("journalEntries", report.number("journalEntries"))
                        .line("recordVersions", report.number("recordVersions"))
                        .line("indexRows", report.number("indexRows"))
                        .line("auditEntries", report.number("auditEntries"))
                        .line("storageRows", report.number("storageRows"))
                        .line("bytes", Printable.bytes(report.number("bytes")))
                        .line("elapsed", Printable.duration(report.number("elapsedMs")))
                        .line("rate", rate(report))
                        .render(style)
                + outcome;
    }

    /** What was read a second. */
    private static String rate(Json.Obj report) {
        double seconds = Math.max(1, report.number("elapsedMs")) / 1000.0;
        long rows = report.number("journalEntries")
                + report.number("recordVersions")
                + report.number("indexRows")
                + report.number("auditEntries");
        return String.format(Locale.ROOT, "%,.0f rows/s, ", rows / seconds)
                + Printable.bytes((long) (report.number("bytes") / seconds)) + "/s";
    }

    /** The check in the background. */
    static String scrub(Json.Obj scrub, Style style) {
        if (!scrub.flag("running")) {
            return "no daemon checks this store in the background\n";
        }
        List<Json.Obj> findings = scrub.list("findings").objects();
        return Table.sheet()
                        .line("position", orDash(scrub.text("position")))
                        .line("rows", scrub.number("rows"))
                        .line("passes", scrub.number("passes"))
                        .line("last whole pass", Printable.time(scrub.number("lastFinishedAtMs")))
                        .render(style)
                + (findings.isEmpty()
                        ? style.good("ok") + ": nothing found\n"
                        : style.bad("damaged") + "\n" + FINDINGS.render(findings, style))
                + (scrub.text("stopped").isEmpty()
                        ? ""
                        : style.bad("stopped") + ": " + Printable.text(scrub.text("stopped")) + "\n");
    }

    /** Any object with plain fields, by name; times, durations and sizes in words. */
    static Function<Style, String> fields(Json.Obj object) {
        return style -> {
            Table.Sheet sheet = Table.sheet();
            object.fields().forEach((name, value) -> sheet.line(name, plain(name, value)));
            return sheet.render(style);
        };
    }

    private static String changes(Json.Obj entry) {
        return orDash(entry.list("changes").objects().stream()
                .map(change -> change.text("field") + ": " + plain(change.text("field"), change.get("before")) + " -> "
                        + plain(change.text("field"), change.get("after")))
                .collect(Collectors.joining("; ")));
    }

    private static String plain(String name, Json value) {
        return switch (value) {
            case Json.Null() -> "-";
            case Json.Bool(boolean flag) -> flag ? "yes" : "no";
            case Json.Text(String text) -> orDash(text);
            case Json.Num number -> number(name, number.bits());
            case Json.Arr(List<Json> items) ->
                orDash(items.stream().map(item -> plain("", item)).collect(Collectors.joining(", ")));
            case Json.Obj object ->
                object.fields().entrySet().stream()
                        .map(field -> field.getKey() + " " + plain(field.getKey(), field.getValue()))
                        .collect(Collectors.joining(", "));
        };
    }

    private static String number(String name, long value) {
        if (name.endsWith("AtMs") || name.equals("authTimeMs")) {
            return Printable.time(value);
        }
        if (name.endsWith("Ms")) {
            return Printable.duration(value);
        }
        boolean isSize = name.endsWith("Bytes") || name.equals("size") || name.equals("logQuotaBytesPerWindow");
        return isSize ? Printable.bytes(value) : Long.toUnsignedString(value);
    }

    /** Sixteen bytes a line, in hexadecimal. */
    static String hexDump(byte[] bytes) {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; at += 16) {
            text.append(hex.formatHex(bytes, at, Math.min(at + 16, bytes.length)))
                    .append('\n');
        }
        return text.toString();
    }

    private static String actor(Json.Obj entry) {
        Json.Obj actor = entry.object("actor");
        return switch (actor.text("kind")) {
            case "session" -> entry.text("actorName").isEmpty() ? actor.text("principalId") : entry.text("actorName");
            case "offline" -> "offline (uid " + actor.get("uid") + ")";
            default -> actor.text("kind");
        };
    }

    private static String audited(Json.Obj line) {
        return orDash(Stream.of(line.text("previousValue"), line.text("newValue"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(" -> ")));
    }

    private static String requestState(Json.Obj request) {
        return request.number("renewalMs") == 0
                ? request.text("state")
                : request.text("state") + ", renewal asked for " + Printable.duration(request.number("renewalMs"));
    }

    private static String boundBy(Json.Obj role) {
        if (role.flag("manifestOnly")) {
            return "manifest";
        }
        return role.flag("administrative") ? "policy-admin" : "account-admin";
    }

    private static Function<Json.Obj, String> bytes(String field) {
        return row -> Printable.bytes(row.number(field));
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
