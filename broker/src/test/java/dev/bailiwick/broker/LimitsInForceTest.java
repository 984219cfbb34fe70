package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitGate;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.capnp.rpc.Response;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.TerminalSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Each limit on the calls of a session, reached and passed (docs/resource-accounting.md names these tests). */
class LimitsInForceTest {
    /** Alice at a terminal that answers when it is told to, under a standard profile with one limit changed. */
    private static final class Desk implements AutoCloseable {
        final World world;
        final FakeTerminal keys = new FakeTerminal();
        final Holder alice;
        final TerminalSession.Client terminal;
        private final TerminalSession.Client mine = TerminalSession.client(keys);
        private final List<Runnable> open = Collections.synchronizedList(new ArrayList<>());

        Desk(String from, String to) {
            world = World.seeded(Shipped.manifestWith("standard", from, to));
            world.alice(world.operator()).logout();
            alice = world.login(World.ALICE_UID, "alice", World.PASSWORD, mine);
            terminal = alice.hold(SessionBundle.Reader::getTerminal);
        }

        /** A read of the terminal, waiting. */
        Runnable read() {
            int before = keys.waiting();
            var call = terminal.readRequest().send();
            open.add(call::close);
            Awaitility.await().until(() -> keys.waiting() > before);
            return () -> {
                try (var response = call.join()) {
                    assertThat(response.get().getData().toArray()).isEqualTo("x".getBytes(UTF_8));
                }
            };
        }

        void readRefused() {
            try (var response = terminal.readRequest().send().join()) {
                assertThat(response.get()).as("read").isNull();
            }
        }

        /** A write to the terminal, on its way. */
        Runnable write() {
            var request = terminal.writeRequest();
            request.params().setData("w".getBytes(UTF_8));
            var call = request.send();
            open.add(call::close);
            return call::await;
        }

        String list() {
            try (Namespace.Client home = alice.bundle().getHome();
                    var response = home.listRequest().send().join()) {
                assertThat(response.get()).isNotNull();
                return "listed";
            } catch (RpcException refused) {
                return refused.reason();
            }
        }

        @Override
        public void close() {
            keys.goOn();
            open.forEach(Runnable::run);
            world.close();
            mine.close();
        }
    }

    @Test
    void callsInFlightAreCountedOverAllThatTheSessionHolds() throws Exception {
        try (Desk desk = new Desk("in-flight-call-limit = 128", "in-flight-call-limit = 3")) {
            Runnable first = desk.read();
            Runnable second = desk.read();
            Runnable third = desk.read();

            assertThat(desk.list()).isEqualTo("quota-exceeded: inFlightCallLimit is 3: 3 in use, 1 more requested");
            desk.keys.press();
            first.run();
            assertThat(desk.list()).isEqualTo("listed");
            desk.keys.press();
            desk.keys.press();
            second.run();
            third.run();
        }
    }

    @Test
    void theWayOutIsOpenHoweverMuchIsInFlight() throws Exception {
        try (Desk desk = new Desk("in-flight-call-limit = 128", "in-flight-call-limit = 1")) {
            Runnable reading = desk.read();
            assertThat(desk.list()).startsWith("quota-exceeded: inFlightCallLimit");

            desk.alice.logout();

            assertThatThrownBy(reading::run).hasMessageStartingWith("revoked: logged out");
        }
    }

    @Test
    void callsThatWaitForSomethingAreCountedApart() throws Exception {
        try (Desk desk = new Desk("timer-waiter-limit = 128", "timer-waiter-limit = 2")) {
            desk.read();
            desk.read();

            assertThatThrownBy(desk::readRefused)
                    .hasMessage("quota-exceeded: timerWaiterLimit is 2: 2 in use, 1 more requested");
            assertThat(desk.list()).isEqualTo("listed");
            desk.keys.press();
            desk.read();
        }
    }

    @Test
    void callsThatHaveNotBegunAreCountedOverAllObjects() throws Exception {
        try (Desk desk = new Desk("pending-ipc-submission-limit = 128", "pending-ipc-submission-limit = 2")) {
            desk.keys.getStuck();
            Runnable begun = desk.write();
            desk.keys.writing.await();
            Runnable next = desk.write();
            Runnable afterNext = desk.write();

            assertThat(desk.list())
                    .isEqualTo("quota-exceeded: pendingIpcSubmissionLimit is 2: 2 in use, 1 more requested");
            desk.keys.goOn();
            begun.run();
            next.run();
            afterNext.run();
            assertThat(desk.list()).isEqualTo("listed");
        }
    }

    @Test
    void callsThatWaitAtOneObjectDoNotCountAtAnother() throws Exception {
        try (Desk desk = new Desk("endpoint-queue-limit = 128", "endpoint-queue-limit = 2")) {
            desk.keys.getStuck();
            Runnable begun = desk.write();
            desk.keys.writing.await();
            Runnable next = desk.write();
            Runnable afterNext = desk.write();

            assertThatThrownBy(() -> desk.write().run())
                    .hasMessage("quota-exceeded: endpointQueueLimit is 2: 2 in use, 1 more requested");
            assertThat(desk.list()).isEqualTo("listed");
            desk.keys.goOn();
            begun.run();
            next.run();
            afterNext.run();
        }
    }

