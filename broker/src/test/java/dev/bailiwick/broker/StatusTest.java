package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.Status;
import dev.bailiwick.schema.gen.SystemStatus;
import org.junit.jupiter.api.Test;

/** What the holders of a status may know. */
class StatusTest {
    @Test
    void anOrdinarySessionSeesOnlyWhetherAllIsWell() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            try (var response = get(world.alice(operator))) {
                Status.Reader status = response.get().getStatus();

                // A store without an anchor warns; what it warns of is not for everybody.
                assertThat(status.getHealthy()).isEqualTo(world.store.warnings().isEmpty());
                for (String warning : world.store.warnings()) {
                    assertThat(status.getDetail().toString()).doesNotContain(warning);
                }
                assertThat(status.getFull()).isFalse();
                assertThat(status.getSessions()).isZero();
                assertThat(status.getJournalSize()).isZero();
                assertThat(status.getWarnings().size()).isZero();
                assertThat(status.getLimits().size()).isZero();
            }
        }
    }

    @Test
    void aStorageAdministratorSeesSessionsHeadsWarningsAndLimits() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            world.alice(operator);
            try (var response = get(operator)) {
                Status.Reader status = response.get().getStatus();

                assertThat(status.getFull()).isTrue();
                assertThat(status.getSessions()).isEqualTo(2);
                assertThat(status.getSessionsAtMost()).isEqualTo(Limits.SESSIONS);
                assertThat(status.getJournalSize())
                        .isEqualTo(world.store.inspector().head().journalSize());
                assertThat(status.getAuditSize()).isPositive();
                assertThat(status.getWarnings().size())
                        .isEqualTo(world.store.warnings().size());
                assertThat(status.getLimits()).anySatisfy(limit -> {
                    assertThat(limit.getName().toString()).isEqualTo("inFlightCallLimit");
                    assertThat(limit.getUsed()).isOne(); // this call
                    assertThat(limit.getLimit()).isEqualTo(256);
                });
            }
        }
    }

    private static Response<SystemStatus.GetResults.Reader> get(Holder holder) {
        return holder.hold(SessionBundle.Reader::getStatus).getRequest().send().join();
    }
}
