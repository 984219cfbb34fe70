package dev.bailiwick.capnp.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.wire.Call;
import dev.bailiwick.capnp.rpc.wire.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many connections, each within its limits, keep no more in memory together than the listener allows. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenerBudgetTest {
    private static final int ALICE = 1000;
    private static final int BOB = 1001;
    private static final int MEBI = 1 << 20;

    /** What each of the intruders makes the listener keep, about. */
    private static final int PORTION = 200 << 10;

    private static final int SHARE = 2 * MEBI;

    @TempDir
    Path folder;

    // ---- accounts

    private static ListenerBudget.Account connect(ListenerBudget budget, int uid) {
        return budget.open(uid);
    }

    @Test
    void theConnectionThatGrowsBeyondItsUsersShareIsTheOneToEnd() {
        ListenerBudget budget = new ListenerBudget(10 * MEBI, 4 * MEBI);
        ListenerBudget.Account first = connect(budget, ALICE);
        ListenerBudget.Account second = connect(budget, ALICE);
        ListenerBudget.Account bobs = connect(budget, BOB);
        assertThat(first.keep(3 * MEBI)).isTrue();
        assertThat(second.receive(MEBI)).isFalse();
        assertThat(second.beyond()).contains("user 1000").contains("more bytes kept here than one user may");
        assertThat(bobs.keep(3 * MEBI)).isTrue();
        assertThat(first.update()).as("who does not grow is left alone").isTrue();
        second.close();
        assertThat(connect(budget, ALICE).keep(MEBI / 2)).isTrue();
    }

    @Test
    void allUsersTogetherHaveABoundAsWell() {
        ListenerBudget budget = new ListenerBudget(6 * MEBI, 4 * MEBI);
        assertThat(connect(budget, ALICE).keep(3 * MEBI)).isTrue();
        ListenerBudget.Account bobs = connect(budget, BOB);
        assertThat(bobs.keep(3 * MEBI)).isFalse();
        assertThat(bobs.beyond()).contains("try again later");
    }

    @Test
    void whatIsLetGoCanBeTakenAgainAndNothingIsLeftInTheEnd() {
        ListenerBudget budget = new ListenerBudget(4 * MEBI, 4 * MEBI);
        AtomicLong unwritten = new AtomicLong();
        ListenerBudget.Account account = connect(budget, ALICE);
        account.count(unwritten::get);
        for (int i = 0; i < 100; i++) {
            assertThat(account.receive(MEBI)).isTrue();
            assertThat(account.keep(MEBI)).isTrue();
            unwritten.set(MEBI);
            assertThat(account.receive(0)).isTrue();
            assertThat(account.keep(0)).isTrue();
            unwritten.set(0);
            assertThat(account.update()).isTrue();
        }
        assertThat(budget.taken()).isEqualTo(ListenerBudget.CONNECTION_BYTES);
        account.keep(MEBI);
        account.close();
        account.close();
        account.keep(2 * MEBI);
        assertThat(budget.taken()).isZero();
    }

    @Test
    void smallChangesAreCoveredByWhatEachConnectionCosts() {
        ListenerBudget budget = new ListenerBudget(4 * MEBI, 4 * MEBI);
        ListenerBudget.Account account = connect(budget, ALICE);
        account.keep(ListenerBudget.SLACK - 1);
        assertThat(budget.taken()).isEqualTo(ListenerBudget.CONNECTION_BYTES);
        account.keep(ListenerBudget.SLACK);
        assertThat(budget.taken()).isEqualTo(ListenerBudget.CONNECTION_BYTES + ListenerBudget.SLACK);
    }

    @Test
    void limitsThatLeaveNothingAreRefused() {
        assertThatThrownBy(() -> new ListenerLimits(1, 1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ListenerLimits(1, 1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        ListenerLimits fitting = ListenerLimits.of(10, 5);
        assertThat(fitting.bytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
        assertThat(fitting.bytesOfOneUser()).isEqualTo(fitting.bytes() / 2);
    }

    // ---- connections

    /** How a peer makes the listener keep {@link #PORTION} bytes, within the limits of its connection. */
    enum Hoard {
        HALF_A_MESSAGE {
            @Override
            void take(Intruder intruder) {
                ByteBuffer bytes = ByteBuffer.allocate(PORTION - 8).order(ByteOrder.LITTLE_ENDIAN);
                intruder.send(bytes.putInt(4, PORTION / 8));
            }
        },
        CALLS {
            @Override
            void take(Intruder intruder) {
                intruder.tell(message -> call(message, 1, RawPeer.HANG)
                        .getParams()
                        .getContent()
                        .initAs(Slot.factory)
                        .initData(PORTION));
            }
        },
        RESULTS {
            @Override
            void take(Intruder intruder) {
                intruder.tell(message -> call(message, 1, RawPeer.ECHO));
                intruder.await(Message.Reader::isReturn);
            }
        },
        UNREAD {
            @Override
            void take(Intruder intruder) {
                for (int question = 1; question <= 4; question++) { // more than the socket holds
                    int id = question;
                    intruder.tell(message -> call(message, id, RawPeer.ADD));
                }
            }
        };

        abstract void take(Intruder intruder);
    }

    private static Call.Builder call(Message.Builder message, int question, int method) {
        Call.Builder call = message.initCall();
        call.setQuestionId(question);
        call.setInterfaceId(Counter.TYPE_ID);
        call.setMethodId((short) method);
        call.initTarget().initPromisedAnswer().setQuestionId(0);
        call.initParams();
        return call;
    }

    /** A counter that answers with a portion: kept here with a capability in it, or only to be read. */
    private static final class Generous extends Adder {
        @Override
        public CompletionStage<?> echo(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
            call.results().initData(PORTION);
            return super.child(call);
        }

        @Override
        public CompletionStage<?> add(CallContext<Slot.Reader, Slot.Builder> call) {
            call.results().initData(PORTION);
            return Calls.DONE;
        }
    }

    @ParameterizedTest
    @EnumSource
    void oneUsersManyConnectionsTakeNoMoreThanItsShare(Hoard hoard) throws IOException {
        Limits each = Limits.DEFAULT.withMessageBytes(MEBI).withWindow(2 * MEBI, 4 * MEBI);
        List<Intruder> intruders = new ArrayList<>();
        try (UnixListener listener = UnixListener.open(
                        folder.resolve("s"),
                        PosixFilePermissions.fromString("rw-------"),
                        peer -> Counter.client(new Generous()),
                        each,
                        new ListenerLimits(100, 100, 10 * SHARE, SHARE));
                Intruder honest = new Intruder(listener.socket())) {
            assertThat(honest.isServed(0)).isTrue();
            for (int i = 0; i < 20; i++) {
                Intruder intruder = new Intruder(listener.socket());
                intruders.add(intruder);
                if (intruder.isServed(0)) {
                    hoard.take(intruder);
                }
            }
            await().until(() -> listener.connections() < 21);
            assertThat(listener.bytesKept()).isLessThan(SHARE + MEBI);
            assertThat(listener.connections()).as("who did not take too much").isGreaterThan(1);
            assertThat(intruders.getLast().awaitAbort()).contains("more bytes kept here than one user may");
            assertThat(honest.isServed(9)).as("who does not grow is left alone").isTrue();
            for (Intruder intruder : intruders) {
                intruder.close();
            }
            await().until(() -> listener.connections() == 1);
            assertThat(listener.bytesKept()).isLessThan(2 * ListenerBudget.CONNECTION_BYTES);
        }
    }
}
