package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.adding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.testing.Counter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Three vats, each of which promised something and settled it for the promise of the next. None of them can see that these
 * promises lead nowhere, and no message of the protocol tells.
 */
class RingsTest {
    private static final int CALLS = 100;

    private final Random random = new Random(3);
    private final PromiseClient ofA = new PromiseClient();
    private final PromiseClient ofB = new PromiseClient();
    private final PromiseClient ofC = new PromiseClient();
    private final TwoVats ab = joined(ofA, ofB);
    private final TwoVats bc = joined(ofB, ofC);
    private final TwoVats ca = joined(ofC, ofA);
    private final List<TwoVats.Side> sides = List.of(ab.left, ab.right, bc.left, bc.right, ca.left, ca.right);

    private static TwoVats joined(PromiseClient left, PromiseClient right) {
        return new TwoVats(left.addRef(), right.addRef(), Limits.DEFAULT.withCalls(CALLS, CALLS));
    }

    @AfterEach
    void nothingIsLeft() {
        sides.forEach(side -> side.vat.close(RpcException.disconnected("test is over")));
        rest();
        assertThat(sides).allSatisfy(side -> assertThat(side.vat.tables()).isEqualTo(VatConnection.TableSizes.EMPTY));
    }

    /** Delivers messages until there are none, and says how many there were. */
    private int rest() {
        int steps = 0;
        while (ab.step(random) || bc.step(random) || ca.step(random)) {
            steps++;
        }
        return steps;
    }

    private void close() {
        ofB.resolve(ab.right.vat.bootstrap());
        ofC.resolve(bc.right.vat.bootstrap());
        ofA.resolve(ca.right.vat.bootstrap());
    }

    @Test
    void aRingOverThreeConnectionsCostsNothingUntilItIsCalled() {
        close();
        rest();
        assertThat(rest()).isZero();
        assertThat(sides)
                .allSatisfy(side -> assertThat(side.vat.closedBecause()).isNull());
        assertThat(sides)
                .extracting(side -> side.vat.tables())
                .allSatisfy(tables -> assertThat(tables.exports()).isLessThanOrEqualTo(1));
    }

    @Test
    void aCallGoesRoundUntilOneVatHasAsManyAsItMayAndFailsAsOverloaded() {
        close();
        rest();
        try (Counter.Client ring = Counter.factory.client(ofA.addRef())) {
            for (int round = 0; round < 3; round++) { // the second one finds as much room as the first
                var call = adding(ring, 1).send();
                assertThat(rest()).isLessThan(12 * CALLS);
                assertThat(call.handle().results().isCompletedExceptionally()).isTrue();
                RpcException failure = RpcException.of(call.handle().results().exceptionNow());
                assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED);
                assertThat(failure.reason()).contains("too many calls are waiting");
                call.close();
                rest();
                assertThat(sides).allSatisfy(side -> {
                    assertThat(side.vat.closedBecause()).isNull();
                    assertThat(side.vat.tables().questions()).isZero();
                    assertThat(side.vat.tables().answers()).isLessThanOrEqualTo(1);
                });
            }
        }
    }
}
