package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.TerminalSession;
import org.junit.jupiter.api.Test;

/** The terminal that a client brings with it, and what a session makes of it. */
class TerminalTest {
    @Test
    void whoBringsATerminalHasItBackAndWhoBringsNoneIsToldSo() {
        try (World world = World.seeded();
                TerminalSession.Client mine = TerminalSession.client(new FakeTerminal())) {
            Holder operator = world.operator();
            Holder plain = world.alice(operator);
            Holder seated = world.login(World.ALICE_UID, "alice", World.PASSWORD, mine);

            assertThat(plain.receipts()).containsEntry("TERMINAL", "no-terminal");
            assertThat(plain.hold(SessionBundle.Reader::getTerminal).isNull()).isTrue();
            assertThat(seated.receipts()).containsEntry("TERMINAL", "granted");
            assertThat(type(seated.hold(SessionBundle.Reader::getTerminal))).isEqualTo("fake");
        }
    }

    @Test
    void whoeverItIsPassedOnToCanUseItUntilTheSessionEnds() {
        FakeTerminal screen = new FakeTerminal();
        try (World world = World.seeded();
                TerminalSession.Client mine = TerminalSession.client(screen)) {
            Holder operator = world.operator();
            world.alice(operator);
            Holder alice = world.login(World.ALICE_UID, "alice", World.PASSWORD, mine);
            try (TerminalSession.Client passedOn =
                    alice.hold(SessionBundle.Reader::getTerminal).share()) {
                write(passedOn, "hello");
                assertThat(screen.shown()).isEqualTo("hello");
                try (var reading = passedOn.readRequest().send()) {
                    alice.logout();

                    assertThatThrownBy(reading::join).hasMessageStartingWith("revoked: ");
                    assertThatThrownBy(() -> write(passedOn, "again")).hasMessageStartingWith("revoked: ");
                }
            }
            assertThat(screen.shown()).isEqualTo("hello");
            assertThat(type(mine)).isEqualTo("fake");
        }
    }

    @Test
    void aSessionTakenUpWithAnotherTerminalHasThatOneOnly() {
        FakeTerminal first = new FakeTerminal();
        FakeTerminal second = new FakeTerminal();
        try (World world = World.seeded();
                TerminalSession.Client old = TerminalSession.client(first);
                TerminalSession.Client fresh = TerminalSession.client(second)) {
            Holder operator = world.operator();
            world.alice(operator);
            Holder before = world.login(World.ALICE_UID, "alice", World.PASSWORD, old);
            Holder after = world.resume(World.ALICE_UID, before.reference(), fresh);

            assertThatThrownBy(() -> write(before.hold(SessionBundle.Reader::getTerminal), "old"))
                    .hasMessageStartingWith("revoked: the session was taken up with another terminal");
            write(after.hold(SessionBundle.Reader::getTerminal), "new");
            assertThat(second.shown()).isEqualTo("new");
            assertThat(Holder.put(before.home(), "note", "still mine")).isEqualTo("stored");

            Holder again = world.resume(World.ALICE_UID, before.reference());
            write(again.hold(SessionBundle.Reader::getTerminal), "er");
            assertThat(second.shown()).isEqualTo("newer");
        }
    }

    @Test
    void aGuestMayBringOneAndAnAnonymousCallerHasNone() {
        try (World world = World.seeded();
                TerminalSession.Client mine = TerminalSession.client(new FakeTerminal())) {
            Holder guest = world.guest(World.ALICE_UID);
            assertThat(guest.receipts()).containsEntry("TERMINAL", "no-terminal");
            Holder seated = world.resume(World.ALICE_UID, guest.reference(), mine);
            assertThat(seated.receipts()).containsEntry("TERMINAL", "granted");
            assertThat(world.anonymous(World.ALICE_UID).receipts()).containsEntry("TERMINAL", "not-selected");
        }
    }

    private static String type(TerminalSession.Client terminal) {
        try (var response = terminal.infoRequest().send().join()) {
            return response.get().getInfo().getType().toString();
        }
    }

    private static void write(TerminalSession.Client terminal, String text) {
        var request = terminal.writeRequest();
        request.params().setData(text.getBytes(UTF_8));
        request.send().await();
    }
}
