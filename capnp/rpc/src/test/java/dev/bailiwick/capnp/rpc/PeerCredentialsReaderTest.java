package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whose descriptor it is, told by the size of its send buffer; with a kernel of our own. */
class PeerCredentialsReaderTest {
    private static final int SEED = 7;
    private static final int ORIGINAL = 212_992;
    private static final int OURS = 12;
    private static final int NEIGHBOUR = 5;

    private final Map<Integer, Integer> sizes = new HashMap<>(Map.of(OURS, ORIGINAL));
    private final PeerCredentialsReader reader = new PeerCredentialsReader(new Random(SEED));
    private int mostBytes = Integer.MAX_VALUE;

    /** Credentials that name the descriptor they were read from. */
    private PeerCredentials read() throws IOException {
        return reader.read(
                new PeerCredentialsReader.Buffer() {
                    @Override
                    public int size() {
                        return sizes.getOrDefault(OURS, -1);
                    }

                    @Override
                    public void resize(int bytes) {
                        sizes.put(OURS, Math.min(bytes, mostBytes));
                    }
                },
                new PeerCredentialsReader.Descriptors() {
                    @Override
                    public int sendBuffer(int descriptor) {
                        return sizes.getOrDefault(descriptor, -1);
                    }

                    @Override
                    public PeerCredentials peer(int descriptor) {
                        return new PeerCredentials(1, descriptor, 1);
                    }
                });
    }

    @Test
    void theSocketIsFoundAmongOthersAndLeftAsItWas() throws IOException {
        for (int other = 0; other < OURS; other++) {
            sizes.put(other, ORIGINAL);
        }
        assertThat(read().uid()).isEqualTo(OURS);
        assertThat(sizes).containsEntry(OURS, ORIGINAL);
    }

    @Test
    void aKernelThatMakesEveryMarkAlikeGetsNobodyTakenForAnother() {
        mostBytes = 8_500;
        sizes.put(NEIGHBOUR, 8_500);
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("net.core.wmem_max");
    }

    @Test
    void belowASmallerMaximumMarksStillDiffer() throws IOException {
        mostBytes = 16_384;
        sizes.put(NEIGHBOUR, 16_384);
        assertThat(read().uid()).isEqualTo(OURS);
        assertThat(read().uid()).isEqualTo(OURS);
    }

    @Test
    void aNeighbourThatShowsTheMarkByChanceIsNotTakenForTheSocket() {
        sizes.put(NEIGHBOUR, new Random(SEED).nextInt(8_192, 98_304)); // what the reader draws first
        assertThatThrownBy(this::read).isInstanceOf(IOException.class).hasMessageContaining("was not found");
    }
}
