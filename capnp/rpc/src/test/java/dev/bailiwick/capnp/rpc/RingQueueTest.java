package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingQueueTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void doesWhatAPlainQueueDoes(long seed) {
        Random random = new Random(seed);
        RingQueue<Integer> queue = new RingQueue<>();
        Queue<Integer> model = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            boolean grows = (i / 500) % 2 == 0; // so that it is long at times, and empty at others
            if (random.nextInt(10) < (grows ? 6 : 4)) {
                Integer entry = 1_000 + i;
                queue.add(entry);
                model.add(entry);
            } else if (random.nextBoolean()) {
                assertThat(queue.poll()).isEqualTo(model.poll());
            } else {
                Integer oldest = queue.peek();
                assertThat(oldest).isEqualTo(model.peek());
                if (oldest != null) {
                    assertThat(queue.poll(Integer.valueOf(-1))).isFalse();
                    assertThat(queue.poll(oldest)).isTrue();
                    model.remove();
                }
            }
            assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
        }
    }
}
