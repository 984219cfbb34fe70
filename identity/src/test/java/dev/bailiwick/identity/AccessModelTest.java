package dev.bailiwick.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random tokens and descriptors against {@link AccessModel}. Rerun a failure by adding its seed to the seeds of the first test. */
class AccessModelTest {
    private static final int ROUNDS = 10_000;
    private static final ImpersonationLevel[] REAL_LEVELS = {
        ImpersonationLevel.IDENTIFICATION, ImpersonationLevel.IMPERSONATION, ImpersonationLevel.DELEGATION
    };
    private static final Sid[] WHO = {
        Fixtures.ALICE,
        Fixtures.BOB,
        Fixtures.STAFF,
        Sid.service("one"),
        Sid.service("two"),
        WellKnownSid.EVERYONE.sid(),
        WellKnownSid.ANONYMOUS.sid(),
        WellKnownSid.ADMINISTRATORS.sid(),
        WellKnownSid.OWNER_RIGHTS.sid(),
        WellKnownSid.CREATOR_OWNER.sid()
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theCheckDecidesAsTheModelDoes(long seed) {
        compare(seed);
    }

    @Test
    void theCheckDecidesAsTheModelDoesOnAFreshSeed() {
        compare(new Random().nextLong());
    }

    private static void compare(long seed) {
        Random random = new Random(seed);
        int granted = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Token token = anyToken(random);
            SecurityDescriptor descriptor = anyDescriptor(random);
            int desired = anyRequest(random);
            int answer = AccessCheck.check(token, descriptor, desired);
            assertThat(bits(answer))
                    .as(
                            "seed %d round %d: %s %s asks 0x%x of %s",
                            seed, round, token, token.groups(), desired, descriptor)
                    .containsExactlyInAnyOrderElementsOf(AccessModel.check(token, descriptor, desired));
            Explanation explanation = AccessCheck.explain(token, descriptor, desired);
            assertThat(explanation.granted())
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(answer);
            assertThat(explanation.steps().getLast().rule()).isEqualTo(Explanation.Rule.RESULT);
            granted += answer == 0 ? 0 : 1;
        }
        assertThat(granted).as("neither answer is rare, seed %d", seed).isBetween(ROUNDS / 10, ROUNDS * 9 / 10);
    }

    private static Token anyToken(Random random) {
        List<Group> groups = new ArrayList<>();
        Sid user = WHO[random.nextInt(2)];
        for (Sid sid : WHO) {
            if (!sid.equals(user)
                    && !sid.equals(WellKnownSid.OWNER_RIGHTS.sid())
                    && !sid.equals(WellKnownSid.CREATOR_OWNER.sid())
                    && random.nextInt(3) > 0) {
                int[] attributes = {0x7, 0x4, 0x0, 0x10, 0x14, 0xF, 0x11};
                groups.add(new Group(sid, attributes[random.nextInt(attributes.length)]));
            }
        }
        TokenSpec spec = TokenSpec.of(
                        user,
                        any(random, IntegrityLevel.values()),
                        new LogonSession(1, LogonType.NETWORK),
                        Fixtures.TEST)
                .withGroups(groups);
        TokenType type = any(random, TokenType.values());
        ImpersonationLevel level = any(random, REAL_LEVELS);
        return Token.make(new TokenId(1), 0, spec, type, level);
    }

    private static SecurityDescriptor anyDescriptor(Random random) {
        List<Ace> entries = new ArrayList<>();
        for (int count = random.nextInt(8); count > 0; count--) {
            entries.add(new Ace(
                    random.nextInt(3) == 0 ? Ace.Type.DENY : Ace.Type.ALLOW,
                    random.nextInt(5) == 0 ? random.nextInt(32) : 0,
                    anyMask(random),
                    WHO[random.nextInt(WHO.length)]));
        }
        return new SecurityDescriptor(
                random.nextInt(4) == 0 ? Optional.empty() : Optional.of(WHO[random.nextInt(5)]),
                Optional.empty(),
                random.nextInt(20) == 0 ? Optional.empty() : Optional.of(new Dacl(0, entries)),
                random.nextInt(3) == 0
                        ? Optional.empty()
                        : Optional.of(new IntegrityLabel(any(random, IntegrityLevel.values()), random.nextInt(8))));
    }

    private static int anyMask(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> 1 << random.nextInt(21);
            case 1 -> 1 << (28 + random.nextInt(4));
            case 2 -> random.nextInt() & (AccessMask.GRANTABLE | AccessMask.GENERIC);
            default -> GenericMapping.FILE.all();
        };
    }

    private static int anyRequest(Random random) {
        return switch (random.nextInt(8)) {
            case 0 -> AccessMask.MAXIMUM_ALLOWED;
            case 1 -> AccessMask.MAXIMUM_ALLOWED | (1 << random.nextInt(21));
            case 2 -> 1 << random.nextInt(32);
            case 3 -> 5 << random.nextInt(19);
            case 4 -> 1 << (28 + random.nextInt(4));
            case 5 -> random.nextInt(20) == 0 ? 0 : AccessMask.READ_CONTROL | AccessMask.WRITE_DAC;
            default -> 1 << random.nextInt(9);
        };
    }

    private static List<Integer> bits(int mask) {
        List<Integer> bits = new ArrayList<>();
        for (int bit = 0; bit < 32; bit++) {
            if ((mask & (1 << bit)) != 0) {
                bits.add(bit);
            }
        }
        return bits;
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
