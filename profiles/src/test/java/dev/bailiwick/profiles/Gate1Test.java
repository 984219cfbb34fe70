package dev.bailiwick.profiles;

import static dev.bailiwick.profiles.ManifestText.account;
import static dev.bailiwick.profiles.ManifestText.binary;
import static dev.bailiwick.profiles.ManifestText.service;
import static dev.bailiwick.profiles.ManifestText.sound;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of seed 002, Gate 1, in its words, each with a manifest that breaks it. The mark {@code ^^} is where the refusal must point, line and
 * column. {@link SeedManifestRefusalTest} has the many ways to break each.
 */
class Gate1Test {
    private static final String ID = "prn-00112233445566778899aabbccddeeff";

    static Stream<Arguments> rules() {
        return Stream.of(
                rule(
                        "seed account names are unique",
                        sound().plus(account("a1", "") + marked("a1", account("a1", ""))),
                        Code.DUPLICATE_NAME),
                rule(
                        "seed account names are unique once normalised",
                        sound().plus(account("a1", "") + marked("A1", account("A1", ""))),
                        Code.DUPLICATE_NAME),
                rule(
                        "seed account names are not confusable",
                        sound().plus(account("scope", "") + marked("sc\u043epe", account("sc\u043epe", ""))),
                        Code.CONFUSABLE_NAME),
                rule(
                        "principal IDs are unique (duplicate principals)",
                        sound().plus(account("a1", "principal-id = \"" + ID + "\"")
                                + account("b1", "^^principal-id = \"" + ID + "\"")),
                        Code.DUPLICATE_PRINCIPAL),
                rule(
                        "roles are resolvable (invalid bootstrap roles)",
                        sound().plus(withRoles("^^\"wizard\"")),
                        Code.UNKNOWN_ROLE),
                rule("roles are unique", sound().plus(withRoles("\"local-user\", ^^\"local-user\"")), Code.REPEATED),
                rule(
                        "initial role bindings are ones that the account may carry",
                        sound().plus(withRoles("^^\"recovery-operator\"")),
                        Code.ROLE_NOT_FOR_KIND),
                rule(
                        "resource profiles are resolvable (missing resource profiles)",
                        sound().edit("resource-profile = \"basic\"", "^^resource-profile = \"lavish\""),
                        Code.UNKNOWN_RESOURCE_PROFILE),
                rule(
                        "resource profiles are unique",
                        sound().plus("[[resource-profile]]\n^^name = \"basic\"\n" + ManifestText.basicLimits()),
                        Code.DUPLICATE_PROFILE),
                rule(
                        "credential references are resolvable",
                        sound().plus(account("a1", "credentials = [^^\"lost\"]")),
                        Code.UNKNOWN_CREDENTIAL),
                rule(
                        "credential references are unique",
                        sound().plus(account("a1", "credentials = [^^\"first-code\"]")),
                        Code.SHARED_CREDENTIAL),
                rule(
                        "privileged kernel caps are not granted to ordinary users directly",
                        sound().plus(account("a1", "capabilities = [^^\"ProcessSpawner\"]")),
                        Code.CAPABILITY_GRANT),
                rule(
                        "privileges are broker-mediated policy inputs, and not a profile's to give",
                        sound().edit("fragments = [\"anonymous\"]", "fragments = [^^\"account-administration\"]"),
                        Code.ADMINISTRATIVE_FRAGMENT),
                rule(
                        "a service account names its binary (service-account/binary mismatches)",
                        sound().plus(service("one", binary("one", "/p", "a"))
                                + service("two", binary("two", "/p", "b").replace("sha256 =", "^^sha256 ="))),
                        Code.BINARY_MISMATCH),
                rule(
                        "a service account is no interactive one",
                        sound().plus(service("probe", binary("probe", "/p", "a"))
                                .replace("\"service-account\"", "\"service-account\", ^^\"local-user\"")),
                        Code.SERVICE_INTERACTIVE_ROLE));
    }

    private static Arguments rule(String rule, ManifestText broken, Code code) {
        return arguments(rule, broken, code);
    }

    private static String marked(String name, String table) {
        return table.replace("name = \"" + name + "\"", "^^name = \"" + name + "\"");
    }

    private static String withRoles(String roles) {
        return account("a1", "").replaceFirst("roles = \\[[^]]*]", "roles = [" + roles + "]");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void eachRuleIsKept(String rule, ManifestText broken, Code code) {
        broken.isRefused(code);
    }
}
