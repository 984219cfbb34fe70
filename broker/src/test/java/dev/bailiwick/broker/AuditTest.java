package dev.bailiwick.broker;

import static dev.bailiwick.broker.Reviewed.ask;
import static dev.bailiwick.broker.Reviewed.cut;
import static dev.bailiwick.broker.Reviewed.grant;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.ForwardingEngine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Work;
import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AuditLine;
import dev.bailiwick.schema.gen.AuditReader;
import dev.bailiwick.schema.gen.PolicyManager;
import dev.bailiwick.schema.gen.PrivilegeAction;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.TokenHolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the audit chain has of sessions, leases and changes, and what it does not have. */
class AuditTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static List<AuditEvent> events(World world, String kind) {
        return world.auditEntries().stream()
                .map(AuditEntry::event)
                .filter(event -> event.kind().equals(kind))
                .toList();
    }

    private static AuditEvent last(World world, String kind) {
        return events(world, kind).getLast();
    }

    @Test
    void aLoginSaysWhatWasGrantedAndByWhichRoles() {
        try (World world = World.seeded()) {
            world.operator();

            AuditEvent granted = last(world, "grant");
            assertThat(world.auditEntries())
                    .extracting(AuditEntry::event)
                    .filteredOn(event -> event.kind().equals("grant"))
                    .extracting(AuditEvent::newValue)
                    .anyMatch(text ->
                            text.startsWith("roles account-admin local-user storage-admin: session home config "))
                    .anyMatch(text -> text.contains("accountManager"));
            assertThat(granted.actor()).isPresent();
            assertThat(granted.policyVersion()).isPresent();
        }
    }

    /** An engine that writes nothing while it is told so. */
    private static final class Full extends ForwardingEngine {
        private volatile boolean full;

        Full() {
            super(RamEngine.open());
        }

        @Override
        public <T> T commit(Work<T> work) {
            requireRoom();
            return super.commit(work);
        }

        @Override
        public <T> CompletionStage<T> submit(Work<T> work) {
            requireRoom();
            return super.submit(work);
        }

        private void requireRoom() {
            if (full) {
                throw new EngineException(EngineException.Code.IO, "no space left on device");
            }
        }
    }

    @Test
    void aChangeOfPrivilegesThatCannotBeNotedIsNotMade() {
        Full engine = new Full();
        try (World world = World.over(engine, AccountStore::createInMemory)) {
            TokenHolder.Client identity = world.alice(world.operator()).hold(SessionBundle.Reader::getIdentity);

            engine.full = true;
            assertUnavailable(() -> adjust(identity, PrivilegeAction.REMOVE));
            assertThat(notify(identity)).isEqualTo("enabled");
            engine.full = false;
            adjust(identity, PrivilegeAction.DISABLE);
            engine.full = true;
            assertUnavailable(() -> identity.resetPrivilegesRequest().send().await());
            assertThat(notify(identity)).isEqualTo("disabled");
            engine.full = false;
            adjust(identity, PrivilegeAction.REMOVE);

            assertThat(notify(identity)).isEqualTo("absent");
            assertThat(events(world, "token.privileges"))
                    .as("what failed is no first time that others are counted after")
                    .extracting(event -> event.previousValue() + " to " + event.newValue())
                    .containsExactly(
                            "SeChangeNotifyPrivilege=enabled to SeChangeNotifyPrivilege=disabled",
                            "SeChangeNotifyPrivilege=disabled to SeChangeNotifyPrivilege=absent");
        }
    }

    private static void assertUnavailable(ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RpcException.class,
                        e -> assertThat(e.reason()).startsWith("unavailable: ").contains("no space left on device"));
    }

    private static void adjust(TokenHolder.Client identity, PrivilegeAction action) {
        var request = identity.adjustPrivilegesRequest();
        var change = request.params().initChanges(1).get(0);
        change.setName("SeChangeNotifyPrivilege");
        change.setAction(action);
        request.send().await();
    }

    /** How the token has the one privilege that everybody has. */
    private static String notify(TokenHolder.Client identity) {
        try (var response = identity.showRequest().send().join()) {
            for (var privilege : response.get().getResult().getFlow().getToken().getPrivileges()) {
                if (privilege.getName().toString().equals("SeChangeNotifyPrivilege")) {
                    return privilege.getEnabled() ? "enabled" : "disabled";
                }
            }
            return "absent";
        }
    }

    @Test
    void aChangeSaysWhatWasThereBeforeAndWhatIsNow() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            operator.addRole("alice", "developer");
            assertThat(last(world, "admin").previousValue()).isEqualTo("roles=local-user");
            assertThat(last(world, "admin").newValue())
                    .isEqualTo("role.bind: roles=developer local-user, binding of developer=active");

            operator.removeRole("alice", "developer");
            assertThat(last(world, "admin").previousValue())
                    .isEqualTo("roles=developer local-user, binding of developer=active");
            assertThat(last(world, "admin").newValue())
                    .isEqualTo("role.unbind: roles=local-user, binding of developer=revoked");

            operator.setStatus("alice", AccountStatus.DISABLED);
            assertThat(last(world, "admin").previousValue()).isEqualTo("status=active");
            assertThat(last(world, "admin").newValue()).isEqualTo("account.status: status=disabled");

            operator.setProfiles("alice", "operator", "");
            assertThat(last(world, "admin").previousValue()).isEqualTo("resourceProfile=standard");
            assertThat(last(world, "admin").newValue()).isEqualTo("account.profiles: resourceProfile=operator");
        }
    }

    @Test
    void aRevocationSaysWhichSlotsOfWhichSessionAndWhy() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.enroll(
                    World.ALICE_UID, "alice", operator.create("alice", "developer", "local-user"), World.PASSWORD);

            operator.removeRole("alice", "local-user");

            Awaitility.await().until(() -> !events(world, "revoke").isEmpty());
            AuditEvent revoked = last(world, "revoke");
            assertThat(revoked.previousValue()).contains("home", "config").doesNotContain("session");
            assertThat(revoked.newValue()).isEqualTo("the binding of role \"local-user\" was changed");
            assertThat(revoked.actor()
                            .map(actor -> ((Actor.Session) actor).sessionId().toBytes()))
                    .hasValueSatisfying(id -> assertThat(id)
                            .isEqualTo(alice.result().getInfo().getSessionId().toArray()));
            world.broker.sweep();
            assertThat(events(world, "revoke")).as("noted once").hasSize(1);

            alice.logout();
            assertThat(last(world, "session.end").newValue()).isEqualTo("logged out");
        }
    }

    @Test
    void everyStepOfALeaseIsThereWithItsApproval() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            String id = ask(paula, "policy-management", HOUR);
            grant(peter, id);
            PolicyManager.Client manager = people.again("paula", paula).hold(SessionBundle.Reader::getPolicyManager);
            var adding = manager.addRoleRequest();
            adding.params().setName("peter");
            adding.params().setRole("storage-admin");
            try (var response = adding.send().join()) {
                assertThat(Holder.outcome(response.get().getResult())).isEqualTo("committed");
            }
            cut(peter, id);

            Optional<ApprovalId> approval = Optional.of(ApprovalId.parse(id));
            for (String step : List.of("lease.request", "lease.grant", "lease.cut", "admin", "grant")) {
                assertThat(events(people.world, step))
                        .as(step)
                        .anyMatch(event -> event.approval().equals(approval));
            }
            AuditEvent granted = last(people.world, "lease.grant");
            assertThat(granted.previousValue()).isEqualTo("asked for \"policy-management\" for 1 h");
            assertThat(granted.newValue())
                    .startsWith("\"policy-management\" leased until ")
                    .endsWith("by \"peter\"");
            assertThat(last(people.world, "lease.cut").newValue()).isEqualTo("\"peter\" cut the lease: enough");
        }
    }

    @Test
    void aLeaseThatNobodyEndsIsNotedToo() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            grant(peter, ask(paula, "policy-management", Duration.ofMinutes(1)));

            people.world.clock.advance(Duration.ofMinutes(1));
            people.world.broker.sweep();

            assertThat(last(people.world, "lease.lapse").actor()).contains(new Actor.Daemon());
            grant(peter, ask(paula, "policy-management", Duration.ofMinutes(1)));
            paula.logout();
            assertThat(last(people.world, "lease.end").newValue()).isEqualTo("the session ended: logged out");
        }
    }

    @Test
    void refusalsThatCostNothingAreCountedAndNotRepeated() {
        try (World world = World.seeded()) {
            for (int i = 0; i < 500; i++) {
                world.resume(4711, ("guess " + i).getBytes(UTF_8));
            }
            assertThat(events(world, "login.denied")).hasSize(1);

            world.clock.advance(Limits.DENIAL_WINDOW);
            world.broker.sweep();

            assertThat(events(world, "login.denied")).hasSize(2);
            assertThat(last(world, "login.denied").newValue()).isEqualTo("499 more from uid 4711 within 60 s");
            world.broker.sweep();
            assertThat(events(world, "login.denied")).hasSize(2);
            assertThat(events(world, "login.denied"))
                    .allMatch(event -> event.actor().isEmpty()
                            && event.subject().isEmpty()
                            && event.policyProfile().isEmpty()
                            && event.resourceProfile().isEmpty());
        }
    }

    @Test
    void anAuditorFindsWhatTheyLookForPageByPage() {
        try (Reviewed people = new Reviewed()) {
            Holder paula = people.person("paula", "security-auditor");
            AuditReader.Client reader = paula.hold(SessionBundle.Reader::getAuditReader);
            List<String> admin = new ArrayList<>();
            long next = 1;
            while (next != 0) {
                var request = reader.queryRequest();
                request.params().setPrincipal("paula");
                request.params().setKind("ad");
                request.params().setFrom(next);
                request.params().setLimit(1);
                try (var response = request.send().join()) {
                    for (AuditLine.Reader line : response.get().getResult().getLines()) {
                        admin.add(line.getRecord().getNewValue().toString().replaceAll(":.*", ""));
                    }
                    next = response.get().getNext();
                }
            }
            assertThat(admin)
                    .containsSubsequence("account.create", "account.credentials", "account.profiles", "role.bind");

            var unknown = reader.queryRequest();
            unknown.params().setPrincipal("nobody");
            try (var response = unknown.send().join();
                    var verified = reader.verifyRequest().send().join()) {
                assertThat(Holder.code(response.get().getResult().getDenied())).isEqualTo("not-found");
                assertThat(verified.get().getFindings().size()).isZero();
                assertThat(verified.get().getEntries())
                        .isEqualTo(people.world.auditEntries().size());
            }
        }
    }

    @Test
    void noSecretIsInTheChain() {
        try (Reviewed people = new Reviewed()) {
            World world = people.world;
            Holder paula = people.person("paula", "policy-admin");
            Holder peter = people.person("peter", "policy-admin");
            String code = people.operator.issueEnrolment("paula");
            world.login(7, "paula", "a wrong secret passphrase");
            grant(peter, ask(paula, "policy-management", HOUR));
            paula.logout();

            StringBuilder chain = new StringBuilder();
            for (AuditEntry entry : world.auditEntries()) {
                chain.append(new String(entry.canonical(), ISO_8859_1)).append('\n');
            }
            assertThat(chain)
                    .doesNotContain(World.PASSWORD)
                    .doesNotContain("a wrong secret passphrase")
                    .doesNotContain(code)
                    .doesNotContain(code.replace("-", ""))
                    .doesNotContain(world.seededCode("operator-first-code"))
                    .doesNotContain(new String(paula.reference(), ISO_8859_1));
            for (String account : List.of("paula", "peter", "operator")) {
                world.store
                        .credentials()
                        .credentials(world.store
                                .accounts()
                                .byId(people.record(account))
                                .orElseThrow())
                        .forEach(credential -> assertThat(chain)
                                .doesNotContain(new String(
                                        credential.content().verifier().toBytes(), ISO_8859_1)));
            }
        }
    }
}
