package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue that ships: twelve roles, and bundles as ARCHITECTURE 6 tabulates them. */
class CatalogueTest {
    private final PolicyCatalogue catalogue = Catalogue.builtIn();

    @Test
    void itHasExactlyTheTwelveRolesOfTheBacklog() {
        assertThat(catalogue.roles().keySet())
                .containsExactly(
                        "account-admin",
                        "developer",
                        "guest",
                        "local-user",
                        "net-operator",
                        "policy-admin",
                        "recovery-operator",
                        "security-auditor",
                        "service-account",
                        "service-operator",
                        "storage-admin",
                        "system-updater");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            session    | session=full identity=full
            local-user | terminal=full home=full config=full cache=full tmp=ephemeral logs=ownOnly logSink=writeOnly \
            launcher=full approval=full credentials=full keyring=full status=redacted services=full secured=full
            guest      | terminal=full home=ephemeral tmp=ephemeral logs=ownOnly launcher=full services=full \
            secured=full
            anonymous  | login=full help=readOnly
            external   | terminal=full tmp=ephemeral logs=ownOnly logSink=writeOnly status=redacted services=full \
            secured=full
            service    | home=full logSink=writeOnly launcher=full services=full secured=full
            service-control | supervisor=full
            recovery   | terminal=full tmp=ephemeral logs=ownOnly logSink=writeOnly status=redacted
            developer-tools        | logs=ownOnly launcher=full
            account-administration | accountReader=readOnly accountManager=full profileReader=readOnly \
            roleDirectory=readOnly planner=readOnly approvalReviewer=full sessionDirectory=full
            storage-inspection     | status=full storeInspector=readOnly approvalReviewer=full
            policy-reading         | profileReader=readOnly roleDirectory=readOnly approvalReviewer=full
            audit-reading          | auditReader=readOnly
            storage-repair         | storeMaintainer=full
            policy-management      | policyManager=full
            resource-profile-management | resourceProfileManager=full
            key-backup             | keyBackup=full
            service-secrets        | credentials=full keyring=full
            """)
    void eachFragmentSelectsTheseSlots(String fragment, String slots) {
        assertThat(drawn(fragment)).isEqualTo(slots);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            guest             | ordinary       | guest          | guest                  | -
            local-user        | ordinary       | human,operator | local-user             | key-backup
            developer         | ordinary       | human,operator | developer-tools        | test-network-client
            storage-admin     | administrative | human,operator | storage-inspection     | storage-repair
            net-operator      | administrative | human,operator | -                      | network-stack,service-listeners
            service-operator  | administrative | human,operator | -                      | service-control
            security-auditor  | administrative | human,operator | audit-reading          | -
            account-admin     | administrative | human,operator | account-administration | -
            policy-admin      | administrative | human,operator | policy-reading         | policy-management,resource-profile-management
            recovery-operator | manifest-only  | recovery       | recovery               | storage-repair,store-recovery
            system-updater    | administrative | human,operator | -                      | measured-update
            service-account   | ordinary       | service        | service                | service-secrets
            """)
    void eachRoleSelectsThisAndNothingElse(
            String name, String standing, String kinds, @Nullable String fragments, @Nullable String leases) {
        RoleDefinition role = catalogue.role(name).orElseThrow();
        assertThat(role.administrative()).isEqualTo(!standing.equals("ordinary"));
        assertThat(role.manifestOnly()).isEqualTo(standing.equals("manifest-only"));
        assertThat(role.kinds().stream().map(PrincipalKind::text)).containsExactly(kinds.split(","));
        assertThat(String.join(",", role.fragments())).isEqualTo(fragments == null ? "" : fragments);
        assertThat(String.join(",", role.leases())).isEqualTo(leases == null ? "" : leases);
    }

    @Test
    void whatIsOnlyLeasedIsNotForProfiles() {
        for (String fragment : List.of("key-backup", "policy-management", "storage-repair", "service-secrets")) {
            assertThat(catalogue.fragmentFault(fragment, EnumSet.of(PrincipalKind.HUMAN)))
                    .as(fragment)
                    .isPresent();
        }
    }

