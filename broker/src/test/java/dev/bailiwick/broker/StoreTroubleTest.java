package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What somebody is told who asks for something that the store cannot do now. */
class StoreTroubleTest {
    @Test
    void aFullDiskIsSaidToBeOneAndNothingIsAcknowledgedWhileLookingGoesOn() {
        try (World world = World.seeded()) {
            OfflineAuthority authority = new OfflineAuthority(
                    world.engine,
                    world.store,
                    1000,
                    new BrokerConfig(
                            "test", world.clock, new java.security.SecureRandom(), 1, 1, KeyringSecret.inMemory()));
            world.engine.addDurabilityHook(view -> {
                throw new UncheckedIOException(new IOException("no space left on device"));
            });
            try (var manager = authority.accountManager();
                    var reader = authority.accountReader()) {
                var create = manager.createRequest();
                create.params().setName("alice");
                assertThatThrownBy(() -> create.send().join())
                        .isInstanceOfSatisfying(
                                RpcException.class,
                                e -> assertThat(e.reason())
                                        .startsWith("unavailable: ")
                                        .contains("no space left on device"));

                var lookup = reader.lookupRequest();
                lookup.params().setName("operator");
                try (var response = lookup.send().join()) {
                    assertThat(response.get().getResult().isFound()).isTrue();
                }
                var absent = reader.lookupRequest();
                absent.params().setName("alice");
                try (var response = absent.send().join()) {
                    assertThat(response.get().getResult().isDenied()).isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"CORRUPT, corrupt: ", "LOST, corrupt: ", "IO, unavailable: ", "FAILED, unavailable: "})
    void eachKindHasAStableCode(EngineException.Code code, String begins) {
        assertThatThrownBy(() -> StoreTrouble.telling(() -> {
                    throw new EngineException(code, "a reason");
                }))
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.reason()).isEqualTo(begins.strip() + " a reason"));
    }

    @ParameterizedTest
    @EnumSource
    void noKindIsAnInternalFault(EngineException.Code code) {
        assertThatThrownBy(() -> StoreTrouble.telling(() -> {
                    throw new EngineException(code, "a reason");
                }))
                .isInstanceOf(RpcException.class);
    }
}
