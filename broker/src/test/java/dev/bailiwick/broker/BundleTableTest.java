package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The table of bundles (ARCHITECTURE 6, seed 002 "Default Session Resources") beside what the planner makes of the shipped manifest, and
 * beside what no manifest can exceed. ADR 0066 says where the two differ from the first text of the table, and why.
 */
class BundleTableTest {
    private static final List<String> COLUMNS =
            List.of("local", "developer", "operator", "guest", "anonymous", "external", "service", "recovery");

    /** What the shipped manifest gives: {@code -} nothing, {@code *} full. */
    private static final String SHIPPED = """
            slot        local      developer  operator   guest      anonymous  external   service    recovery
            terminal    *          *          *          *          -          *          -          *
            session     *          *          *          *          *          *          *          *
            home        *          *          *          ephemeral  -          -          *          -
            config      *          *          *          -          -          -          -          -
            cache       *          *          *          -          -          -          -          -
            tmp         ephemeral  ephemeral  ephemeral  ephemeral  -          ephemeral  -          ephemeral
            logs        ownOnly    ownOnly    ownOnly    ownOnly    -          ownOnly    -          ownOnly
            logSink     writeOnly  writeOnly  writeOnly  -          -          writeOnly  writeOnly  writeOnly
            launcher    *          *          *          -          -          -          *          -
            approval    *          *          *          -          -          -          -          -
            credentials *          *          *          -          -          -          -          -
            keyring     *          *          *          -          -          -          -          -
            status      redacted   redacted   *          -          -          redacted   -          redacted
            login       -          -          -          -          *          -          -          -
            help        -          -          -          -          readOnly   -          -          -
            identity    *          *          *          *          *          *          *          *
            services    *          *          *          *          -          *          *          -
            secured     *          *          *          *          -          *          *          -
            """;

    /** The most that any manifest, profile or role can give; administrative slots are for residents alone. */
    private static final String MOST = """
            slot        local      developer  operator   guest      anonymous  external   service    recovery
            terminal    *          *          *          *          -          *          -          *
            session     *          *          *          *          *          *          *          *
            home        *          *          *          ephemeral  -          -          *          -
            config      *          *          *          -          -          -          -          -
            cache       *          *          *          -          -          -          -          -
            tmp         ephemeral  ephemeral  ephemeral  ephemeral  -          ephemeral  -          ephemeral
            logs        ownOnly    ownOnly    ownOnly    ownOnly    -          ownOnly    -          ownOnly
            logSink     writeOnly  writeOnly  writeOnly  writeOnly  -          writeOnly  writeOnly  writeOnly
            launcher    *          *          *          *          -          *          *          -
            approval    *          *          *          *          -          *          -          -
            credentials *          *          *          -          -          -          *          -
            keyring     *          *          *          -          -          *          *          -
            status      *          *          *          -          -          redacted   -          redacted
            login       -          -          -          -          *          -          -          -
            help        *          *          *          *          *          *          -          *
            identity    *          *          *          *          *          *          *          *
            services    *          *          *          *          -          *          *          -
            secured     *          *          *          *          -          *          *          -
            """;

    /** What roles add, which no kind of session but residents' may hold. */
    private static final Set<Slot> ADMINISTRATIVE = EnumSet.of(
            Slot.ACCOUNT_READER,
            Slot.ACCOUNT_MANAGER,
            Slot.PROFILE_READER,
            Slot.ROLE_DIRECTORY,
            Slot.PLANNER,
            Slot.STORE_INSPECTOR,
            Slot.APPROVAL_REVIEWER,
            Slot.AUDIT_READER,
            Slot.SESSION_DIRECTORY,
            Slot.RESOURCE_PROFILE_MANAGER,
            Slot.POLICY_MANAGER,
            Slot.STORE_MAINTAINER,
            Slot.KEY_BACKUP,
            Slot.SUPERVISOR);

