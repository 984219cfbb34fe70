package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VatLockTest {
    private final List<String> done = new ArrayList<>();
    private final VatLock lock = new VatLock(hook -> {}, () -> done.add("unlocking"), () -> done.add("unlocked"));

    @Test
    void whatWasPutOffIsAllDoneThoughSomeOfItFails() {
        lock.lock();
        lock.later(() -> done.add("first"));
        lock.later(() -> {
            throw new OutOfMemoryError("no thread");
        });
        lock.later(() -> done.add("third"));
        lock.later(() -> {
            throw new IllegalStateException("fourth");
        });
        lock.later(() -> done.add("fifth"));
        assertThatThrownBy(lock::unlock)
                .isInstanceOf(OutOfMemoryError.class)
                .hasSuppressedException(new IllegalStateException("fourth"));
        assertThat(done).containsExactly("unlocking", "unlocked", "first", "third", "fifth");
        lock.lock();
        lock.unlock();
        assertThat(done).hasSize(7);
    }
}
