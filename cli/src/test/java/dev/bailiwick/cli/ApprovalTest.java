package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Leases and the audit chain through the programs: a store's first policy administrators, what they ask for, decide and change. */
@Timeout(value = 5, unit = TimeUnit.MINUTES) // many passwords, each of which is slow to check by intention
class ApprovalTest {
    private static final String PASSWORD = "a policy of some length";

    @TempDir
    static Path directory;

    private static Site site = Site.unset();

    @BeforeAll
    static void start() {
        site = Site.running(directory);
        for (String who : List.of("paula", "peter", "audrey")) {
            Json.Obj created = (Json.Obj)
                    site.admin("operator", "account", "create", who, "--policy-profile", "operator", "-o", "json")
                            .ok()
                            .json();
            site.enroll(who, created.text("enrolmentCode"), PASSWORD);
        }
        // Nobody could lease policy management yet: whoever has the directory makes the first who can decide about it.
        site.stop();
        site.offline("policy", "role", "add", "paula", "policy-admin").ok();
        site.offline("policy", "role", "add", "peter", "policy-admin").ok();
        site.offline("policy", "role", "add", "audrey", "security-auditor").ok();
        site.serve();
    }

    @AfterAll
    static void stop() {
        site.close();
    }

    private static String asked(String who, String... arguments) {
        return ((Json.Obj) site.bailiwick(who, arguments).ok().json()).text("requestId");
    }

    @Test
    void aPolicyAdministratorAsksAnotherOneGrantsAndTheChangeNamesTheApproval() throws IOException {
        site.login("operator", Site.OPERATOR_PASSWORD).ok();
        site.login("paula", PASSWORD).ok();
        site.login("peter", PASSWORD).ok();
        assertThat(site.admin("paula", "policy", "show").status()).isEqualTo(3);

        String id = asked(
                "paula",
                "request",
                "policy-management",
                "--reason",
                "a quieter catalogue",
                "--for",
                "30m",
                "-o",
                "json");
        assertThat(site.bailiwick("paula", "requests").ok().out()).contains(id, "pending", "30 min");
        assertThat(site.admin("peter", "approval", "list").ok().out()).contains(id, "paula", "a quieter catalogue");
        assertThat(site.admin("paula", "approval", "grant", id).status()).isEqualTo(3);
        assertThat(site.admin("paula", "approval", "grant", id).err()).startsWith("error[own-request]");
        site.admin("peter", "approval", "grant", id, "--for", "20m").ok();

        assertThat(site.bailiwick("paula", "bundle").ok().out()).contains("policyManager", id);
        Path catalogue = Files.writeString(
                directory.resolve("catalogue.toml"),
                site.admin("paula", "policy", "show")
                        .ok()
                        .out()
                        .replace("Interactive temporary session without durable storage.", "A visitor."));
        assertThat(site.admin("paula", "policy", "publish", catalogue.toString())
                        .ok()
                        .out())
                .startsWith("policy version 2 is in force");
        assertThat(site.admin("paula", "policy", "role", "add", "paula", "account-admin")
                        .err())
                .startsWith("error[own-account]");
        site.admin("paula", "policy", "role", "add", "peter", "storage-admin").ok();

        assertThat(site.admin("operator", "account", "history", "peter").ok().out())
                .contains(id);
        assertThat(site.admin("peter", "approval", "cut", id, "--reason", "done with it")
                        .ok()
                        .out())
                .contains("cut");
        assertThat(site.admin("paula", "policy", "show").status()).isEqualTo(3);
        assertThat(site.admin("audrey", "audit", "query", "--kind", "lease").status())
                .isEqualTo(3);

        site.login("audrey", PASSWORD).ok();
        String audit =
                site.admin("audrey", "audit", "query", "--kind", "lease").ok().out();
        assertThat(audit).contains("lease.request", "lease.grant", "lease.cut", "a quieter catalogue", "done with it");
        assertThat(site.admin("audrey", "audit", "query", "--principal", "peter", "--kind", "admin")
                        .ok()
                        .out())
                .contains("role.bind");
        assertThat(site.admin("audrey", "audit", "query", "--limit", "2", "-o", "json")
                        .ok()
                        .json())
                .isInstanceOfSatisfying(
                        Json.Arr.class, lines -> assertThat(lines.items()).hasSize(2));
        assertThat(site.admin("audrey", "audit", "verify").ok().out()).contains("sound");
    }

    @Test
    void whatIsNotOnOfferOrNotYoursIsDeniedWithTheReason() {
        site.login("peter", PASSWORD).ok();

        assertThat(site.bailiwick("peter", "requests", "--eligible").ok().out()).contains("policy-management");
        TestHost.Ended notEligible = site.bailiwick("peter", "request", "network-stack", "--reason", "x");
        assertThat(notEligible.status()).isEqualTo(3);
        assertThat(notEligible.err()).startsWith("error[not-eligible]");
        assertThat(site.bailiwick("peter", "request", "policy-management", "--reason", "x", "--for", "9h")
                        .status())
                .isEqualTo(2);
        assertThat(site.bailiwick("peter", "request", "policy-management", "--reason", "x", "--for", "soon")
                        .status())
                .isEqualTo(2);
        assertThat(site.bailiwick("peter", "give-back", "nonsense").status()).isEqualTo(2);

        String id = asked("peter", "request", "policy-management", "--reason", "x", "-o", "json");
        assertThat(site.bailiwick("peter", "request", "policy-management", "--reason", "x")
                        .status())
                .isEqualTo(5);
        assertThat(site.bailiwick("peter", "give-back", id).ok().out()).contains("it was given back");
        assertThat(site.bailiwick("peter", "give-back", id).status()).isEqualTo(3);
    }

    @Test
    void aDirectoryHasNoRequestsAndTheWholeAuditChain() {
        Path copy = directory.resolve("copied");
        assertThat(site.admin("operator", "approval", "list", "--store", copy.toString())
                        .status())
                .isEqualTo(2);
    }
}
