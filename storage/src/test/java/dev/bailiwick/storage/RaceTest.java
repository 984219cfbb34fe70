package dev.bailiwick.storage;

import static dev.bailiwick.storage.Store.bytes;
import static dev.bailiwick.storage.Store.put;
import static dev.bailiwick.storage.Store.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.RamEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Many at once on one root. */
class RaceTest {
    private static final int WORKERS = 8;
    private static final int ROUNDS = 200;

    private final Store store = new Store(RamEngine.open());

    @AfterEach
    void nothingIsWrongOrLeftAtTheEnd() {
        assertThat(new StorageVerifier(store.engine).verify().findings()).isEmpty();
        assertThat(store.namespaces.sweepSessionRoots().contents()).isZero();
        store.close();
    }

    /** Runs all at the same time and passes on whatever one of them throws. */
    private static void together(List<Callable<Void>> tasks) throws InterruptedException, ExecutionException {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> results = new ArrayList<>();
            for (Callable<Void> task : tasks) {
                results.add(workers.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            start.countDown();
            for (Future<Void> result : results) {
                result.get();
            }
        }
    }

    @Test
    void noMixOfWritersPassesTheQuota() throws Exception {
        Namespace home = store.home(100);
        List<Callable<Void>> writers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            int number = worker;
            writers.add(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    String path = "w" + number + "/" + round % 3;
                    String content = "x".repeat(1 + (round + number) % 20);
                    switch (round % 4) {
                        case 0 -> home.remove(path, Expectation.any());
                        case 1 -> {
                            try (BlobWriter writer = home.writer(path, Expectation.any())) {
                                writer.write(bytes(content));
                                writer.commit();
                            }
                        }
                        default -> home.put(path, bytes(content), Expectation.any());
                    }
                    assertThat(home.usage().usedBytes()).isBetween(0L, 100L);
                }
                return null;
            });
        }
        together(writers);
    }

    @Test
    void ofManyWhoExpectTheSameVersionOneWins() throws Exception {
        Namespace home = store.home();
        put(home, "counter", "0");
        List<Callable<Void>> counters = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            counters.add(() -> {
                int done = 0;
                while (done < 25) {
                    if (home.get("counter") instanceof GetResult.Found(EntryInfo.OfBlob entry, Blob blob)) {
                        try (blob) {
                            String next = String.valueOf(Integer.parseInt(text(blob)) + 1);
                            Expectation unchanged = Expectation.version(entry.version());
                            if (home.put("counter", bytes(next), unchanged) instanceof PutResult.Stored) {
                                done++;
                            }
                        }
                    }
                }
                return null;
            });
        }
        together(counters);
        assertThat(text(home, "counter")).isEqualTo(String.valueOf(25 * WORKERS));
    }

    @Test
    void aReaderSeesOneVersionWholeWhileItIsReplaced() throws Exception {
        Namespace home = store.home();
        put(home, "x", "0".repeat(30));
        AtomicBoolean done = new AtomicBoolean();
        List<Callable<Void>> tasks = new ArrayList<>();
        tasks.add(() -> {
            try {
                for (int round = 0; round < 5 * ROUNDS; round++) {
                    put(home, "x", String.valueOf(round % 10).repeat(30));
                }
            } finally {
                done.set(true);
            }
            return null;
        });
        for (int reader = 0; reader < WORKERS; reader++) {
            tasks.add(() -> {
                while (!done.get()) {
                    String whole = text(home, "x");
                    assertThat(whole).isEqualTo(whole.substring(0, 1).repeat(30));
                }
                return null;
            });
        }
        together(tasks);
    }

    @Test
    void nothingLandsAfterTheRevocationIsAcknowledged() throws Exception {
        Namespace home = store.home();
        CountDownLatch writing = new CountDownLatch(1);
        AtomicBoolean over = new AtomicBoolean();
        List<Callable<Void>> tasks = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            String path = "w" + worker;
            tasks.add(() -> {
                while (!over.get()) {
                    home.put(path, bytes("x"), Expectation.any());
                    writing.countDown();
                }
                return null;
            });
        }
        tasks.add(() -> {
            try {
                writing.await();
                // As a revoking commit does it: the gate closes when the commit is durable, before it is answered.
                store.engine.commit(txn -> {
                    txn.beforeAcknowledge(() -> store.gate.close("disabled"));
                    return true;
                });
                long acknowledged = generation();
                for (int look = 0; look < ROUNDS; look++) {
                    assertThat(generation()).isEqualTo(acknowledged);
                }
                return null;
            } finally {
                over.set(true);
            }
        });
        together(tasks);
    }

    private long generation() {
        return store.namespaces.info(Store.HOME).orElseThrow().generation();
    }

    @Test
    void deletingARootUnderItsUsersLeavesNothing() throws Exception {
        for (int round = 0; round < 20; round++) {
            Namespace tmp = store.tmp();
            AtomicBoolean over = new AtomicBoolean();
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                String path = "w" + worker;
                tasks.add(() -> {
                    while (!over.get()) {
                        write(tmp, path);
                        read(tmp, path);
                    }
                    return null;
                });
            }
            tasks.add(() -> {
                try {
                    assertThat(store.namespaces.deleteRoot(Store.TMP)).isTrue();
                    write(tmp, "after");
                    return null;
                } finally {
                    over.set(true);
                }
            });
            together(tasks);
            assertThat(new StorageVerifier(store.engine).verify())
                    .isEqualTo(new StorageReport(0, 0, 0, 0, 0, List.of(), 0));
        }
    }

    private static void write(Namespace tmp, String path) {
        try (BlobWriter writer = tmp.writer(path, Expectation.any())) {
            writer.write(bytes("some chunks of content"));
            writer.commit();
        }
    }

    private static void read(Namespace tmp, String path) {
        if (tmp.get(path) instanceof GetResult.Found(EntryInfo.OfBlob entry, Blob blob)) {
            try (blob) {
                assertThat(blob.read(0, 4)).isIn(new ReadResult.Bytes(bytes("some")), Denials.gone());
            }
        }
    }
}