    @Test
    void theShippedManifestGivesWhatTheTableSays() {
        Planner whole = new Planner(EnumSet.allOf(Slot.class));
        Map<String, Situation> situations = new LinkedHashMap<>();
        situations.put(
                "local", Situation.of(PrincipalKind.HUMAN).profiles("standard").role("local-user"));
        situations.put(
                "developer",
                Situation.of(PrincipalKind.HUMAN)
                        .profiles("standard")
                        .role("local-user")
                        .role("developer"));
        situations.put("operator", Situation.shipped("operator"));
        situations.put("guest", Situation.shipped("guest"));
        situations.put("anonymous", Situation.shipped("anonymous"));
        situations.put("external", Situation.of(PrincipalKind.EXTERNAL).profiles("external"));
        situations.put("service", Situation.shipped("health-probe"));
        situations.put("recovery", Situation.shipped("recovery"));

        situations.forEach((column, situation) -> {
            BundlePlan plan = whole.plan(situation.facts(), situation.circumstances());
            table(SHIPPED, column).forEach((slot, expected) -> {
                String given =
                        plan.decision(slot) instanceof PolicyDecision.Granted granted ? access(granted.access()) : "-";
                assertThat(given).as("%s of a %s session", slot.text(), column).isEqualTo(expected);
            });
        });
    }

    @Test
    void nothingThatAnAdministratorWritesExceedsTheTable() {
        for (String column : COLUMNS) {
            SessionKind kind = SessionKind.ofText(column.equals("developer") ? "local" : column)
                    .orElseThrow();
            table(MOST, column)
                    .forEach((slot, expected) -> assertThat(Ceiling.of(kind, slot)
                                    .map(BundleTableTest::access)
                                    .orElse("-"))
                            .as("%s of a %s session", slot.text(), column)
                            .isEqualTo(expected));
        }
    }

    @Test
    void noProfileGivesAServiceItsSecretsWithoutALease() {
        PolicyProfile shipped = Shipped.policy("service");
        TreeSet<String> fragments = new TreeSet<>(shipped.fragments());
        fragments.add("service-secrets");
        BundlePlan plan = Situation.shipped("health-probe")
                .policy(new PolicyProfile(
                        shipped.profileId(),
                        shipped.name(),
                        shipped.kinds(),
                        shipped.allowedRoles(),
                        fragments,
                        shipped.sessionLifetime(),
                        shipped.idleTimeout(),
                        shipped.freshAuth(),
                        shipped.labels()))
                .plan();

        for (Slot slot : List.of(Slot.CREDENTIALS, Slot.KEYRING)) {
            assertThat(plan.decision(slot)).isInstanceOfSatisfying(PolicyDecision.NotGranted.class, not -> {
                assertThat(not.code()).isEqualTo(PlanCode.KIND_FORBIDS.text());
                assertThat(not.rule()).endsWith("but service sessions hold it by a lease only");
            });
        }
    }

    @Test
    void administrativeSlotsAreForResidentsOnly() {
        for (SessionKind kind : SessionKind.values()) {
            boolean resident = kind == SessionKind.LOCAL || kind == SessionKind.OPERATOR;
            for (Slot slot : ADMINISTRATIVE) {
                assertThat(Ceiling.of(kind, slot).isPresent())
                        .as("%s of a %s session", slot.text(), kind.text())
                        .isEqualTo(resident);
            }
        }
    }

    @Test
    void theTableIsAboutEverySlot() {
        Set<Slot> all = EnumSet.copyOf(table(MOST, "local").keySet());
        all.addAll(ADMINISTRATIVE);
        assertThat(all).containsExactlyInAnyOrder(Slot.values());
    }

    private static String access(SlotAccess access) {
        return access == SlotAccess.FULL ? "*" : access.text();
    }

    private static Map<Slot, String> table(String text, String column) {
        List<String> lines = text.lines().toList();
        int index = List.of(lines.getFirst().trim().split(" +", -1)).indexOf(column);
        Map<Slot, String> cells = new EnumMap<>(Slot.class);
        for (String line : lines.subList(1, lines.size())) {
            String[] parts = line.trim().split(" +", -1);
            cells.put(Slot.ofText(parts[0]).orElseThrow(), parts[index]);
        }
        return cells;
    }
}
