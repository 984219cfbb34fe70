package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTableTest {
    private static final int[] BOUNDS = {0, 1, 3, 4, 1023, 1024, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};

    private final VatConnection vat = new VatConnection(BrokenClient.nullCapability(), new Silent(), Limits.DEFAULT);

    /** Takes messages, and says nothing. */
    private static final class Silent implements Outbound {
        @Override
        public void send(Frame message) {}

        @Override
        public long backlog() {
            return 0;
        }

        @Override
        public void end() {}
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void findsWhateverIdsThePeerChooses(long seed) {
        Random random = new Random(seed);
        AnswerTable table = new AnswerTable();
        Map<Integer, Answer> model = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            int id = switch (random.nextInt(3)) {
                case 0 -> BOUNDS[random.nextInt(BOUNDS.length)];
                case 1 -> random.nextInt(2_000);
                default -> random.nextInt();
            };
            Answer known = model.get(id);
            assertThat(table.get(id)).isSameAs(known);
            if (known == null) {
                Answer answer = new Answer(vat.answers(), id, false, 0);
                table.add(answer);
                model.put(id, answer);
            } else if (random.nextBoolean()) {
                table.remove(known);
                model.remove(id);
            }
            assertThat(table.size()).isEqualTo(model.size());
        }
        List<Answer> all = new ArrayList<>(model.values());
        assertThat(table.all()).containsExactlyInAnyOrderElementsOf(all);
        table.clear();
        assertThat(table.size()).isZero();
        assertThat(table.all()).isEmpty();
    }
}
