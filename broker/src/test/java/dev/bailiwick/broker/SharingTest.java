package dev.bailiwick.broker;

import static dev.bailiwick.broker.Holder.get;
import static dev.bailiwick.broker.Holder.put;
import static dev.bailiwick.broker.SessionLifeTest.assertRevoked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.ShareResult;
import dev.bailiwick.schema.gen.Sharing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sharing parts of a home through the broker. */
class SharingTest {
    private static Holder bob(World world, Holder operator) {
        return world.enroll(1002, "bob", operator.create("bob"), World.PASSWORD);
    }

    @Test
    void aShareGivesTheNamespaceAndNothingElse() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            put(alice.home(), "diary.txt", "alone");

            byte[] id = shared(alice, "project", "bob", false, Duration.ZERO);

            assertThat(received(bob)).containsExactly("project of alice for bob");
            Namespace.Client view = opened(bob, id);
            assertThat(get(view, "plan.txt")).isEqualTo("together");
            assertThat(get(view, "../diary.txt")).isEqualTo("invalid-path");
            assertThat(put(view, "reply.txt", "yes")).isEqualTo("stored");
            assertThat(get(alice.home(), "project/reply.txt")).isEqualTo("yes");
            assertThat(get(bob.home(), "plan.txt")).isEqualTo("not-found");
            assertThat(world.audit()).contains("share.grant ok", "share.open ok");
        }
    }

    @Test
    void aReadOnlyShareIsOnlyRead() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");

            Namespace.Client view = opened(bob, shared(alice, "project", "bob", true, Duration.ZERO));

            assertThat(get(view, "plan.txt")).isEqualTo("together");
            assertThat(put(view, "plan.txt", "mine")).isEqualTo("read-only");
        }
    }

    @Test
    void revokingKillsWhatTheRecipientHoldsBeforeItAnswers() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/deep/plan.txt", "together");
            byte[] id = shared(alice, "project", "bob", false, Duration.ZERO);
            Namespace.Client view = opened(bob, id);
            var request = view.getRequest();
            request.params().setPath("deep/plan.txt");
            try (var response = request.send().join();
                    Blob.Client blob = response.get().getResult().getBlob()) {
                assertThat(Holder.read(blob)).isEqualTo("together");

                assertThat(revoke(alice, id)).isEqualTo("removed");

                assertRevoked(() -> Holder.read(blob));
            }
            assertRevoked(() -> get(view, "deep/plan.txt"));
            assertRevoked(() -> put(view, "more.txt", "x"));
            assertThat(open(bob, id)).isEqualTo("not-found");
            assertThat(received(bob)).isEmpty();
            assertThat(revoke(alice, id)).isEqualTo("not-found");
            assertThat(world.audit()).contains("share.revoke ok");
        }
    }

    @Test
    void aShareOutlivesItsOwnersSession() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            byte[] id = shared(alice, "project", "bob", false, Duration.ZERO);
            Namespace.Client view = opened(bob, id);

            alice.logout();

            assertThat(get(view, "plan.txt")).isEqualTo("together");
        }
    }

    @Test
    void aShareDiesWithTheRecipientsSession() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            byte[] id = shared(alice, "project", "bob", false, Duration.ZERO);
            Namespace.Client view = opened(bob, id);

            bob.logout();

            assertRevoked(() -> get(view, "plan.txt"));
            Holder again = world.login(1002, "bob", World.PASSWORD);
            assertThat(get(opened(again, id), "plan.txt")).isEqualTo("together");
        }
    }

    @Test
    void nothingIsSharedWhileItsOwnerIsDisabled() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            byte[] id = shared(alice, "project", "bob", false, Duration.ZERO);
            Namespace.Client view = opened(bob, id);

            operator.setStatus("alice", AccountStatus.DISABLED);

            assertRevoked(() -> get(view, "plan.txt"));
            assertThat(open(bob, id)).isEqualTo("owner-unavailable");
            operator.setStatus("alice", AccountStatus.ACTIVE);
            assertThat(get(opened(bob, id), "plan.txt")).isEqualTo("together");
        }
    }

    @Test
    void aShareEndsByItself() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            byte[] id = shared(alice, "project", "bob", false, Duration.ofMinutes(5));
            Namespace.Client view = opened(bob, id);

            world.clock.advance(Duration.ofMinutes(5));

            assertRevoked(() -> get(view, "plan.txt"));
            assertThat(open(bob, id)).isEqualTo("not-found");
            assertThat(received(bob)).isEmpty();
            assertThat(share(alice, "project", "bob", false, Duration.ofDays(400)))
                    .isEqualTo("invalid-argument");
        }
    }

    @Test
    void whatIsSharedIsNotSharedFurtherNorAnythingButAHome() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            Namespace.Client view = opened(bob, shared(alice, "project", "bob", false, Duration.ZERO));

            assertThat(sharing(view)).isEqualTo("not-shareable");
            assertThat(sharing(alice.hold(SessionBundle.Reader::getConfig))).isEqualTo("not-shareable");
            assertThat(sharing(alice.hold(SessionBundle.Reader::getTmp))).isEqualTo("not-shareable");
            assertThat(sharing(world.guest(1005).home())).isEqualTo("not-shareable");
            assertThat(share(alice, "", "bob", false, Duration.ZERO)).isEqualTo("not-shareable");
        }
    }

    @Test
    void whoeverCannotReceiveLooksLikeNobody() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            operator.setStatus("bob", AccountStatus.DISABLED);

            for (String name : List.of("nobody", "alice", "bob", "guest", "@", "")) {
                assertThat(share(alice, "project", name, false, Duration.ZERO))
                        .as(name)
                        .isEqualTo("no-recipient");
            }
        }
    }

    @Test
    void othersCannotOpenOrRevokeAShare() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            Holder bob = bob(world, operator);
            put(alice.home(), "project/plan.txt", "together");
            byte[] id = shared(alice, "project", "bob", false, Duration.ZERO);

            assertThat(open(operator, id)).isEqualTo("not-found");
            assertThat(revoke(operator, id)).isEqualTo("not-found");
            assertThat(revoke(bob, id)).isEqualTo("not-found");
            assertThat(open(bob, new byte[3])).isEqualTo("invalid-argument");
        }
    }

    // ---- the test's hands ----

    private static Sharing.Client sharingOf(Holder holder) {
        try (var response = holder.home().sharingRequest().send().join()) {
            assertThat(response.get().getResult().isOpened()).isTrue();
            return holder.keep(response.get().getResult().getSharing());
        }
    }

    /** The code of the denial; {@code opened} if there was none. */
    private static String sharing(Namespace.Client namespace) {
        try (var response = namespace.sharingRequest().send().join()) {
            var result = response.get().getResult();
            return result.isOpened() ? "opened" : Holder.code(result.getDenied());
        }
    }

    /** The share's id, or the code of the denial. */
    private static Object share(Holder owner, String path, String recipient, boolean readOnly, Duration duration) {
        var request = sharingOf(owner).shareRequest();
        request.params().setPath(path);
        request.params().setRecipient(recipient);
        request.params().setReadOnly(readOnly);
        request.params().setDurationMs(duration.toMillis());
        try (var response = request.send().join()) {
            ShareResult.Reader result = response.get().getResult();
            return result.isShared() ? result.getShared().getId().toArray() : Holder.code(result.getDenied());
        }
    }

    private static byte[] shared(Holder owner, String path, String recipient, boolean readOnly, Duration duration) {
        Object id = share(owner, path, recipient, readOnly, duration);
        assertThat(id).isInstanceOf(byte[].class);
        return (byte[]) id;
    }

    private static List<String> received(Holder holder) {
        try (var response = sharingOf(holder).listRequest().send().join()) {
            List<String> shares = new ArrayList<>();
            response.get()
                    .getReceived()
                    .forEach(share ->
                            shares.add(share.getPath() + " of " + share.getOwner() + " for " + share.getRecipient()));
            return shares;
        }
    }

    /** The code of the denial; {@code opened} if there was none. */
    private static String open(Holder recipient, byte[] id) {
        var request = sharingOf(recipient).openRequest();
        request.params().setId(id);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isOpened() ? "opened" : Holder.code(result.getDenied());
        }
    }

    private static Namespace.Client opened(Holder recipient, byte[] id) {
        var request = sharingOf(recipient).openRequest();
        request.params().setId(id);
        try (var response = request.send().join()) {
            assertThat(response.get().getResult().isOpened()).isTrue();
            return recipient.keep(response.get().getResult().getNamespace());
        }
    }

    private static String revoke(Holder owner, byte[] id) {
        var request = sharingOf(owner).revokeRequest();
        request.params().setId(id);
        try (var response = request.send().join()) {
            var result = response.get().getResult();
            return result.isRemoved() ? "removed" : Holder.code(result.getDenied());
        }
    }
}
