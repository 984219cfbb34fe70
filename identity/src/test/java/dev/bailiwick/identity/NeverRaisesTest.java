package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.ALICE;
import static dev.bailiwick.identity.Fixtures.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No sequence of duplicating, adjusting, restricting, resetting, connecting, impersonating and reverting gives a token more privileges, more
 * integrity, a higher level or more groups than the token it came from had. Rerun a failure by adding its seed to the seeds of the first test.
 */
class NeverRaisesTest {
    private static final int STEPS = 4_000;

    /** The most that any token derived from a first one may ever have. */
    private record Ceiling(PrivilegeSet present, IntegrityLevel integrity, ImpersonationLevel level, List<Sid> sids) {
        static Ceiling of(Token token) {
            List<Sid> sids = new ArrayList<>(Fixtures.sids(token));
            sids.add(token.user());
            return new Ceiling(token.privileges().present(), token.integrity(), token.level(), sids);
        }

        /** Of a token that was made from one under this ceiling, for a server under that one. */
        Ceiling lowered(ImpersonationLevel to, IntegrityLevel server, PrivilegeSet left) {
            return new Ceiling(present.and(left), integrity.min(server), level.min(to), sids);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noSequenceRaisesPrivilegesIntegrityOrLevel(long seed) {
        new Run(seed).steps();
    }

    @Test
    void noSequenceRaisesPrivilegesIntegrityOrLevelOnAFreshSeed() {
        new Run(new Random().nextLong()).steps();
    }

    private static final class Run {
        private final long seed;
        private final Random random;
        private final TokenIds ids = Fixtures.ids();
        private final List<LiveToken> tokens = new ArrayList<>();
        private final Map<LiveToken, Ceiling> ceilings = new HashMap<>();
        private final List<ExecutionFlow> flows = new ArrayList<>();
        private final List<ClientConnection> connections = new ArrayList<>();
        private final Map<ClientConnection, Ceiling> clients = new HashMap<>();

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            add(Fixtures.person(ALICE));
            add(Fixtures.minted(Fixtures.personSpec(BOB).withIntegrity(IntegrityLevel.LOW)));
            add(Fixtures.boot());
            for (String name : new String[] {"one", "two"}) {
                LiveToken service = Fixtures.service(name);
                add(service);
                flows.add(ExecutionFlow.start(new FlowId(flows.size()), service));
            }
            flows.add(ExecutionFlow.start(
                    new FlowId(9),
                    add(Fixtures.minted(Fixtures.service("low").token().spec().withIntegrity(IntegrityLevel.LOW)))));
        }

        private Ceiling ceiling(LiveToken token) {
            return Objects.requireNonNull(ceilings.get(token));
        }

        private LiveToken add(LiveToken token) {
            return add(token, Ceiling.of(token.token()));
        }

        private LiveToken add(LiveToken token, Ceiling ceiling) {
            tokens.add(token);
            ceilings.put(token, ceiling);
            return token;
        }

        void steps() {
            for (int step = 0; step < STEPS; step++) {
                step();
                if (step % 50 == 0) {
                    check("seed " + seed + " step " + step);
                }
            }
            check("seed " + seed + " at the end");
        }

        private void step() {
            LiveToken token = any(tokens);
            ExecutionFlow flow = any(flows);
            switch (random.nextInt(11)) {
                case 0, 1 -> duplicate(token);
                case 2, 3 -> {
                    var _ = token.adjustPrivileges(changes());
                }
                case 4 -> {
                    var _ = token.resetPrivileges();
                    var _ = token.resetGroups();
                }
                case 5 -> {
                    if (random.nextInt(10) == 0) {
                        narrow(token, new PrivilegeSet(random.nextLong() & PrivilegeSet.ALL.mask()));
                    }
                }
                case 6 -> {
                    var _ = token.use(anyPrivilege());
                }
                case 7 -> connect(token);
                case 8 -> impersonate(flow);
                case 9 -> {
                    var _ = flow.revert();
                }
                default -> {
                    var _ = token.adjustGroups(List.of(
                            random.nextBoolean()
                                    ? new GroupChange.Enable(
                                            any(token.token().groups()).sid())
                                    : new GroupChange.Disable(
                                            any(token.token().groups()).sid())));
                }
            }
        }

        private void narrow(LiveToken token, PrivilegeSet left) {
            var _ = token.restrictPrivileges(left);
            Ceiling was = ceiling(token);
            ceilings.put(token, was.lowered(was.level(), was.integrity(), left));
        }

        private void duplicate(LiveToken token) {
            ImpersonationLevel level = any(List.of(ImpersonationLevel.values()));
            PrivilegeSet left = token.token().privileges().present();
            if (token.duplicate(any(List.of(TokenType.values())), level, ids)
                    instanceof DuplicateResult.Duplicated(LiveToken copy)) {
                Ceiling of = ceiling(token);
                derived(copy, of.lowered(level, of.integrity(), left));
            }
        }

        private void connect(LiveToken token) {
            ImpersonationLevel level = any(List.of(ImpersonationLevel.values()));
            PrivilegeSet left = token.token().privileges().present();
            if (ClientConnection.open(token, level, ids)
                    instanceof ConnectResult.Connected(ClientConnection connection)) {
                Ceiling of = ceiling(token);
                connections.add(connection);
                clients.put(connection, of.lowered(level, of.integrity(), left));
            }
        }

        private void impersonate(ExecutionFlow flow) {
            if (connections.isEmpty()) {
                return;
            }
            ClientConnection connection = any(connections);
            boolean may = flow.primary().token().holds(Privilege.IMPERSONATE);
            switch (flow.impersonate(connection, ids)) {
                case ImpersonateResult.Impersonating(LiveToken acting) -> {
                    assertThat(may).as("seed %d", seed).isTrue();
                    Ceiling of = Objects.requireNonNull(clients.get(connection));
                    derived(
                            acting,
                            of.lowered(
                                    connection.level(), flow.primary().token().integrity(), of.present()));
                }
                case Refused _ -> assertThat(may).as("seed %d", seed).isFalse();
            }
        }

        private void derived(LiveToken token, Ceiling ceiling) {
            check("seed " + seed, token, ceiling);
            // Not all of them, or the run would only make more.
            if (tokens.size() < 40) {
                add(token, ceiling);
            }
        }

        private void check(String where) {
            ceilings.forEach((token, ceiling) -> check(where, token, ceiling));
        }

        private static void check(String where, LiveToken live, Ceiling ceiling) {
            Token token = live.token();
            boolean anonymous = token.user().equals(WellKnownSid.ANONYMOUS.sid());
            assertThat(ceiling.present().containsAll(token.privileges().present()))
                    .as(where)
                    .isTrue();
            assertThat(ceiling.present().containsAll(token.privileges().held()))
                    .as(where)
                    .isTrue();
            assertThat(ceiling.integrity().dominates(token.integrity()))
                    .as(where)
                    .isTrue();
            assertThat(token.level().compareTo(ceiling.level())).as(where).isLessThanOrEqualTo(0);
            if (!anonymous) {
                assertThat(ceiling.sids())
                        .as(where)
                        .containsAll(Fixtures.sids(token))
                        .contains(token.user());
            }
        }

        private List<PrivilegeChange> changes() {
            List<PrivilegeChange> changes = new ArrayList<>();
            for (int count = random.nextInt(4); count > 0; count--) {
                int attributes = random.nextInt(12) == 0 ? 4 : 2 * random.nextInt(2);
                changes.add(new PrivilegeChange(anyPrivilege().bit(), attributes));
            }
            return changes;
        }

        private Privilege anyPrivilege() {
            return any(List.of(Privilege.values()));
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}