    @Test
    void aCatalogueWrittenOutIsReadBackAsTheSame() {
        assertThat(Catalogue.parse(Catalogue.text(catalogue))).isEqualTo(catalogue);

        PolicyCatalogue more = Catalogue.parse(Catalogue.text(catalogue) + """

                [[program]]
                name = "viewer"
                summary = "Shows a text."
                path = "/opt/viewer"
                sha256 = "7608a52dd8eb08c195b6e4973e0ecbd4bfbe902c7b29e7e19567975c9079a436"
                arguments = "listed"
                allowed = ["-n", "*.txt"]
                max-arguments = 3
                max-argument-bytes = 20
                launcher = ["approved-apps", "measured-binary"]
                reads = ["/opt/fonts"]
                [program.holds]
                home = "own"
                config = "readOnly"
                """);
        assertThat(more.programs()).containsKey("viewer");
        assertThat(Catalogue.parse(Catalogue.text(more))).isEqualTo(more);
    }

    @Test
    void nothingButTheAccountAdministrationReachesAccounts() {
        Set<String> reaching = catalogue.fragments().values().stream()
                .filter(fragment -> fragment.slots().stream()
                        .anyMatch(rule -> EnumSet.of(Slot.ACCOUNT_READER, Slot.ACCOUNT_MANAGER)
                                .contains(rule.slot())))
                .map(BundleFragment::name)
                .collect(Collectors.toSet());
        assertThat(reaching).containsExactly("account-administration");
    }

    @Test
    void noAdministrativeRoleAddsAHomeOrAKey() {
        for (RoleDefinition role : catalogue.roles().values()) {
            if (role.administrative()) {
                assertThat(role.fragments().stream()
                                .flatMap(name -> catalogue.fragment(name).orElseThrow().slots().stream())
                                .map(SlotRule::slot))
                        .as(role.name())
                        .doesNotContain(Slot.HOME, Slot.CONFIG, Slot.CACHE, Slot.CREDENTIALS, Slot.KEYRING);
            }
        }
    }

    @Test
    void everySlotIsSelectedBySomething() {
        Set<Slot> selected = catalogue.fragments().values().stream()
                .flatMap(fragment -> fragment.slots().stream())
                .map(SlotRule::slot)
                .collect(Collectors.toSet());
        assertThat(selected).containsExactlyInAnyOrder(Slot.values());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[fragment]]\nname = \"a\"\nslots = { attic = \"full\" }",
                "[[fragment]]\nname = \"a\"\nslots = { home = \"sometimes\" }",
                "[[fragment]]\nname = \"a\"\nslots = {}\n[[fragment]]\nname = \"a\"\nslots = {}",
                "[[fragment]]\nname = \"a\"",
                "[[role]]\nname = \"a\"",
                "[[role]]\nname = \"a\"\nsummary = \"s\"\nadministrative = false\nmanifest-only = false\n"
                        + "kinds = [\"human\"]\nfragments = [\"absent\"]\nleases = []",
                "surprise = 1",
                "not toml",
            })
    void aFaultyCatalogueIsRefused(String toml) {
        assertThatThrownBy(() -> Catalogue.parse(toml)).isInstanceOf(IllegalArgumentException.class);
    }

    private String drawn(String fragment) {
        return catalogue.fragment(fragment).orElseThrow().slots().stream()
                .map(rule -> rule.slot().text() + "=" + rule.access().text())
                .collect(Collectors.joining(" "));
    }

    @Test
    void slotsAndKindsAreSpeltAsTheSchemaSpellsThem() {
        assertThat(Arrays.stream(Slot.values()).map(Slot::text))
                .isEqualTo(List.of(
                        "terminal",
                        "session",
                        "home",
                        "config",
                        "cache",
                        "tmp",
                        "logs",
                        "logSink",
                        "launcher",
                        "approval",
                        "credentials",
                        "keyring",
                        "status",
                        "login",
                        "help",
                        "accountReader",
                        "accountManager",
                        "profileReader",
                        "roleDirectory",
                        "planner",
                        "storeInspector",
                        "approvalReviewer",
                        "auditReader",
                        "sessionDirectory",
                        "resourceProfileManager",
                        "policyManager",
                        "storeMaintainer",
                        "keyBackup",
                        "identity",
                        "services",
                        "secured",
                        "supervisor"));
        assertThat(Arrays.stream(PrincipalKind.values()).map(PrincipalKind::text))
                .isEqualTo(List.of("human", "operator", "guest", "anonymous", "external", "service", "recovery"));
    }
}
