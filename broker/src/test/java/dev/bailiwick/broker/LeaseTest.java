package dev.bailiwick.broker;

import static dev.bailiwick.broker.Reviewed.ask;
import static dev.bailiwick.broker.Reviewed.cut;
import static dev.bailiwick.broker.Reviewed.deny;
import static dev.bailiwick.broker.Reviewed.giveBack;
import static dev.bailiwick.broker.Reviewed.grant;
import static dev.bailiwick.broker.Reviewed.own;
import static dev.bailiwick.broker.Reviewed.pending;
import static dev.bailiwick.broker.Reviewed.renew;
import static dev.bailiwick.broker.SessionLifeTest.assertRevoked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.SessionBundle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a session asked for is granted by somebody else, for a while, and ends in every way it should. */
class LeaseTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void aGrantedLeaseIsHeldByTheSessionThatAskedAndSaysUnderWhichApproval() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            assertThat(paula.receipts()).containsEntry("POLICY_MANAGER", "not-selected");

            String id = ask(paula, "policy-management", HOUR);
            assertThat(own(paula)).containsExactly("policy-management PENDING");
            assertThat(pending(peter)).containsExactly("paula policy-management");
            assertThat(grant(peter, id)).isEqualTo("GRANTED");

            Holder again = people.again("paula", paula);
            assertThat(again.grantedSlots()).contains("POLICY_MANAGER");
            show(again.hold(SessionBundle.Reader::getPolicyManager));
            assertThat(again.bundle().getReceipts())
                    .anyMatch(receipt -> receipt.getRule().toString().contains(id)
                            && receipt.getRule().toString().contains("leased by role \"policy-admin\" until ")
                            && receipt.getRule().toString().endsWith("of \"peter\""));
            assertThat(people.login("paula").receipts())
                    .as("another session of the same account")
                    .containsEntry("POLICY_MANAGER", "not-selected");
        }
    }

    @Test
    void theHolderSeesItThroughItsOwnSessionCapability() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            grant(peter, ask(paula, "policy-management", Duration.ofMinutes(10)));

            try (var session = paula.bundle().getSession();
                    var bundle = session.bundleRequest().send().join();
                    var manager = bundle.get().getBundle().getPolicyManager()) {
                show(manager);
                people.world.clock.advance(Duration.ofMinutes(10));
                assertLapsed(manager);
            }
        }
    }

    @Test
    void aLeaseLapsesAtItsVeryInstant() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, Duration.ofMinutes(10));
            people.world.clock.advance(Duration.ofMinutes(10).minusMillis(1));
            show(leased.manager);

            people.world.clock.advance(Duration.ofMillis(1));

            assertLapsed(leased.manager);
            assertThat(own(leased.paula)).containsExactly("policy-management EXPIRED");
            assertThat(people.again("paula", leased.paula).receipts()).containsEntry("POLICY_MANAGER", "not-selected");
        }
    }

    @Test
    void whatItGaveIsRevokedThoughItWasPassedOn() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);
            try (var response = leased.manager.policyProfilesRequest().send().join();
                    var passedOn = response.get().getManager()) {
                assertThat(cut(leased.peter, leased.id)).isEqualTo("CUT");

                assertThatThrownBy(() -> show(leased.manager)).hasMessage("revoked: \"peter\" cut the lease: enough");
                assertRevoked(() -> passedOn.createRequest().send().await());
            }
            assertThat(cut(leased.peter, leased.id)).isEqualTo("not-running");
        }
    }

    @Test
    void itsHolderGivesItBack() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);

            assertThat(giveBack(leased.paula, leased.id)).isEqualTo("CUT");

            assertThatThrownBy(() -> show(leased.manager)).hasMessage("revoked: it was given back");
            assertThat(giveBack(leased.paula, leased.id)).isEqualTo("not-running");
            assertThat(ask(leased.paula, "policy-management", HOUR)).startsWith("apr-");
        }
    }

    @Test
    void aRenewedLeaseGoesOnWithTheSameCapabilities() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, Duration.ofMinutes(4));
            people.world.clock.advance(Duration.ofMinutes(3));

            assertThat(renew(leased.paula, leased.id, Duration.ofMinutes(10))).isEqualTo("GRANTED");
            assertThat(pending(leased.peter)).containsExactly("paula policy-management");
            assertThat(grant(leased.peter, leased.id)).isEqualTo("GRANTED");

            people.world.clock.advance(Duration.ofMinutes(10).minusMillis(1));
            show(leased.manager);
            people.world.clock.advance(Duration.ofMillis(1));
            assertLapsed(leased.manager);
        }
    }

    @Test
    void aLeaseWhoseRenewalIsDeniedLapsesWhenItWouldHave() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, Duration.ofMinutes(4));

            renew(leased.paula, leased.id, HOUR);
            assertThat(deny(leased.peter, leased.id)).isEqualTo("GRANTED");

            show(leased.manager);
            people.world.clock.advance(Duration.ofMinutes(4));
            assertLapsed(leased.manager);
        }
    }

    @Test
    void itEndsWithTheRoleThatMadeItsHolderEligibleAndDoesNotComeBackWithIt() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);

            people.unbind("paula", "policy-admin");
            assertRevoked(() -> show(leased.manager));
            people.bind("paula", "policy-admin");

            assertThat(people.again("paula", leased.paula).receipts()).containsEntry("POLICY_MANAGER", "not-selected");
            assertThat(own(people.again("paula", leased.paula))).containsExactly("policy-management CUT");
        }
    }

    @Test
    void itEndsWithItsHoldersAccountAndSession() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);
            Leased other = leased.another();
            other.paula.logout();
            assertRevoked(() -> show(other.manager));
            show(leased.manager);

            people.operator.setStatus("paula", AccountStatus.DISABLED);

            assertRevoked(() -> show(leased.manager));
        }
    }

    @Test
    void itEndsWithTheRightOfWhoeverApprovedIt() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);
            people.unbind("peter", "policy-admin");
            assertRevoked(() -> show(leased.manager));

            people.bind("peter", "policy-admin");
            Leased second = leased.another();
            people.operator.setStatus("peter", AccountStatus.LOCKED);
            assertRevoked(() -> show(second.manager));
        }
    }

    @Test
    void itDoesNotEndWhenWhoeverApprovedItLogsOut() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);

            leased.peter.logout();

            show(leased.manager);
        }
    }

    @Test
    void itLastsNoLongerThanTheSession() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin", "storage-admin");
            Holder stella = people.person("stella", "storage-admin");
            for (int i = 0; i < 14; i++) {
                people.world.clock.advance(Duration.ofMinutes(30));
                people.again("paula", paula);
                people.again("stella", stella);
            }
            String id = ask(people.again("paula", paula), "storage-repair", Duration.ofHours(8));
            grant(people.again("stella", stella), id);

            try (var list = paula.hold(SessionBundle.Reader::getApproval)
                    .listRequest()
                    .send()
                    .join()) {
                assertThat(list.get().getRequests().get(0).getExpiresAtMs())
                        .isEqualTo(paula.result().getInfo().getExpiresAtMs());
            }
        }
    }

    // ---- who may decide ----

    @Test
    void nobodyDecidesTheirOwnRequestNotEvenInAnotherSession() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            String id = ask(paula, "policy-management", HOUR);

            assertThat(grant(paula, id)).isEqualTo("own-request");
            assertThat(grant(people.login("paula"), id)).isEqualTo("own-request");
            assertThat(deny(people.login("paula"), id)).isEqualTo("own-request");
        }
    }

    @Test
    void aReviewerGrantsNothingThatTheyCouldNeitherGetNorAdminister() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder stella = people.person("stella", "storage-admin");
            String policy = ask(paula, "policy-management", HOUR);
            String repair = ask(stella, "storage-repair", HOUR);

            assertThat(grant(people.operator, policy)).as("without a password").isEqualTo("auth-too-weak");
            Holder operator = people.login("operator");
            assertThat(grant(operator, policy)).isEqualTo("not-yours-to-decide");
            assertThat(cut(operator, policy)).isEqualTo("not-yours-to-decide");
            assertThat(grant(stella, policy)).isEqualTo("not-yours-to-decide");
            assertThat(grant(paula, repair)).isEqualTo("not-yours-to-decide");
            assertThat(grant(operator, repair))
                    .as("a storage administrator too")
                    .isEqualTo("GRANTED");
        }
    }

    @Test
    void whoeverHoldsThePolicyManagerDecidesWhatTheyCouldBindRolesFor() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);
            Holder stella = people.person("stella", "storage-admin");
            String repair = ask(stella, "storage-repair", HOUR);

            assertThat(grant(leased.peter, repair)).isEqualTo("not-yours-to-decide");
            assertThat(grant(leased.paula, repair)).isEqualTo("GRANTED");
        }
    }

    @Test
    void ofTwoDecisionsTheFirstCounts() {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);

            assertThat(grant(leased.peter, leased.id)).isEqualTo("already-decided");
            assertThat(deny(leased.peter, leased.id)).isEqualTo("already-decided");
            assertThat(grant(leased.peter, "apr-00000000000000000000000000000000"))
                    .isEqualTo("not-found");
        }
    }

    @Test
    void aReviewerMayGrantLessAndNotMore() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            String id = ask(paula, "policy-management", HOUR);

            assertThat(grant(peter, id, HOUR.plusMillis(1))).isEqualTo("lease-too-long");
            assertThat(grant(peter, id, Duration.ofMinutes(5))).isEqualTo("GRANTED");

            people.world.clock.advance(Duration.ofMinutes(5));
            assertThat(own(paula)).containsExactly("policy-management EXPIRED");
        }
    }

    // ---- what may be asked ----

    @Test
    void whatNoRoleMakesEligibleOrTheSystemDoesNotHaveIsDenied() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin", "net-operator");

            assertThat(ask(paula, "storage-repair", HOUR)).isEqualTo("not-eligible");
            assertThat(ask(paula, "no-such-fragment", HOUR)).isEqualTo("not-eligible");
            assertThat(ask(paula, "network-stack", HOUR)).isEqualTo("not-offered");
            assertThat(ask(paula, "policy-management", Limits.LEASE.plusMillis(1)))
                    .isEqualTo("lease-too-long");
            assertThat(ask(paula, "policy-management", "", HOUR)).isEqualTo("invalid-argument");
            assertThat(ask(paula, "policy-management", "x".repeat(161), HOUR)).isEqualTo("invalid-argument");
            assertThat(ask(paula, "policy-management", "two\nlines", HOUR)).isEqualTo("invalid-argument");
            assertThat(own(paula)).isEmpty();
        }
    }

    @Test
    void aPolicyProfileSaysHowLongItsSessionsLeasesLast() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            limit(people, "10m");
            Holder limited = people.again("paula", paula);

            assertThat(ask(limited, "policy-management", HOUR)).isEqualTo("lease-too-long");
            assertThat(ask(limited, "policy-management", Duration.ZERO)).startsWith("apr-");
            try (var list = limited.hold(SessionBundle.Reader::getApproval)
                    .listRequest()
                    .send()
                    .join()) {
                assertThat(list.get().getRequests().get(0).getDurationMs())
                        .isEqualTo(Duration.ofMinutes(10).toMillis());
            }
            limit(people, "ten minutes");
            assertThat(ask(people.again("paula", paula), "resource-profile-management", HOUR))
                    .isEqualTo("invalid-policy");
        }
    }

    private static void limit(Reviewed people, String limit) {
        PolicyProfile old = people.world
                .store
                .policy()
                .profileByName("operator")
                .orElseThrow()
                .content()
                .profile();
        assertThat(people.world
                        .store
                        .policyProfileManager()
                        .update(
                                new PolicyProfile(
                                        old.profileId(),
                                        old.name(),
                                        old.kinds(),
                                        old.allowedRoles(),
                                        old.fragments(),
                                        old.sessionLifetime(),
                                        old.idleTimeout(),
                                        old.freshAuth(),
                                        new TreeMap<>(Map.of(Approvals.LIMIT_LABEL, limit))),
                                0,
                                Reviewed.DAEMON))
                .isInstanceOf(CommitResult.Committed.class);
    }

    @Test
    void policyIsAskedForWithAStrongAndFreshProofOfIdentityOnly() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin", "storage-admin");
            Holder weak = people.world.enroll(
                    Reviewed.uid("paula"), "paula", people.operator.issueEnrolment("paula"), World.PASSWORD);
            people.world.clock.advance(Duration.ofMinutes(5));

            assertThat(ask(paula, "policy-management", HOUR)).isEqualTo("fresh-auth-required");
            assertThat(ask(paula, "resource-profile-management", HOUR)).isEqualTo("fresh-auth-required");
            assertThat(ask(paula, "storage-repair", HOUR)).startsWith("apr-");
            assertThat(ask(people.login("paula"), "policy-management", HOUR)).startsWith("apr-");
            assertThat(weak.denial()).isEqualTo("code-invalid");
        }
    }

    @Test
    void requestsAreBoundedAndWhatNobodyDecidesExpires() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin", "storage-admin");
            List<String> fragments = List.of("policy-management", "resource-profile-management", "storage-repair");
            List<String> answers = new ArrayList<>();
            for (String fragment : fragments) {
                answers.add(ask(paula, fragment, HOUR));
                assertThat(ask(paula, fragment, HOUR)).isEqualTo("already-requested");
            }
            while (answers.size() <= Limits.REQUESTS_PER_PRINCIPAL) {
                Holder another = people.login("paula");
                fragments.forEach(fragment -> answers.add(ask(another, fragment, HOUR)));
            }
            assertThat(answers.subList(0, Limits.REQUESTS_PER_PRINCIPAL)).allMatch(id -> id.startsWith("apr-"));
            assertThat(answers.getLast()).isEqualTo("request-limit");

            people.world.clock.advance(Limits.REQUEST.minusMillis(1));
            people.world.broker.sweep();
            assertThat(people.world.audit()).doesNotContain("lease.expire ok");
            people.world.clock.advance(Duration.ofMillis(1));
            people.world.broker.sweep();
            assertThat(people.world.audit()).contains("lease.expire ok");
        }
    }

    @Test
    void whoeverWaitsHearsOfTheDecision() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            String id = ask(paula, "policy-management", HOUR);
            var waiting = paula.hold(SessionBundle.Reader::getApproval).waitRequest();
            waiting.params()
                    .setRequestId(dev.bailiwick.schema.ApprovalId.parse(id).toBytes());
            var call = waiting.send();

            assertThat(deny(peter, id)).isEqualTo("DENIED");

            try (var response = call.join()) {
                var request = response.get().getResult().getRequest();
                assertThat(request.getState().name()).isEqualTo("DENIED");
                assertThat(request.getDecidedBy().toString()).isEqualTo("peter");
                assertThat(request.getNote().toString()).isEqualTo("not today");
            }
        }
    }

    @Test
    void aLeaseOfRepairRebuildsIndexesAndNothingElse() {
        try (Reviewed people = new Reviewed()) {
            Holder stella = people.person("stella", "storage-admin");
            String id = ask(stella, "storage-repair", HOUR);
            assertThat(grant(people.login("operator"), id)).isEqualTo("GRANTED");
            var maintainer = people.again("stella", stella).hold(SessionBundle.Reader::getStoreMaintainer);

            try (var rebuilt = maintainer.rebuildIndexesRequest().send().join();
                    var rotated = maintainer.rotateKeyRequest().send().join();
                    var audit = maintainer.auditRequest().send().join()) {
                assertThat(rebuilt.get().getResult().isRebuilt()).isTrue();
                assertThat(Holder.code(rotated.get().getResult().getDenied())).isEqualTo("needs-store-directory");
                assertThat(Holder.code(audit.get().getResult().getDenied())).isEqualTo("needs-store-directory");
            }
        }
    }

    // ---- the race ----

    /** Calls race with a cut: after it was answered none succeeds. */
    @Test
    void noCallSucceedsAfterTheCutIsAnswered() throws InterruptedException {
        try (Reviewed people = new Reviewed()) {
            Leased leased = new Leased(people, HOUR);
            for (int round = 0; round < Integer.getInteger("revocation.rounds", 15); round++) {
                raceOnce(leased);
                leased = leased.again();
            }
        }
    }

    private static void raceOnce(Leased leased) throws InterruptedException {
        AtomicLong answeredAt = new AtomicLong(Long.MAX_VALUE);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong succeededLate = new AtomicLong();
        Semaphore calls = new Semaphore(0);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            // Not virtual: refused calls never wait, and would keep the carriers from whoever answers the cut.
            callers.add(Thread.ofPlatform().daemon().start(() -> {
                while (!stop.get()) {
                    long sentAt = System.nanoTime();
                    boolean succeeded = shows(leased.manager);
                    calls.release();
                    if (succeeded && sentAt > answeredAt.get()) {
                        succeededLate.incrementAndGet();
                    }
                }
            }));
        }
        calls.acquire(20);
        assertThat(cut(leased.peter, leased.id)).isEqualTo("CUT");
        answeredAt.set(System.nanoTime());
        calls.acquire(50);
        stop.set(true);
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(succeededLate).as("calls that succeeded after the answer").hasValue(0);
    }

    private static boolean shows(PolicyManager.Client manager) {
        try {
            show(manager);
            return true;
        } catch (RpcException revoked) {
            return false;
        }
    }

    // ---- helpers ----

    /** Paula holds a lease of policy management that Peter granted. */
    private static final class Leased {
        final Reviewed people;
        final Holder paula;
        final Holder peter;
        final String id;
        final PolicyManager.Client manager;

        Leased(Reviewed people, Duration duration) {
            this(people, people.person("paula", "policy-admin"), people.person("peter", "policy-admin"), duration);
        }

        private Leased(Reviewed people, Holder asker, Holder reviewer, Duration duration) {
            this.people = people;
            this.peter = reviewer;
            this.id = ask(asker, "policy-management", duration);
            assertThat(grant(reviewer, id)).isEqualTo("GRANTED");
            this.paula = people.again("paula", asker);
            this.manager = paula.hold(SessionBundle.Reader::getPolicyManager);
            show(manager);
        }

        /** The same once more. */
        Leased again() {
            return new Leased(people, paula, peter, HOUR);
        }

        /** The same in sessions of their own. */
        Leased another() {
            return new Leased(people, people.login("paula"), people.login("peter"), HOUR);
        }
    }

    private static void show(PolicyManager.Client manager) {
        manager.showRequest().send().await();
    }

    private static void assertLapsed(PolicyManager.Client manager) {
        assertThatThrownBy(() -> show(manager)).hasMessage("revoked: the lease has lapsed");
    }
}
