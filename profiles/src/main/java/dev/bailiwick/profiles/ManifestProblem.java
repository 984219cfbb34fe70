package dev.bailiwick.profiles;

import java.util.Comparator;

/**
 * One reason why a manifest is refused.
 *
 * @param code what is wrong; its text is stable
 * @param line of the offending key, value or table, from 1
 * @param column in that line, from 1
 * @param message what was found, quoting it
 * @param hint what to do about it; may be empty
 */
public record ManifestProblem(Code code, int line, int column, String message, String hint) {
    /** In the order of the file. */
    static final Comparator<ManifestProblem> BY_PLACE = Comparator.comparingInt(ManifestProblem::line)
            .thenComparingInt(ManifestProblem::column)
            .thenComparing(ManifestProblem::code);

    /** What can be wrong with a manifest. {@code docs/manifest.md} explains each. */
    public enum Code {
        /** The file is longer than {@link Limits#MANIFEST_BYTES}. */
        FILE_TOO_LARGE("file-too-large"),
        /** More lines than a manifest may have, altogether or blank in a row. */
        TOO_MANY_LINES("too-many-lines"),
        /** The file is not UTF-8. */
        NOT_UTF8("not-utf8"),
        /** The file is not TOML 1.0. */
        SYNTAX("syntax"),
        /** The manifest is of a version that this build does not read. */
        UNSUPPORTED_VERSION("unsupported-version"),
        /** A required key or table is absent. */
        MISSING_KEY("missing-key"),
        /** A key that no version 1 manifest has here. */
        UNKNOWN_KEY("unknown-key"),
        /** A value of another TOML type than the key takes. */
        WRONG_TYPE("wrong-type"),
        /** A value that is not of the form the key takes. */
        INVALID_VALUE("invalid-value"),
        /** A number, size or duration beyond its bounds. */
        OUT_OF_RANGE("out-of-range"),
        /** More of something than a manifest may hold. */
        TOO_MANY("too-many"),
        /** More problems than are reported of one manifest. */
        TOO_MANY_PROBLEMS("too-many-problems"),

        /** An account name that no account may have. */
        INVALID_NAME("invalid-name"),
        /** Two accounts whose names are the same once normalised. */
        DUPLICATE_NAME("duplicate-name"),
        /** Two accounts whose names people could take for each other. */
        CONFUSABLE_NAME("confusable-name"),
        /** Two accounts with one principal id. */
        DUPLICATE_PRINCIPAL("duplicate-principal"),
        /** A kind of account that is never seeded. */
        KIND_NOT_SEEDABLE("kind-not-seedable"),
        /** A second account of a kind of which there is one. */
        SECOND_OF_KIND("second-of-kind"),
        /** No account could administer the store. */
        NO_OPERATOR("no-operator"),
        /** An account or profile that is handed a capability instead of policy inputs. */
        CAPABILITY_GRANT("capability-grant"),

        /** Two profiles of one sort with one name. */
        DUPLICATE_PROFILE("duplicate-profile"),
        /** Two profiles with one id. */
        DUPLICATE_PROFILE_ID("duplicate-profile-id"),
        /** A resource profile that the manifest does not define. */
        UNKNOWN_RESOURCE_PROFILE("unknown-resource-profile"),
        /** A policy profile that the manifest does not define. */
        UNKNOWN_POLICY_PROFILE("unknown-policy-profile"),
        /** A policy profile that does not serve the account's kind. */
        PROFILE_NOT_FOR_KIND("profile-not-for-kind"),
        /** A network or launcher posture that does not exist. */
        UNKNOWN_POSTURE("unknown-posture"),
        /** A fragment that the catalogue does not have. */
        UNKNOWN_FRAGMENT("unknown-fragment"),
        /** A policy profile that gives every session what only administrative roles may add, or what is only leased. */
        ADMINISTRATIVE_FRAGMENT("administrative-fragment"),
        /** A policy profile for anonymous callers that gives them more than a way to log in. */
        FRAGMENT_NOT_FOR_ANONYMOUS("fragment-not-for-anonymous"),

        /** A role that the catalogue does not have. */
        UNKNOWN_ROLE("unknown-role"),
        /** A name listed twice. */
        REPEATED("repeated"),
        /** A role that the account's kind may not carry. */
        ROLE_NOT_FOR_KIND("role-not-for-kind"),
        /** A role that the account's policy profile would ignore. */
        ROLE_NOT_ALLOWED("role-not-allowed"),
        /** An interactive role on a service. */
        SERVICE_INTERACTIVE_ROLE("service-interactive-role"),

        /** A service account that says nothing about its service. */
        SERVICE_WITHOUT_IDENTITY("service-without-identity"),
        /** A service table on an account that is no service. */
        SERVICE_ON_OTHER_KIND("service-on-other-kind"),
        /** A service without a binary, or without its measurement. */
        SERVICE_WITHOUT_BINARY("service-without-binary"),
        /** A binary, another program of a service, or something it reads, that is not named by a plain absolute path. */
        INVALID_BINARY_PATH("invalid-binary-path"),
        /** A measurement that is not 32 bytes in hexadecimal. */
        INVALID_BINARY_HASH("invalid-binary-hash"),
        /** Two accounts for one service. */
        DUPLICATE_SERVICE("duplicate-service"),
        /** One file with two measurements, as a binary or another program of a service. */
        BINARY_MISMATCH("binary-mismatch"),
        /** A privilege that no token can have. */
        UNKNOWN_PRIVILEGE("unknown-privilege"),
        /** The descriptor of a service's data directory is no SDDL. */
        INVALID_DESCRIPTOR("invalid-descriptor"),

        /** Two programs with one name, or with the name of a built-in one. */
        DUPLICATE_PROGRAM("duplicate-program"),
        /** A program, or something it reads, that is not named by a plain absolute path. */
        INVALID_PROGRAM_PATH("invalid-program-path"),
        /** A program of a posture that starts measured files only, without its measurement. */
        PROGRAM_WITHOUT_MEASUREMENT("program-without-measurement"),

        /** Two credentials with one id. */
        DUPLICATE_CREDENTIAL("duplicate-credential"),
        /** A credential reference that names no credential of the manifest. */
        UNKNOWN_CREDENTIAL("unknown-credential"),
        /** A credential that two accounts refer to. */
        SHARED_CREDENTIAL("shared-credential"),
        /** A credential that no account refers to. */
        UNUSED_CREDENTIAL("unused-credential"),
        /** A credential on an account of a kind that nobody logs in to. */
        CREDENTIAL_NOT_FOR_KIND("credential-not-for-kind");

        private final String text;

        Code(String text) {
            this.text = text;
        }

        /** The stable spelling. */
        public String text() {
            return text;
        }
    }

    /** One line: place, code and message. */
    @Override
    public String toString() {
        return line + ":" + column + ": " + code.text() + ": " + message;
    }
}
