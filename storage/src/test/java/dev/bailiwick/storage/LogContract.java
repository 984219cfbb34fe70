package dev.bailiwick.storage;

import static dev.bailiwick.storage.Durability.DURABLE;
import static dev.bailiwick.storage.Durability.SESSION;
import static dev.bailiwick.storage.Store.code;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.Id128;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a log does, whatever engine it is in. */
abstract class LogContract {
    private static final LogId ALICE = LogId.of(Store.ALICE);
    private static final LogId BOB = LogId.of(Store.BOB);
    private static final LogId GUEST = LogId.ofSession(new Id128(7, 7));
    private static final LogQuota TEN_A_SECOND = new LogQuota(10, 1000);

    private Store store;

    /** An empty engine. Whoever opens one closes it; in RAM there is nothing to close. */
    abstract Engine openEngine();

    @BeforeEach
    void openStore() {
        store = new Store(openEngine());
    }

    @AfterEach
    void nothingIsWrongAtTheEnd() {
        assertThat(new StorageVerifier(store.engine).verify().findings()).isEmpty();
    }

    private String app(String text) {
        return code(store.logs.appendApp(ALICE, DURABLE, text, TEN_A_SECOND, store.gate));
    }

    private void session(String text) {
        assertThat(store.logs.appendSession(ALICE, DURABLE, text)).isInstanceOf(AppendResult.Appended.class);
    }

    private String lines(LogId log) {
        return String.join(
                " | ",
                store.logs.read(log, 0, 0).stream()
                        .map(line -> line.sequence() + " " + line.source().text() + " " + line.text())
                        .toList());
    }

    @Test
    void linesOfBothSourcesAreReadInTheOrderTheyWereWritten() {
        session("login");
        app("one");
        session("logout");

        assertThat(lines(ALICE)).isEqualTo("1 session login | 2 app one | 3 session logout");
        assertThat(store.logs.read(ALICE, 1, 1)).isEqualTo(List.of(new LogLine(2, 1_000_000, LogSource.APP, "one")));
        assertThat(store.logs.read(ALICE, 3, 9)).isEmpty();
        assertThat(store.logs.read(ALICE, -1, 9)).isEmpty();
    }

    @Test
    void aPageIsNeverLongerThanTheLimit() {
        for (int i = 0; i < 5; i++) {
            session("s" + i);
            store.logs.appendApp(ALICE, DURABLE, "a" + i, TEN_A_SECOND, store.gate);
        }
        assertThat(store.logs.read(ALICE, 0, 100)).hasSize(3);
        assertThat(store.logs.read(ALICE, 0, 2)).hasSize(2);
    }

    @Test
    void logsAreSeparate() {
        session("for alice");
        assertThat(lines(BOB)).isEmpty();
    }

    @Test
    void theQuotaOfAWindowHoldsToTheByte() {
        assertThat(app("12345")).startsWith("Appended");
        assertThat(app("123456")).isEqualTo("quota-exceeded");
        assertThat(app("12345")).startsWith("Appended");
        assertThat(store.logs.appendApp(ALICE, DURABLE, "1", TEN_A_SECOND, store.gate))
                .isEqualTo(new Denied.QuotaExceeded("logQuotaBytesPerWindow", 10, 10, 1));

        store.nowMs.addAndGet(999);
        assertThat(app("1")).isEqualTo("quota-exceeded");
        store.nowMs.addAndGet(1);
        assertThat(app("1234567890")).startsWith("Appended");
    }

    @Test
    void theQuotaCountsBytesAndNotCharacters() {
        assertThat(app("\u00e4\u00e4\u00e4\u00e4\u00e4")).startsWith("Appended");
        assertThat(app("1")).isEqualTo("quota-exceeded");
    }

    @Test
    void aClockThatGoesBackHandsOutNothingTwice() {
        assertThat(app("1234567890")).startsWith("Appended");
        store.nowMs.addAndGet(-5000);
        assertThat(app("1")).isEqualTo("quota-exceeded");
    }

    @Test
    void theDaemonWritesWhateverApplicationsHaveSpent() {
        app("1234567890");
        session("still recorded");
        assertThat(lines(ALICE)).endsWith("2 session still recorded");
    }

    @Test
    void onlyTheNewestLinesOfEachSourceAreKept() {
        session("login");
        for (int i = 0; i < 9; i++) {
            app("app " + i);
            store.nowMs.addAndGet(1000);
        }
        assertThat(store.logs.read(ALICE, 1, 3)).extracting(LogLine::text).containsExactly("app 5", "app 6", "app 7");
        assertThat(store.logs.read(ALICE, 0, 1)).extracting(LogLine::text).containsExactly("login");
    }

    @Test
    void theBytesKeptAreBoundedToo() {
        for (int i = 0; i < 4; i++) {
            session("x".repeat(19) + i);
        }
        assertThat(store.logs.read(ALICE, 0, 0)).extracting(LogLine::sequence).containsExactly(2L, 3L, 4L);
    }

    @Test
    void textThatIsNoLineIsRefused() {
        assertThat(app("")).isEqualTo("invalid-text");
        assertThat(app("\uD800")).isEqualTo("invalid-text");
        assertThat(app("x".repeat(21))).isEqualTo("too-large");
        assertThat(lines(ALICE)).isEmpty();
    }

    @Test
    void nothingIsAppendedOnceTheGateIsClosed() {
        store.gate.close("logged out");
        assertThat(app("1")).isEqualTo("revoked");
        assertThat(lines(ALICE)).isEmpty();
    }

    @Test
    void logsOfSessionsGoAtTheNextStart() {
        for (int i = 0; i < 4; i++) {
            store.logs.appendSession(GUEST, SESSION, "guest " + i);
        }
        session("login");

        assertThat(store.logs.sweepSessionLogs()).isEqualTo(1);
        assertThat(lines(GUEST)).isEmpty();
        assertThat(lines(ALICE)).isEqualTo("1 session login");
        assertThat(store.logs.sweepSessionLogs()).isZero();
    }

    @Test
    void aDeletedLogStartsAnew() {
        for (int i = 0; i < 4; i++) {
            session("s" + i);
        }
        store.logs.delete(ALICE);
        assertThat(lines(ALICE)).isEmpty();
        session("again");
        assertThat(lines(ALICE)).isEqualTo("1 session again");
    }
}
