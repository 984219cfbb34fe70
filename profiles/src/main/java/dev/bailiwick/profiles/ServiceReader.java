package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Reads the {@code [account.service]} tables: which account may run as which measured binary, under whom and as whom. */
final class ServiceReader {
    private static final String KEY = "service";

    private final Problems problems;
    private final Map<String, Position> namesSeen = new HashMap<>();
    private final Map<String, Located<Hash256>> measurements = new HashMap<>();

    ServiceReader(Problems problems) {
        this.problems = problems;
    }

    /** The service of an account; empty when it has none or it is broken. {@code kind} is null when that is broken. */
    Optional<ServiceIdentity> service(TableReader account, @Nullable PrincipalKind kind) {
        boolean expected = kind == PrincipalKind.SERVICE;
        if (expected && !account.has(KEY)) {
            problems.add(
                    Code.SERVICE_WITHOUT_IDENTITY,
                    account.at(),
                    "an account of kind service does not say which service it is",
                    "add a [account.service] table with name, binary, sha256 and supervisor");
            return Optional.empty();
        }
        if (kind != null && !expected && account.has(KEY)) {
            account.problem(
                    Code.SERVICE_ON_OTHER_KIND,
                    KEY,
                    "an account of kind " + kind.text() + " is no service",
                    "remove the table, or set kind = \"service\"");
        }
        TableReader table = account.optionalTable(KEY);
        return table == null ? Optional.empty() : identity(table);
    }

    private Optional<ServiceIdentity> identity(TableReader table) {
        int before = problems.count();
        Located<String> name = table.token("name");
        requireStated(table, "binary", "an absolute path");
        Located<String> binary = table.optionalPath("binary", Code.INVALID_BINARY_PATH);
        requireStated(table, "sha256", "the SHA-256 of the binary");
        Located<Hash256> hash = table.optionalDigest("sha256");
        requireSameMeasurement(binary, hash);
        Located<String> supervisor = table.token("supervisor");
        String identity = verbatim(table, "identity");
        Optional<SortedSet<String>> privileges = privileges(table);
        String hookIdentity = verbatim(table, "hook-identity");
        List<ServiceProgram> startPre = hooks(table, "start-pre");
        List<ServiceProgram> startPost = hooks(table, "start-post");
        Optional<ServiceProgram> healthCheck = program(table.optionalTable("health-check"));
        Optional<ServiceProgram> reload = program(table.optionalTable("reload"));
        String descriptor = descriptor(table);
        SortedSet<String> reads = table.optionalPaths("reads", Code.INVALID_BINARY_PATH);
        table.finish();
        if (name != null) {
            requireUnique(name);
        }
        return problems.count() > before || name == null || binary == null || hash == null || supervisor == null
                ? Optional.empty()
                : Optional.of(new ServiceIdentity(
                        name.value(),
                        binary.value(),
                        hash.value(),
                        supervisor.value(),
                        identity,
                        privileges,
                        hookIdentity,
                        startPre,
                        startPost,
                        healthCheck,
                        reload,
                        descriptor,
                        reads));
    }

    private void requireStated(TableReader table, String key, String what) {
        if (!table.has(key)) {
            problems.add(
                    Code.SERVICE_WITHOUT_BINARY,
                    table.at(),
                    "the service has no \"" + key + "\"",
                    "add " + what + ": a service is bound to a measured binary");
        }
    }

    /** An identity as it is written, for identity sources are asked so; empty when absent, as in a record. */
    private static String verbatim(TableReader table, String key) {
        Located<String> text = table.optionalText(key, Limits.IDENTITY_CHARS);
        return text == null ? "" : text.value();
    }

    /** Absent and an empty list are different things: the one leaves a token as it is, the other leaves it no privilege. */
    private Optional<SortedSet<String>> privileges(TableReader table) {
        String key = "required-privileges";
        List<Located<String>> names = table.optionalTexts(key, Limits.PROSE_CHARS);
        names.forEach(name -> refuse(ServiceWords.privilege(name.value()), name.at()));
        return table.has(key) ? Optional.of(TableReader.names(names)) : Optional.empty();
    }

    /** Empty when absent, as in a record. */
    private String descriptor(TableReader table) {
        Located<String> text = table.optionalText("descriptor", Limits.DESCRIPTOR_CHARS);
        if (text == null) {
            return "";
        }
        refuse(ServiceWords.descriptor(text.value()), text.at());
        return text.value();
    }

    private void refuse(Optional<ServiceWords.Fault> fault, Position at) {
        fault.ifPresent(found -> problems.add(found.code(), at, found.message(), found.hint()));
    }

    private List<ServiceProgram> hooks(TableReader table, String key) {
        return table.tables(key, Limits.SERVICE_HOOKS).stream()
                .flatMap(hook -> program(hook).stream())
                .toList();
    }

    private Optional<ServiceProgram> program(@Nullable TableReader table) {
        if (table == null) {
            return Optional.empty();
        }
        Located<String> path = table.path("path", Code.INVALID_BINARY_PATH);
        Located<Hash256> hash = table.digest("sha256");
        table.finish();
        requireSameMeasurement(path, hash);
        return path == null || hash == null
                ? Optional.empty()
                : Optional.of(new ServiceProgram(path.value(), hash.value()));
    }

    private void requireUnique(Located<String> name) {
        Position first = namesSeen.putIfAbsent(name.value(), name.at());
        if (first != null) {
            problems.add(
                    Code.DUPLICATE_SERVICE,
                    name.at(),
                    "the service \"" + name.value() + "\" already has an account at " + first,
                    "give every service its own name and account");
        }
    }

    /** One path has one measurement, whichever services have it and as what. */
    private void requireSameMeasurement(@Nullable Located<String> path, @Nullable Located<Hash256> hash) {
        if (path == null || hash == null) {
            return;
        }
        Located<Hash256> first = measurements.putIfAbsent(path.value(), hash);
        if (first != null && !first.value().equals(hash.value())) {
            problems.add(
                    Code.BINARY_MISMATCH,
                    hash.at(),
                    "the binary \"" + Checks.excerpt(path.value()) + "\" has another measurement at " + first.at(),
                    "one file has one SHA-256: measure it again");
        }
    }
}
