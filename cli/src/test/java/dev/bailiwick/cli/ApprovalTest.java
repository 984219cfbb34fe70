package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
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
    void whoeverWaitsIsToldWhatWasDecided() throws InterruptedException, ExecutionException {
        site.login("paula", PASSWORD).ok();
        site.login("peter", PASSWORD).ok();
        String[] waiting = {"request", "policy-management", "--reason", "to be waited for", "--wait"};

        Future<TestHost.Ended> refused = later(() -> site.bailiwick("paula", waiting));
        site.admin("peter", "approval", "deny", pendingOf("paula"), "--reason", "not on a Friday")
                .ok();

        assertThat(refused.get().status()).isEqualTo(3);
        assertThat(refused.get().out()).contains("denied", "not on a Friday");
        assertThat(refused.get().err())
                .startsWith("waiting for a decision about ")
                .contains("error[request-denied]: the request was not granted: not on a Friday");
        assertThat(site.bailiwick("paula", "requests").ok().out()).contains("denied", "peter");

        Future<TestHost.Ended> granted = later(() -> site.bailiwick("paula", waiting));
        site.admin("peter", "approval", "grant", pendingOf("paula")).ok();

        assertThat(granted.get().ok().out()).contains("granted", "peter");
        site.admin("paula", "policy", "show").ok();
    }

    @Test
    void aLeaseIsRenewedOrNotAndGoesOnEitherWay() {
        site.login("paula", PASSWORD).ok();
        site.login("peter", PASSWORD).ok();
        String id = asked("paula", "request", "policy-management", "--reason", "x", "--for", "10m", "-o", "json");
        assertThat(site.bailiwick("paula", "renew", id).status())
                .as("it does not run yet")
                .isEqualTo(3);
        site.admin("peter", "approval", "grant", id).ok();
        long until = lease(id).number("expiresAtMs");

        site.bailiwick("paula", "renew", id, "--for", "20m").ok();
        assertThat(site.bailiwick("paula", "renew", id, "--for", "20m").status())
                .as("one at a time")
                .isEqualTo(5);
        assertThat(site.admin("peter", "approval", "list").ok().out()).contains(id, "paula");
        site.admin("peter", "approval", "deny", id, "--reason", "ten minutes are enough")
                .ok();
        assertThat(lease(id).text("state")).isEqualTo("granted");
        assertThat(lease(id).number("expiresAtMs")).isEqualTo(until);

        site.bailiwick("paula", "renew", id, "--for", "20m").ok();
        site.admin("peter", "approval", "grant", id).ok();
        assertThat(lease(id).number("expiresAtMs")).isGreaterThanOrEqualTo(until + 10 * 60 * 1000);
        site.admin("paula", "policy", "show").ok();
        assertThat(site.bailiwick("peter", "renew", id).status())
                .as("nobody else's")
                .isEqualTo(4);
        assertThat(site.bailiwick("paula", "renew", "nonsense").status()).isEqualTo(2);
        assertThat(site.admin("peter", "approval", "deny", id).status())
                .as("nothing waits")
                .isEqualTo(5);
    }

    @Test
    void theAuditChainIsAskedAboutASpanOfTime() {
        site.login("audrey", PASSWORD).ok();
        site.withInput("nobody", "not it\n", "login", "nobody-at-all", "--password-stdin");
        List<Json.Obj> all = audit();
        long last = all.getLast().number("timeMs");
        String then = Instant.ofEpochMilli(last).toString();
        String after = Instant.ofEpochMilli(last + 1).toString();

        assertThat(audit("--since", then)).contains(all.getLast());
        assertThat(audit("--since", after)).as("from then on").isEmpty();
        assertThat(audit("--until", then))
                .as("before then")
                .isNotEmpty()
                .allMatch(entry -> entry.number("timeMs") < last);
        assertThat(audit("--until", after)).isEqualTo(all);
        assertThat(audit("--since", then, "--until", after))
                .isNotEmpty()
                .allMatch(entry -> entry.number("timeMs") == last);
        assertThat(audit("--since", "2020-01-01")).isEqualTo(all);
        assertThat(audit("--until", "2020-01-01")).isEmpty();
        TestHost.Ended soon = site.admin("audrey", "audit", "query", "--since", "soon");
        assertThat(soon.status()).isEqualTo(2);
        assertThat(soon.err()).contains("\"soon\" is no time", "a date");
    }

    private static List<Json.Obj> audit(String... more) {
        List<String> words = new ArrayList<>(List.of("audit", "query", "--kind", "login", "-o", "json"));
        words.addAll(List.of(more));
        return ((Json.Arr)
                        site.admin("audrey", words.toArray(String[]::new)).ok().json())
                .objects();
    }

    private static Json.Obj lease(String id) {
        return ((Json.Arr)
                        site.bailiwick("paula", "requests", "-o", "json").ok().json())
                .objects().stream()
                        .filter(request -> request.text("requestId").equals(id))
                        .findFirst()
                        .orElseThrow();
    }

    /** The request of that account's that waits, once it does. */
    private static String pendingOf(String name) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(
                        () -> ((Json.Arr) site.admin("peter", "approval", "list", "-o", "json")
                                        .ok()
                                        .json())
                                .objects().stream()
                                        .filter(request -> request.text("name").equals(name))
                                        .map(request -> request.text("requestId"))
                                        .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static Future<TestHost.Ended> later(Callable<TestHost.Ended> command) {
        FutureTask<TestHost.Ended> task = new FutureTask<>(command);
        Thread.ofVirtual().start(task);
        return task;
    }

    @Test
    void aDirectoryHasNoRequestsAndTheWholeAuditChain() {
        Path copy = directory.resolve("copied");
        assertThat(site.admin("operator", "approval", "list", "--store", copy.toString())
                        .status())
                .isEqualTo(2);
    }
}
