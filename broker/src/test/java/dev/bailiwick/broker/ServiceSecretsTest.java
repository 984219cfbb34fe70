package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.RequestResult;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.TerminalSession;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What services hold of credentials and keys: nothing, until a supervisor gives their session a lease of it. */
class ServiceSecretsTest {
    private static final int DAEMON_UID = 0;

    /** A session of the shipped service, as its launcher starts one. */
    private static Session started(World world) {
        RecordId account = world.store
                .accounts()
                .byName(AccountName.parse("health-probe").key())
                .orElseThrow()
                .recordId();
        Minter.Outcome outcome = world.broker
                .parts()
                .minter()
                .start(
                        account,
                        new Caller(DAEMON_UID, SessionSource.UNIX_SOCKET),
                        AuthStrength.PASSWORD,
                        Optional.empty(),
                        TerminalSession.factory.nullClient());
        assertThat(outcome).isInstanceOf(Minter.Outcome.Started.class);
        return ((Minter.Outcome.Started) outcome).session();
    }

    /** The lease's id, or the denial's code. */
    private static String give(Holder reviewer, Session session, String fragment) {
        var request = reviewer.hold(SessionBundle.Reader::getApprovalReviewer).giveRequest();
        request.params().setSessionId(session.identity().id().toBytes());
        request.params().setFragment(fragment);
        request.params().setReason("it renews its certificate");
        request.params().setDurationMs(Duration.ofMinutes(10).toMillis());
        try (var response = request.send().join()) {
            RequestResult.Reader result = response.get().getResult();
            return result.isRequest()
                    ? dev.bailiwick.schema.ApprovalId.of(
                                    result.getRequest().getRequestId().toArray())
                            .toString()
                    : Holder.code(result.getDenied());
        }
    }

    @Test
    void aSupervisorGivesAServicesSessionItsSecretsAndTakesThemAgain() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Session service = started(world);
            assertThat(service.grant(Slot.KEYRING)).isEmpty();
            assertThat(service.grant(Slot.CREDENTIALS)).isEmpty();

            String id = give(operator, service, "service-secrets");

            assertThat(id).startsWith("apr-");
            Grant keyring = service.grant(Slot.KEYRING).orElseThrow();
            assertThat(service.grant(Slot.CREDENTIALS)).isPresent();
            assertThat(keyring.decision().rule()).contains("leased by role \"service-account\"", "of \"operator\"");
            assertThat(give(operator, service, "service-secrets")).isEqualTo("already-requested");

            assertThat(Reviewed.cut(operator, id)).isEqualTo("CUT");
            assertThat(keyring.closed()).isPresent();
            assertThat(service.grant(Slot.KEYRING)
                            .filter(grant -> grant.closed().isEmpty()))
                    .isEmpty();
            assertThat(world.audit()).contains("lease.grant ok", "lease.cut ok");
        }
    }

    @Test
    void itLapsesByItself() {
        try (World world = World.seeded()) {
            Session service = started(world);
            give(world.operator(), service, "service-secrets");
            Grant keyring = service.grant(Slot.KEYRING).orElseThrow();

            world.clock.advance(Duration.ofMinutes(11));

            assertThat(keyring.closed()).isPresent();
        }
    }

    @Test
    void nobodyElseIsGivenWhatTheyDidNotAskFor() {
        try (Reviewed people = new Reviewed()) {
            World world = people.world;
            var _ = people.person("alice");
            Session service = started(world);
            Session hers = world.broker
                    .parts()
                    .sessions()
                    .of(people.record("alice"), Optional.empty(), 1)
                    .getFirst();

            assertThat(give(people.operator, hers, "key-backup")).isEqualTo("not-a-service");
            assertThat(give(people.operator, service, "key-backup")).isEqualTo("not-eligible");
            Holder stella = people.person("stella", "storage-admin");
            assertThat(give(stella, service, "service-secrets")).isEqualTo("not-yours-to-decide");
        }
    }
}
