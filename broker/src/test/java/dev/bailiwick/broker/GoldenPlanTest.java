package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.profiles.PrincipalKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole bundle of each kind of session under the shipped manifest, as text. A change here is a change of policy. */
class GoldenPlanTest {
    @ParameterizedTest
    @ValueSource(strings = {"operator", "recovery", "guest", "anonymous", "health-probe"})
    void aShippedAccountGetsExactlyThisBundle(String account) {
        assertThat(table(Situation.shipped(account).plan())).isEqualTo(golden(account));
    }

    @Test
    void anOrdinaryPersonGetsExactlyThisBundle() {
        assertThat(table(Situation.of(PrincipalKind.HUMAN)
                        .profiles("standard")
                        .role("local-user")
                        .plan()))
                .isEqualTo(golden("local-user"));
    }

    @Test
    void aDeveloperGetsExactlyThisBundle() {
        assertThat(table(Situation.of(PrincipalKind.HUMAN)
                        .profiles("standard")
                        .role("local-user")
                        .role("developer")
                        .plan()))
                .isEqualTo(golden("developer"));
    }

    @Test
    void anExternalSubjectGetsExactlyThisBundle() {
        assertThat(table(Situation.of(PrincipalKind.EXTERNAL)
                        .profiles("external")
                        .plan()))
                .isEqualTo(golden("external"));
    }

    @Test
    void everyOtherRoleOfAnOperatorAddsExactlyThis() {
        Situation operator =
                Situation.of(PrincipalKind.OPERATOR).profiles("operator").role("local-user");
        for (String role :
                new String[] {"policy-admin", "security-auditor", "net-operator", "service-operator", "system-updater"
                }) {
            operator.role(role);
        }
        assertThat(table(operator.plan())).isEqualTo(golden("other-roles"));
    }

    private static String table(BundlePlan plan) {
        StringBuilder text = new StringBuilder();
        text.append("kind ").append(plan.kind().text()).append('\n');
        text.append("roles ").append(String.join(" ", plan.roles())).append('\n');
        text.append("leases ").append(String.join(" ", plan.leases())).append('\n');
        plan.terms()
                .ifPresent(terms -> text.append("terms ")
                        .append(terms.lifetime())
                        .append(" idle ")
                        .append(terms.idleTimeout())
                        .append(" sessions ")
                        .append(terms.sessionLimit())
                        .append('\n'));
        for (PolicyDecision decision : plan.decisions()) {
            String outcome = switch (decision) {
                case PolicyDecision.Granted grant ->
                    grant.access().text()
                            + grant.quota().map(quota -> " " + quota.text()).orElse("");
                case PolicyDecision.NotGranted refusal -> "- " + refusal.why().text();
            };
            text.append(String.format(
                    Locale.ROOT, "%-14s %-28s %s%n", decision.slot().text(), outcome, decision.rule()));
        }
        return text.toString().replaceAll(" +\n", "\n");
    }

    private static String golden(String name) {
        String resource = "plan-" + name + ".txt";
        try (InputStream in = GoldenPlanTest.class.getResourceAsStream(resource)) {
            return new String(Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(resource, e);
        }
    }
}
