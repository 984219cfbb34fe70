package dev.bailiwick.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PersistentMapTest {
    @Test
    void staysFlatWhileGrowingInOrderAndShrinking() {
        PersistentMap map = PersistentMap.EMPTY;
        for (int i = 0; i < 1024; i++) {
            map = map.with(key(i), key(i));
        }
        assertThat(map.height()).isBetween(10, 14);
        for (int i = 0; i < 1000; i++) {
            map = map.without(key(i));
        }
        assertThat(map.height()).isBetween(5, 6);
        assertThat(map.get(key(999))).isNull();
        assertThat(map.get(key(1000))).isEqualTo(key(1000));
    }

    @Test
    void olderMapsDoNotChange() {
        PersistentMap one = PersistentMap.EMPTY.with(key(1), key(1));
        PersistentMap two = one.with(key(1), key(2)).with(key(3), key(3));
        assertThat(one.get(key(1))).isEqualTo(key(1));
        assertThat(one.get(key(3))).isNull();
        assertThat(two.without(key(1)).get(key(1))).isNull();
        assertThat(two.get(key(1))).isEqualTo(key(2));
    }

    private static byte[] key(int i) {
        return new byte[] {(byte) (i >> 8), (byte) i};
    }
}