    /** Callers at the same time, as many as there are, share the two places: none of them finds a place that another one is taking. */
    @Test
    void callersAtTheSameTimeGetNoMorePlacesAtAnObjectThanThereAre() throws Exception {
        int callers = 8;
        try (Desk desk = new Desk("endpoint-queue-limit = 128", "endpoint-queue-limit = 2")) {
            for (int round = 0; round < 200; round++) {
                desk.keys.getStuck();
                int before = desk.keys.begun.get();
                Runnable begun = desk.write();
                Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> desk.keys.begun.get() > before);
                CyclicBarrier together = new CyclicBarrier(callers);
                List<FutureTask<Runnable>> calls = new ArrayList<>();
                for (int i = 0; i < callers; i++) {
                    FutureTask<Runnable> call = new FutureTask<>(() -> {
                        together.await();
                        return desk.write();
                    });
                    Thread.ofPlatform().start(call);
                    calls.add(call);
                }
                List<Runnable> outcomes = new ArrayList<>();
                for (FutureTask<Runnable> call : calls) {
                    outcomes.add(call.get());
                }
                desk.keys.goOn();
                begun.run();

                assertThat(outcomes.stream().filter(LimitsInForceTest::isRefused))
                        .as("round %s", round)
                        .hasSize(callers - 2);
            }
            assertThat(desk.list()).isEqualTo("listed");
        }
    }

    private static boolean isRefused(Runnable outcome) {
        try {
            outcome.run();
            return false;
        } catch (RpcException refusal) {
            assertThat(refusal).hasMessage("quota-exceeded: endpointQueueLimit is 2: 2 in use, 1 more requested");
            return true;
        }
    }

    @Test
    void aCallWithTooManyBytesLosesNothing() throws Exception {
        try (Desk desk = new Desk("ring-scratch-limit = \"4MiB\"", "ring-scratch-limit = \"64KiB\"")) {
            Namespace.Client home = desk.alice.home();
            assertThat(Holder.put(home, "small", "kept")).isEqualTo("stored");

            assertThatThrownBy(() -> Holder.put(home, "small", new byte[100_000]))
                    .hasMessageStartingWith("quota-exceeded: ringScratchLimitBytes is 65536: ");
            assertThat(Holder.get(home, "small")).isEqualTo("kept");
        }
    }

    @Test
    void capabilitiesThatComeOutAreCountedWhileTheyAreHeld() throws Exception {
        try (Desk desk = new Desk("cap-limit = 1024", "cap-limit = 2")) {
            Namespace.Client home = desk.alice.home();
            Holder.put(home, "a", "1");
            Response<Namespace.GetResults.Reader> first = blob(home);
            Response<Namespace.GetResults.Reader> second = blob(home);

            assertThatThrownBy(() -> blob(home))
                    .hasMessage("quota-exceeded: capLimit is 2: 2 in use, 1 more requested");
            first.close();
            try (Response<Namespace.GetResults.Reader> third = blob(home)) {
                assertThat(third.get().getResult().isDenied()).isFalse();
            }
            second.close();
            for (int i = 0; i < 10; i++) {
                assertThat(Holder.get(home, "a")).isEqualTo("1");
            }
        }
    }

    @Test
    void aLimitThatIsLoweredCountsForSessionsThatAreThere() throws Exception {
        try (Desk desk = new Desk("in-flight-call-limit = 128", "in-flight-call-limit = 100")) {
            desk.read();
            desk.read();
            var profiles = desk.world.store.read(
                    snapshot -> snapshot.resourceProfiles().byName("standard").orElseThrow());
            CommitResult lowered = desk.world
                    .store
                    .resourceProfileManager()
                    .update(
                            withInFlight(profiles.content().profile(), 2),
                            profiles.version(),
                            Attribution.of(new Actor.Offline(0), CommitGate.alwaysOpen()));
            assertThat(lowered).isInstanceOf(CommitResult.Committed.class);

            assertThatThrownBy(desk::readRefused)
                    .hasMessage("quota-exceeded: inFlightCallLimit is 2: 2 in use, 1 more requested");
        }
    }

    private static Response<Namespace.GetResults.Reader> blob(Namespace.Client home) {
        var request = home.getRequest();
        request.params().setPath("a");
        return request.send().join();
    }

    private static ResourceProfile withInFlight(ResourceProfile old, int limit) {
        return new ResourceProfile(
                old.profileId(),
                old.name(),
                old.homeQuotaBytes(),
                old.configQuotaBytes(),
                old.cacheQuotaBytes(),
                old.tempQuotaBytes(),
                old.sessionLimit(),
                old.processLimit(),
                old.threadLimit(),
                old.capLimit(),
                old.memoryCommitLimitBytes(),
                old.frameGrantLimitPages(),
                old.endpointQueueLimit(),
                limit,
                old.pendingIpcSubmissionLimit(),
                old.ringScratchLimitBytes(),
                old.logQuotaBytesPerWindow(),
                old.logWindow(),
                old.cpuBudgetUsPerWindow(),
                old.cpuWindowUs(),
                old.timerWaiterLimit(),
                old.networkProfile(),
                old.launcherProfile());
    }
}
