package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three vats at random. A failure tells its seed and script; {@code -Dvats.seed=N} runs that seed alone, and
 * {@code -Dvats.runs=N} as many as one likes.
 */
class SeededVatsTest {
    private static final int RUNS = Integer.getInteger("vats.runs", 200);
    private static final int DEEDS = 60;

    private final long first = Long.getLong("vats.seed", new Random().nextLong());
    private final int runs = System.getProperty("vats.seed") == null ? RUNS : 1;

    @Test
    void callsKeepTheirOrderAndNothingIsLeft() {
        for (long seed = first; seed < first + runs; seed++) {
            live(seed, VatWorld.Fault.NONE, false);
        }
    }

    /** In these a vat in the middle told where results lead before what was called ahead of them had got there. */
    @ParameterizedTest
    @ValueSource(longs = {2480656758692210461L, -6256740844214877244L})
    void seedsThatOnceLostTheOrderKeepIt(long seed) {
        live(seed, VatWorld.Fault.NONE, false);
    }

    @Test
    void soTheyDoWhenConnectionsBreak() {
        for (long seed = first; seed < first + runs; seed++) {
            live(seed, VatWorld.Fault.NONE, true);
        }
    }

    /** The tests above would be worth nothing if they noticed nothing. */
    @ParameterizedTest
    @EnumSource(value = VatWorld.Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultOnTheWireIsNoticed(VatWorld.Fault fault) {
        int noticed = 0;
        for (long seed = first; seed < first + 200 && noticed == 0; seed++) {
            try {
                new VatWorld(seed, 3, fault, false).live(DEEDS);
            } catch (AssertionError | RuntimeException notice) {
                noticed++;
            }
        }
        assertThat(noticed).as("seeds from %d", first).isPositive();
    }

    private static void live(long seed, VatWorld.Fault fault, boolean mayDisconnect) {
        VatWorld world = new VatWorld(seed, 3, fault, mayDisconnect);
        try {
            world.live(DEEDS);
        } catch (AssertionError | RuntimeException failure) {
            fail("seed " + seed + ": " + failure.getMessage() + "\n" + world.script(), failure);
        }
    }
}
