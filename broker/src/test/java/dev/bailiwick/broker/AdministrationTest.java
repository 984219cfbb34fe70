package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.Canonical;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AuthorityBroker;
import dev.bailiwick.schema.gen.BundlePlan;
import dev.bailiwick.schema.gen.PlanResult;
import dev.bailiwick.schema.gen.Receipt;
import dev.bailiwick.schema.gen.SessionBundle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an account administrator can and cannot do. */
class AdministrationTest {
    @Test
    void anAccountIsMadeWithItsDefaults() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");

            assertThat(operator.lookup("Alice"))
                    .isEqualTo(
                            Map.of("name", "alice", "status", "ACTIVE", "version", 1L, "roles", List.of("local-user")));
        }
    }

    @Test
    void administrativeRolesAreNotTheirsToGive() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");

            assertThat(operator.createDenied("bob", "storage-admin")).isEqualTo("administrative-role");
            assertThat(operator.createDenied("bob", "recovery-operator")).isEqualTo("manifest-only-role");
            assertThat(operator.createDenied("bob", "wizard")).isEqualTo("unknown-role");
            assertThat(operator.addRole("alice", "account-admin")).isEqualTo("administrative-role");
            assertThat(operator.addRole("alice", "recovery-operator")).isEqualTo("manifest-only-role");
            assertThat(operator.addRole("alice", "guest")).isEqualTo("role-not-allowed");
            assertThat(operator.removeRole("operator", "storage-admin")).isEqualTo("administrative-role");
            assertThat(operator.addRole("alice", "developer")).isEqualTo("committed");
        }
    }

    @Test
    void badRequestsAreRefusedByName() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");

            assertThat(operator.createDenied("not a name")).isEqualTo("invalid-name");
            assertThat(operator.createDenied("ALICE")).isEqualTo("name-taken");
            assertThat(operator.setStatus("nobody", AccountStatus.DISABLED)).isEqualTo("not-found");
            assertThat(operator.setProfiles("alice", "no-such", "")).isEqualTo("unknown-profile");
            assertThat(operator.setProfiles("alice", "", "guest")).isEqualTo("profile-kind");
            assertThat(operator.removeRole("alice", "developer")).isEqualTo("not-found");
        }
    }

    @Test
    void aStaleExpectationIsAConflictWithTheCurrentVersion() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            operator.setStatus("alice", AccountStatus.DISABLED, 1);

            assertThat(operator.setStatus("alice", AccountStatus.ACTIVE, 1)).isEqualTo("conflict 2");
            assertThat(operator.setStatus("alice", AccountStatus.ACTIVE, 2)).isEqualTo("committed");
        }
    }

    @Test
    void theLastAccountAdministratorStays() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();

            assertThat(operator.setStatus("operator", AccountStatus.DISABLED)).isEqualTo("last-account-admin");
            assertThat(operator.setStatus("operator", AccountStatus.LOCKED)).isEqualTo("last-account-admin");
            RevocationTest.makeSecondAdministrator(world, operator);
            assertThat(operator.setStatus("second", AccountStatus.DISABLED)).isEqualTo("committed");
        }
    }

    @Test
    void aCodeIsNoWayToAPowerTheIssuerLacks() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            RevocationTest.makeSecondAdministrator(world, operator);
            Holder second = world.enroll(1003, "second", operator.issueEnrolment("second"), World.PASSWORD);
            assertThat(second.grantedSlots()).contains("ACCOUNT_MANAGER");

            // The operator is a storage administrator too, which the second one is not.
            assertThat(second.issueEnrolment("operator")).isEqualTo("administrative-role");
            assertThat(second.issueEnrolment("recovery")).isEqualTo("role-not-allowed");
            assertThat(second.issueEnrolment("guest")).isEqualTo("role-not-allowed");
        }
    }

    @Test
    void accountsAreListedInPagesInTheOrderOfTheirNames() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("zoe");
            operator.create("bob");
            var reader = operator.hold(SessionBundle.Reader::getAccountReader);
            List<String> names = new ArrayList<>();
            String after = "";
            do {
                var request = reader.listRequest();
                request.params().setAfter(after);
                request.params().setLimit(3);
                try (var page = request.send().join()) {
                    page.get()
                            .getAccounts()
                            .forEach(account -> names.add(account.getName().toString()));
                    after = page.get().getNext().toString();
                }
            } while (!after.isEmpty());

            assertThat(names)
                    .containsExactly("anonymous", "bob", "guest", "health-probe", "operator", "recovery", "zoe");
        }
    }

    @Test
    void theHistoryOfAnAccountSaysWhoDidWhat() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            operator.setStatus("alice", AccountStatus.DISABLED);
            var request = operator.hold(SessionBundle.Reader::getAccountReader).historyRequest();
            request.params().setName("alice");
            try (var response = request.send().join()) {
                var entries = response.get().getResult().getEntries();
                assertThat(entries.size()).isEqualTo(2);
                assertThat(entries.get(1).getOperation().toString()).isEqualTo("account.status");
                assertThat(entries.get(1).getActorName().toString()).isEqualTo("operator");
                assertThat(entries.get(1).getAccount().getStatus()).isEqualTo(AccountStatus.DISABLED);
                assertThat(entries.get(1).getAccount().getPreviousHash().toArray())
                        .isEqualTo(entries.get(0).getAccount().getContentHash().toArray());
            }
        }
    }

    @Test
    void theRawRecordIsWhatIsStored() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            var request = operator.hold(SessionBundle.Reader::getAccountReader).rawRecordRequest();
            request.params().setName("alice");
            try (var response = request.send().join()) {
                byte[] bytes = response.get().getResult().getBytes().toArray();
                assertThat(Canonical.isCanonical(bytes)).isTrue();
                assertThat(Canonical.reader(bytes)
                                .getRoot(AccountRecord.factory)
                                .getName()
                                .toString())
                        .isEqualTo("alice");
            }
        }
    }

    @Test
    void rolesAndProfilesCanBeLookedUp() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            var roles = operator.hold(SessionBundle.Reader::getRoleDirectory);
            var show = roles.showRequest();
            show.params().setName("local-user");
            try (var response = show.send().join()) {
                List<String> members = new ArrayList<>();
                response.get().getResult().getFound().getMembers().forEach(name -> members.add(name.toString()));
                assertThat(members).containsExactly("alice", "operator");
            }
            try (var response = roles.listRequest().send().join()) {
                assertThat(response.get().getRoles().size()).isEqualTo(12);
            }
            try (var response = operator.hold(SessionBundle.Reader::getProfileReader)
                    .listRequest()
                    .send()
                    .join()) {
                assertThat(response.get().getProfiles().size()).isEqualTo(7);
                assertThat(response.get().getProfiles().get(0).getRecordVersion())
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void thePlannerTellsWhatALoginGets() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);

            Map<String, String> held = alice.receipts();
            assertThat(held).containsEntry("TERMINAL", "no-terminal");
            held.put("TERMINAL", "granted"); // a plan supposes that the caller brings one
            assertThat(plan(operator, "alice", "", 0)).isEqualTo(held);
            assertThat(plan(operator, "guest", "", 0)).containsEntry("HOME", "granted");
            assertThat(plan(operator, "recovery", "", 0)).containsEntry("TMP", "granted");
        }
    }

    @Test
    void thePlannerTellsWhatALoginWouldHaveGotThen() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            long then = world.store.inspector().head().journalSize();
            operator.removeRole("alice", "local-user");

            assertThat(plan(operator, "alice", "", 0)).containsEntry("HOME", "not-selected");
            assertThat(plan(operator, "alice", "", then)).containsEntry("HOME", "granted");
        }
    }

    @Test
    void thePlannerSaysWhyThereWouldBeNoSession() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            operator.create("alice");
            operator.setStatus("alice", AccountStatus.DISABLED);

            assertThat(plan(operator, "alice", "", 0)).containsEntry("HOME", "account-disabled");
            assertThat(plan(operator, "alice", "guest", 0)).containsEntry("HOME", "account-disabled");
            assertThat(planDenial(operator, "alice", "wizard")).isEqualTo("unknown-kind");
            assertThat(planDenial(operator, "nobody", "")).isEqualTo("not-found");
        }
    }

    private static Map<String, String> plan(Holder holder, String name, String kind, long sequence) {
        try (var response = planRequest(holder, name, kind, sequence).send().join()) {
            BundlePlan.Reader plan = response.get().getResult().getPlan();
            Map<String, String> codes = new java.util.TreeMap<>();
            for (Receipt.Reader receipt : plan.getReceipts()) {
                codes.put(receipt.getSlot().name(), receipt.getCode().toString());
            }
            return codes;
        }
    }

    private static String planDenial(Holder holder, String name, String kind) {
        try (var response = planRequest(holder, name, kind, 0).send().join()) {
            PlanResult.Reader result = response.get().getResult();
            return Holder.code(result.getDenied());
        }
    }

    private static dev.bailiwick.capnp.rpc.Request<
                    AuthorityBroker.PlanParams.Builder, AuthorityBroker.PlanResults.Reader, ?>
            planRequest(Holder holder, String name, String kind, long sequence) {
        var request = holder.hold(SessionBundle.Reader::getPlanner).planRequest();
        request.params().setName(name);
        request.params().setKind(kind);
        request.params().setAtSequence(sequence);
        return request;
    }

    /** What is so now is not what will be so then. */
    @Test
    void aStateThatTheJournalHasNotReachedIsNotShown() {
        try (World world = World.seeded();
                var reader = world.operator().hold(SessionBundle.Reader::getAccountReader)) {
            for (long sequence : new long[] {1_000_000, -1}) {
                var lookup = reader.lookupRequest();
                lookup.params().setName("operator");
                lookup.params().setAtSequence(sequence);
                try (var response = lookup.send().join()) {
                    var denied = response.get().getResult().getDenied();
                    assertThat(Holder.code(denied)).isEqualTo("not-found");
                    assertThat(denied.getMessage().toString())
                            .isEqualTo("the journal has no entry " + Long.toUnsignedString(sequence) + " yet");
                }
                var history = reader.historyRequest();
                history.params().setName("operator");
                history.params().setAtSequence(sequence);
                try (var response = history.send().join()) {
                    assertThat(Holder.code(response.get().getResult().getDenied()))
                            .isEqualTo("not-found");
                }
                var list = reader.listRequest();
                list.params().setAtSequence(sequence);
                assertThatThrownBy(() -> list.send().join())
                        .hasMessageStartingWith("not-found: the journal has no entry ");
                var versions = reader.versionsRequest();
                versions.params().setKind(dev.bailiwick.schema.gen.RecordKind.POLICY_VERSION);
                versions.params().setRecordId(policyVersion(reader));
                versions.params().setAtSequence(sequence);
                try (var response = versions.send().join()) {
                    assertThat(response.get()
                                    .getResult()
                                    .getDenied()
                                    .getMessage()
                                    .toString())
                            .startsWith("the journal has no entry ");
                }
            }
        }
    }

    private static byte[] policyVersion(dev.bailiwick.schema.gen.AccountStoreReader.Client reader) {
        var request = reader.recordsRequest();
        request.params().setKind(dev.bailiwick.schema.gen.RecordKind.POLICY_VERSION);
        try (var response = request.send().join()) {
            return response.get().getIds().get(0).toArray();
        }
    }

    @Test
    void theInspectorShowsHashesAndFindingsOnly() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            var inspector = operator.hold(SessionBundle.Reader::getStoreInspector);
            try (var response = inspector.verifyRequest().send().join()) {
                var report = response.get().getReport();
                assertThat(report.getFindings().size()).isZero();
                assertThat(report.getJournalEntries()).isPositive();
            }
            try (var response = inspector.checkpointRequest().send().join()) {
                assertThat(response.get().getNote().toString()).startsWith("bailiwick/");
            }
        }
    }
}
