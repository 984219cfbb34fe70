package dev.bailiwick.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.RootId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The orders in which readers and the lane can meet over one content. */
class HoldsTest {
    private static final Holds.Key CONTENT = new Holds.Key(new RootId(new Id128(10, 1)), 5);

    private final Holds holds = new Holds();

    @AfterEach
    void nothingIsHeldAtTheEnd() {
        assertThat(holds.isEmpty()).isTrue();
    }

    @Test
    void contentThatNobodyHasPinnedIsDeletedAtOnce() {
        assertThat(holds.release(CONTENT, 30)).isEqualTo(Holds.Fate.DELETE);
        assertThat(holds.pin(CONTENT)).isInstanceOf(Holds.Pin.Doomed.class);
        assertThat(holds.settle(CONTENT, true)).isFalse();
    }

    @Test
    void pinnedContentIsCollectedWithItsLastPin() {
        Holds.Hold first = pinned();
        Holds.Hold second = pinned();
        assertThat(holds.release(CONTENT, 30)).isEqualTo(Holds.Fate.KEEP_DETACHED);
        assertThat(holds.settle(CONTENT, true)).isFalse();
        assertThat(holds.unpin(CONTENT, first)).isFalse();
        assertThat(holds.unpin(CONTENT, second)).isTrue();
    }

    @Test
    void contentLetGoBeforeItsDetachmentLandedIsCollectedWhenItHas() {
        Holds.Hold reader = pinned();
        holds.release(CONTENT, 30);
        assertThat(holds.unpin(CONTENT, reader)).isFalse();
        assertThat(holds.settle(CONTENT, true)).isTrue();
    }

    @Test
    void aReaderThatPinsWhileTheDetachmentLandsKeepsTheBytes() {
        Holds.Hold before = pinned();
        holds.release(CONTENT, 30);
        assertThat(holds.unpin(CONTENT, before)).isFalse();

        // Until the batch has landed a reader still finds the entry as it was, so its pin counts.
        Holds.Hold meanwhile = pinned();
        assertThat(holds.settle(CONTENT, true)).isFalse();
        assertThat(meanwhile.gone()).isFalse();
        assertThat(holds.unpin(CONTENT, meanwhile)).isTrue();
    }

    @Test
    void contentWhoseDetachmentNeverLandsIsNotCollected() {
        Holds.Hold reader = pinned();
        holds.release(CONTENT, 30);
        assertThat(holds.settle(CONTENT, false)).isFalse();
        assertThat(holds.unpin(CONTENT, reader)).isFalse();
    }

    @Test
    void contentIsNotEvictedBeforeItsDetachmentLanded() {
        Holds.Hold reader = pinned();
        holds.release(CONTENT, 30);
        assertThat(holds.evict(CONTENT.root(), 0)).isEmpty();
        holds.settle(CONTENT, true);
        assertThat(holds.evict(CONTENT.root(), 0)).containsExactly(CONTENT);
        assertThat(reader.gone()).isTrue();
        assertThat(holds.unpin(CONTENT, reader)).isFalse();
    }

    private Holds.Hold pinned() {
        return switch (holds.pin(CONTENT)) {
            case Holds.Pin.Held(Holds.Hold hold) -> hold;
            case Holds.Pin.Doomed ignored -> throw new AssertionError("the content is doomed");
        };
    }
}
