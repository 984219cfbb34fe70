package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.Hash256;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code [account.service]} tables: which account may run as which measured binary, and under whom. */
final class ServiceReader {
    private static final String KEY = "service";

    /** One spelling only, so that manifests can be compared as text. */
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

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
        Located<String> name = table.token("name");
        Located<String> binary = binary(table);
        Located<Hash256> hash = hash(table);
        Located<String> supervisor = table.token("supervisor");
        table.finish();
        if (name != null) {
            requireUnique(name);
        }
        if (binary != null && hash != null) {
            requireSameMeasurement(binary.value(), hash);
        }
        return name == null || binary == null || hash == null || supervisor == null
                ? Optional.empty()
                : Optional.of(new ServiceIdentity(name.value(), binary.value(), hash.value(), supervisor.value()));
    }

    private @Nullable Located<String> binary(TableReader table) {
        Located<String> path = required(table, "binary", "an absolute path");
        if (path != null && !Checks.isPlainAbsolutePath(path.value())) {
            problems.add(
                    Code.INVALID_BINARY_PATH,
                    path.at(),
                    "\"" + Checks.excerpt(path.value()) + "\" is no plain absolute path",
                    "write it from / on, without empty, . or .. parts");
            return null;
        }
        return path;
    }

    private @Nullable Located<Hash256> hash(TableReader table) {
        Located<String> text = required(table, "sha256", "the SHA-256 of the binary");
        if (text == null) {
            return null;
        }
        if (!DIGEST.matcher(text.value()).matches()) {
            problems.add(
                    Code.INVALID_BINARY_HASH,
                    text.at(),
                    "\"" + Checks.excerpt(text.value()) + "\" is no SHA-256",
                    "write the 64 lower-case hexadecimal digits that sha256sum prints");
            return null;
        }
        return text.with(Hash256.parse(text.value()));
    }

    private @Nullable Located<String> required(TableReader table, String key, String what) {
        if (!table.has(key)) {
            problems.add(
                    Code.SERVICE_WITHOUT_BINARY,
                    table.at(),
                    "the service has no \"" + key + "\"",
                    "add " + what + ": a service is bound to a measured binary");
        }
        return table.optionalText(key, Limits.PATH_CHARS);
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

    private void requireSameMeasurement(String binary, Located<Hash256> hash) {
        Located<Hash256> first = measurements.putIfAbsent(binary, hash);
        if (first != null && !first.value().equals(hash.value())) {
            problems.add(
                    Code.BINARY_MISMATCH,
                    hash.at(),
                    "the binary \"" + Checks.excerpt(binary) + "\" has another measurement at " + first.at(),
                    "one file has one SHA-256: measure it again");
        }
    }
}
