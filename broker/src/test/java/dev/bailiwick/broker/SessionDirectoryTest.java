package dev.bailiwick.broker;

import static dev.bailiwick.broker.Holder.get;
import static dev.bailiwick.broker.SessionLifeTest.assertRevoked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.AuditEntry;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionLine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an account administrator sees of live sessions, and which they can end. */
class SessionDirectoryTest {
    @Test
    void everySessionIsListedWithWhoAndSinceWhen() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            world.guest(2000);

            List<SessionLine.Reader> lines = list(operator, "", 0);

            assertThat(lines)
                    .extracting(line -> line.getInfo().getName().toString())
                    .containsExactlyInAnyOrder("operator", "alice", "guest");
            SessionLine.Reader line = list(operator, "Alice", 0).getFirst();
            assertThat(line.getUid()).isEqualTo(World.ALICE_UID);
            assertThat(line.getGrants()).isEqualTo(alice.grantedSlots().size());
            assertThat(line.getInfo().getSessionId().toArray()).isEqualTo(id(alice));
            assertThat(line.getLastUsedMs()).isEqualTo(world.clock.instant().toEpochMilli());
            assertThat(list(operator, "nobody", 0)).isEmpty();
            assertThat(list(operator, "not a name", 0)).isEmpty();
        }
    }

    @Test
    void theListComesInPagesAndInOrder() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            for (int i = 0; i < 6; i++) {
                world.guest(2000);
            }

            List<SessionId> ids = list(operator, "", 3).stream()
                    .map(line -> SessionId.of(line.getInfo().getSessionId().toArray()))
                    .toList();

            assertThat(ids).hasSize(7).isSorted().doesNotHaveDuplicates();
            assertThat(list(operator, "guest", 4)).hasSize(6);
        }
    }

    @Test
    void endingASessionRevokesWhatItHeldBeforeItAnswers() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Namespace.Client home = alice.home();

            assertThat(end(operator, id(alice), "left the building")).isEqualTo("ended");

            assertRevoked(() -> get(home, "x"));
            assertThat(world.broker.sessions()).isEqualTo(1);
            assertThat(world.resume(World.ALICE_UID, alice.reference()).denial())
                    .isEqualTo("session-unknown");
            assertThat(end(operator, id(alice), "")).isEqualTo("not-found");
            assertThat(world.login(World.ALICE_UID, "alice", World.PASSWORD).isLoggedIn())
                    .isTrue();
            AuditEvent ended = world.auditEntries().stream()
                    .map(AuditEntry::event)
                    .filter(event -> event.kind().equals("admin.session-end"))
                    .findFirst()
                    .orElseThrow();
            assertThat(ended.newValue()).isEqualTo("session " + SessionId.of(id(alice)) + ": left the building");
            assertThat(ended.actor()).isPresent();
            assertThat(ended.subject()).isPresent();
            assertThat(world.audit()).contains("session.end ok");
        }
    }

    @Test
    void aSessionOfSomebodyWithAnotherAdministrativeRoleIsOutOfReach() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            try (var console = world.connect(0, SessionSource.CONSOLE)) {
                Holder recovery =
                        world.enroll(console, "recovery", world.seededCode("recovery-first-code"), World.PASSWORD);

                assertThat(end(operator, id(recovery), "")).isEqualTo("administrative-role");
                assertThat(recovery.isLoggedIn()).isTrue();
                assertThat(world.broker.sessions()).isEqualTo(2);
            }
        }
    }

    @Test
    void onesOwnSessionsCanBeEnded() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder second = world.login(World.OPERATOR_UID, "operator", World.PASSWORD);

            assertThat(end(operator, id(second), "")).isEqualTo("ended");
            assertThat(end(operator, id(operator), "")).isEqualTo("ended");

            assertThat(world.broker.sessions()).isZero();
        }
    }

    @Test
    void aReasonIsOneShortLine() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);

            assertThat(end(operator, id(alice), "x".repeat(Limits.REASON_CHARS + 1)))
                    .isEqualTo("invalid-argument");
            assertThat(end(operator, id(alice), "two\nlines")).isEqualTo("invalid-argument");
            assertThat(end(operator, new byte[2], "")).isEqualTo("not-found");
            assertThat(end(operator, id(alice), "x".repeat(Limits.REASON_CHARS)))
                    .isEqualTo("ended");
        }
    }

    @Test
    void nobodyElseHoldsTheDirectory() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();

            assertThat(operator.grantedSlots()).contains("SESSION_DIRECTORY");
            assertThat(world.alice(operator).receipts()).containsEntry("SESSION_DIRECTORY", "not-selected");
            assertThat(world.guest(2000).bundle().hasSessionDirectory()).isFalse();
        }
    }

    private static byte[] id(Holder holder) {
        return holder.result().getInfo().getSessionId().toArray();
    }

    /** All pages of at most that many. */
    private static List<SessionLine.Reader> list(Holder holder, String name, int limit) {
        SessionDirectory.Client directory = holder.hold(SessionBundle.Reader::getSessionDirectory);
        List<SessionLine.Reader> all = new ArrayList<>();
        byte[] after = {};
        do {
            var request = directory.listRequest();
            request.params().setName(name);
            request.params().setAfter(after);
            request.params().setLimit(limit);
            Response<SessionDirectory.ListResults.Reader> response =
                    request.send().join();
            response.get().getSessions().forEach(all::add);
            after = response.get().getNext().toArray();
        } while (after.length > 0);
        return all;
    }

    private static String end(Holder holder, byte[] sessionId, String reason) {
        var request = holder.hold(SessionBundle.Reader::getSessionDirectory).endRequest();
        request.params().setSessionId(sessionId);
        request.params().setReason(reason);
        try (var response = request.send().join()) {
            return response.get().getResult().isEnded()
                    ? "ended"
                    : Holder.code(response.get().getResult().getDenied());
        }
    }
}
