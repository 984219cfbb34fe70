package dev.bailiwick.capnp.rpc;

import static dev.bailiwick.capnp.rpc.Adder.add;
import static dev.bailiwick.capnp.rpc.SturdyRefStoreContract.ADA;
import static dev.bailiwick.capnp.rpc.SturdyRefStoreContract.BOB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.bailiwick.capnp.rpc.persistent.Persistent;
import dev.bailiwick.capnp.rpc.persistent.Restorer;
import dev.bailiwick.capnp.rpc.persistent.Seal;
import dev.bailiwick.capnp.rpc.persistent.SturdyRef;
import dev.bailiwick.capnp.rpc.testing.Counter;
import dev.bailiwick.capnp.rpc.testing.Slot;
import dev.bailiwick.capnp.rpc.testing.Totals;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.capnproto.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saving and restoring by calls: in process, over sockets, through membranes, and after a restart. */
class PersistenceTest {
    private static final SturdyObject COUNTER = new SturdyObject(new byte[] {42});

    @TempDir
    Path folder = Path.of("");

    private final TestClock clock = new TestClock();
    private final InMemorySturdyRefs store = new InMemorySturdyRefs();
    private final Adder adder = new Adder();

    /** A server's run: its table of references is new, the store below is the old one. */
    private SturdyRefs start() {
        return new SturdyRefs(store, clock, new SecureRandom(), new SturdyLimits(2, 10, Duration.ofDays(1)));
    }

    private final SturdyRefs refs = start();

    private Counter.Client saveableCounter(SturdyOwner owner) {
        try (Counter.Client counter = adder.client()) {
            return refs.saveable(counter, Counter.factory, owner, COUNTER);
        }
    }

    private Optional<Counter.Client> realize(SturdyRecord record) {
        return record.object().equals(COUNTER) ? Optional.of(adder.client()) : Optional.empty();
    }

    private static byte[] save(CapabilityClient object) {
        try (Persistent.Client persistent = object.castAs(Persistent.factory);
                var response = persistent.saveRequest().send().join()) {
            return response.get()
                    .getSturdyRef()
                    .getAs(SturdyRef.factory)
                    .getToken()
                    .toArray();
        }
    }

    private static Request<Persistent.SaveParams.Builder, Persistent.SaveResults.Reader, ?> saving(
            Counter.Client object, byte[] owner, long lifetimeMs, String label) {
        try (Persistent.Client persistent = object.castAs(Persistent.factory)) {
            var request = persistent.saveRequest();
            Seal.Builder seal = request.params().initSealFor().initAs(Seal.factory);
            seal.setOwner(owner);
            seal.setLifetimeMs(lifetimeMs);
            seal.setLabel(label);
            return request;
        }
    }

    private static Counter.Client restore(Restorer.Client restorer, byte[] token) {
        var request = restorer.restoreRequest();
        request.params().initRef().setToken(token);
        try (var response = request.send().join()) {
            try (AnyCapability restored = response.get().getCap()) {
                return restored.castAs(Counter.factory);
            }
        }
    }

    private static void assertUnknown(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RpcException.class, failure -> {
            assertThat(failure.type()).isEqualTo(RpcException.Type.FAILED);
            assertThat(failure.reason()).isEqualTo(SturdyRefs.UNKNOWN);
        });
    }

    @Test
    void aSavedObjectIsRestoredOnAnotherConnectionAndAfterARestart() throws IOException {
        byte[] token;
        try (UnixListener listener = listen("first", peer -> saveableCounter(ADA));
                RpcConnection connection = UnixConnection.connect(folder.resolve("first"));
                Counter.Client counter = connection.bootstrap(Counter.factory)) {
            assertThat(add(counter, 1)).isEqualTo(1);
            token = save(counter);
            assertThat(add(counter, 2)).isEqualTo(3);
            assertThat(listener.socket()).exists();
        }
        SturdyRefs restarted = start();
        try (UnixListener listener = listen("second", peer -> restarted.restorer(ADA, this::realize));
                RpcConnection connection = UnixConnection.connect(folder.resolve("second"));
                Restorer.Client restorer = connection.bootstrap(Restorer.factory);
                Counter.Client counter = restore(restorer, token)) {
            assertThat(add(counter, 4)).isEqualTo(7);
            assertThat(listener.socket()).exists();
        }
        await().untilAsserted(() -> assertThat(adder.releases).hasValueGreaterThanOrEqualTo(2));
    }

    private UnixListener listen(String name, UnixListener.BootstrapFactory factory) throws IOException {
        return UnixListener.open(
                folder.resolve(name), PosixFilePermissions.fromString("rw-------"), factory, Limits.DEFAULT, 4);
    }

    @Test
    void whatIsBeingRestoredCanBeCalledAtOnce() {
        try (Counter.Client counter = saveableCounter(ADA);
                Restorer.Client restorer = refs.restorer(ADA, this::realize)) {
            var request = restorer.restoreRequest();
            request.params().initRef().setToken(save(counter));
            try (var call = request.send();
                    Counter.Client restored = call.pipeline().getCap().asCapability(Counter.factory)) {
                assertThat(add(restored, 5)).isEqualTo(5);
            }
        }
    }

    @Test
    void everyWayAReferenceCanBeUselessLooksTheSame() throws IOException {
        try (Counter.Client counter = saveableCounter(ADA);
                Restorer.Client adas = refs.restorer(ADA, this::realize);
                Restorer.Client bobs = refs.restorer(BOB, this::realize);
                Restorer.Client gone = refs.restorer(ADA, record -> Optional.empty())) {
            byte[] token = save(counter);
            assertUnknown(() -> restore(adas, new byte[32]));
            assertUnknown(() -> restore(adas, new byte[0]));
            assertUnknown(() -> restore(adas, new byte[1 << 20]));
            assertUnknown(() -> restore(bobs, token));
            assertUnknown(() -> restore(gone, token));
            restore(adas, token).close();
            clock.pass(Duration.ofDays(1));
            assertUnknown(() -> restore(adas, token));
            byte[] another = save(counter);
            drop(bobs, another);
            restore(adas, another).close();
            drop(adas, another);
            drop(adas, another);
            assertUnknown(() -> restore(adas, another));
        }
    }

    private static void drop(Restorer.Client restorer, byte[] token) {
        var request = restorer.dropRequest();
        request.params().initRef().setToken(token);
        request.send().await();
    }

    @Test
    void anOwnerDropsAllItsReferencesAndKeepsWhatIsLive() throws IOException {
        try (Counter.Client counter = saveableCounter(ADA);
                Restorer.Client restorer = refs.restorer(ADA, this::realize)) {
            byte[] one = save(counter);
            byte[] two = save(counter);
            try (Counter.Client live = restore(restorer, one)) {
                try (var response = restorer.dropAllRequest().send().join()) {
                    assertThat(response.get().getDropped()).isEqualTo(2);
                }
                assertUnknown(() -> restore(restorer, one));
                assertUnknown(() -> restore(restorer, two));
                assertThat(add(live, 1)).isEqualTo(1);
            }
        }
    }

    @Test
    void aSealSaysHowLongAndWhatFor() throws IOException {
        try (Counter.Client counter = saveableCounter(ADA)) {
            try (var response =
                    saving(counter, ADA.bytes(), 1_000, "backup").send().join()) {
                SturdyRef.Reader ref = response.get().getSturdyRef().getAs(SturdyRef.factory);
                assertThat(ref.getExpiresAtMs())
                        .isEqualTo(clock.instant().plusSeconds(1).toEpochMilli());
            }
            SturdyRecord kept = refs.list(ADA).getFirst();
            assertThat(kept.label()).isEqualTo("backup");
            assertThat(kept.expires().toEpochMilli())
                    .isEqualTo(clock.instant().plusSeconds(1).toEpochMilli());
            try (var response = saving(counter, new byte[0], -1, "").send().join()) {
                assertThat(response.get()
                                .getSturdyRef()
                                .getAs(SturdyRef.factory)
                                .getExpiresAtMs())
                        .as("more than allowed, as an unsigned number")
                        .isEqualTo(clock.instant().plus(Duration.ofDays(1)).toEpochMilli());
            }
        }
    }

    @Test
    void aSealForSomebodyElseOrWithATooLongLabelIsRefused() throws IOException {
        try (Counter.Client counter = saveableCounter(ADA)) {
            for (byte[] stranger : List.of(BOB.bytes(), new byte[1 << 20])) {
                assertThatThrownBy(() -> saving(counter, stranger, 0, "").send().await())
                        .isInstanceOf(RpcException.class)
                        .hasMessageContaining("sealed only for whom it was given to");
            }
            for (int tooMany : new int[] {101, 301, 1 << 20}) {
                assertThatThrownBy(() -> saving(counter, ADA.bytes(), 0, "x".repeat(tooMany))
                                .send()
                                .await())
                        .isInstanceOf(RpcException.class)
                        .hasMessageContaining("label has more than 100 characters");
            }
            saving(counter, ADA.bytes(), 0, "\u20ac".repeat(100)).send().await();
            assertThat(refs.list(ADA)).hasSize(1);
        }
    }

    @Test
    void aSealThatIsSomethingElseIsMalformed() throws IOException {
        try (Counter.Client counter = saveableCounter(ADA);
                Persistent.Client persistent = counter.castAs(Persistent.factory)) {
            var text = persistent.saveRequest();
            text.params().initSealFor().initAs(Text.factory, 10);
            var capability = persistent.saveRequest();
            capability.params().initSealFor().setAs(Counter.factory, counter);
            for (var request : List.of(text, capability)) {
                assertThatThrownBy(() -> request.send().await())
                        .isInstanceOf(RpcException.class)
                        .hasMessageStartingWith("malformed message: ");
            }
            assertThat(refs.list(ADA)).isEmpty();
        }
    }

    @Test
    void savingBeyondTheLimitFailsAsOverloaded() {
        try (Counter.Client counter = saveableCounter(ADA)) {
            save(counter);
            save(counter);
            assertThatThrownBy(() -> save(counter))
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.OVERLOADED));
        }
    }

    @Test
    void whatWasNotMadeSaveableCannotBeSaved() {
        try (Counter.Client counter = adder.client()) {
            assertThatThrownBy(() -> save(counter))
                    .isInstanceOfSatisfying(
                            RpcException.class,
                            failure -> assertThat(failure.type()).isEqualTo(RpcException.Type.UNIMPLEMENTED));
        }
    }

    @Test
    void aSaveableObjectIsStillTheObject() {
        try (Counter.Client plain = adder.client();
                Counter.Client counter = refs.saveable(plain, Counter.factory, ADA, COUNTER)) {
            InterfaceSchema schema = Objects.requireNonNull(counter.hook().schema());
            assertThat(schema.isA(Counter.TYPE_ID)).isTrue();
            assertThat(schema.isA(Persistent.TYPE_ID)).isTrue();
            assertThat(schema.isA(Totals.TYPE_ID)).isFalse();
            assertThat(schema.method(Persistent.TYPE_ID, 0)).isPresent();
            assertThat(schema.method(Counter.TYPE_ID, 1))
                    .hasValueSatisfying(method -> assertThat(method.name()).isEqualTo("child"));
            assertThat(add(counter, 1)).isEqualTo(1);
            assertThat(add(plain, 1)).isEqualTo(2);
        }
        await().untilAsserted(() -> assertThat(adder.releases).hasValue(1));
    }

    @Test
    void anObjectThatIsStillPromisedCanBeSavedAndKeepsItsOrder() throws IOException {
        CompletableFuture<Void> go = new CompletableFuture<>();
        Counter.Server slow = new Adder() {
            @Override
            public CompletionStage<?> child(CallContext<Slot.Reader, Slot.Builder> call) throws Exception {
                try (Counter.Client child = adder.client()) {
                    call.results().setCounter(child);
                }
                return go;
            }
        };
        try (Counter.Client parent = Counter.client(slow);
                var call = parent.childRequest().send();
                Counter.Client promised = call.pipeline().getCounter();
                Counter.Client saveable = refs.saveable(promised, Counter.factory, ADA, COUNTER)) {
            var first = Adder.adding(saveable, 1).send();
            assertThat(save(saveable)).hasSize(32);
            var second = Adder.adding(saveable, 2).send();
            go.complete(null);
            first.await();
            second.await();
            assertThat(save(saveable)).hasSize(32);
            add(saveable, 3);
        }
        assertThat(adder.seen).containsExactly(1, 2, 3);
    }

    @Test
    void anInterfaceThatIsPersistentByItsSchemaSavesItself() throws Exception {
        Persistent.Server self = new Persistent.Server() {
            @Override
            public CompletionStage<?> save(
                    CallContext<Persistent.SaveParams.Reader, Persistent.SaveResults.Builder> call) throws IOException {
                return refs.save(call, BOB, COUNTER);
            }
        };
        try (Persistent.Client object = Persistent.client(self)) {
            SturdyToken token = SturdyToken.of(save(object)).orElseThrow();
            assertThat(refs.find(BOB, token)).isPresent();
        }
    }

    // ---- membranes

    @Test
    void whatIsBehindAMembraneCannotBeSaved() throws IOException {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client counter = saveableCounter(ADA);
                Counter.Client outside = membrane.wrap(counter, Counter.factory)) {
            assertThat(add(outside, 1)).isEqualTo(1);
            assertThatThrownBy(() -> save(outside))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("a capability that can be revoked cannot be saved");
            assertThat(save(counter)).hasSize(32);
        }
        assertThat(refs.list(ADA)).hasSize(1);
    }

    @Test
    void anObjectThatWasPassedInCannotBeSavedFromInsideEither() throws IOException {
        Membrane membrane = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client theirs = saveableCounter(BOB);
                Counter.Client seenFromInside = membrane.wrapForInside(theirs, Counter.factory)) {
            assertThatThrownBy(() -> save(seenFromInside))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("a capability that can be revoked cannot be saved");
        }
        assertThat(refs.list(BOB)).isEmpty();
    }

    @Test
    void aPolicyCanAllowSavingAndSeesTheMethod() throws IOException {
        List<String> crossings = new ArrayList<>();
        Membrane membrane = new Membrane(new MembranePolicy() {
            @Override
            public Decision decide(Crossing crossing) {
                return Decision.refuse(RpcException.failed("nothing but saving"));
            }

            @Override
            public Decision decideSave(Crossing crossing) {
                crossings.add(crossing.direction() + " "
                        + crossing.method().orElseThrow().name());
                return Decision.PASS;
            }
        });
        try (Counter.Client counter = saveableCounter(ADA);
                Counter.Client outside = membrane.wrap(counter, Counter.factory)) {
            byte[] token = save(outside);
            membrane.revoke("session ended");
            // The policy said that the reference may outlast the membrane.
            try (Restorer.Client restorer = refs.restorer(ADA, this::realize);
                    Counter.Client restored = restore(restorer, token)) {
                assertThat(add(restored, 1)).isEqualTo(1);
            }
        }
        assertThat(crossings).containsExactly("INWARD save");
    }

    @Test
    void whatARestorerBehindAMembraneRestoresEndsWithThatMembrane() {
        Membrane session = new Membrane(MembranePolicy.PASS_ALL);
        try (Counter.Client counter = saveableCounter(ADA);
                Restorer.Client inside = refs.restorer(ADA, this::realize);
                Restorer.Client restorer = session.wrap(inside, Restorer.factory)) {
            byte[] token = save(counter);
            try (Counter.Client restored = restore(restorer, token)) {
                assertThat(add(restored, 1)).isEqualTo(1);
                session.revoke("session ended");
                assertThatThrownBy(() -> add(restored, 1)).hasMessage("revoked: session ended");
            }
            assertThatThrownBy(() -> restore(restorer, token)).hasMessage("revoked: session ended");
        }
    }

    // ---- a table that fails

    @Test
    void aDamagedTableIsAnErrorAndNotAnUnknownReference() {
        SturdyRefStore damaged = new DamagedStore();
        SturdyRefs failing = new SturdyRefs(damaged, clock, new SecureRandom(), SturdyLimits.DEFAULT);
        try (Restorer.Client restorer = failing.restorer(ADA, this::realize)) {
            assertThatThrownBy(() -> restore(restorer, new byte[32]))
                    .isInstanceOf(RpcException.class)
                    .hasMessageStartingWith("internal error");
        }
    }

    /** A table whose disk cannot be read. */
    private static final class DamagedStore implements SturdyRefStore {
        private static IOException damage() {
            return new IOException("block 17 is damaged");
        }

        @Override
        public void add(SturdyRecord record) throws IOException {
            throw damage();
        }

        @Override
        public Optional<SturdyRecord> find(SturdyHash hash) throws IOException {
            throw damage();
        }

        @Override
        public boolean remove(SturdyHash hash) throws IOException {
            throw damage();
        }

        @Override
        public int removeAllOf(SturdyOwner owner) throws IOException {
            throw damage();
        }

        @Override
        public int removeExpired(Instant now) throws IOException {
            throw damage();
        }

        @Override
        public List<SturdyRecord> allOf(SturdyOwner owner) throws IOException {
            throw damage();
        }

        @Override
        public int countOf(SturdyOwner owner) throws IOException {
            throw damage();
        }

        @Override
        public int size() throws IOException {
            throw damage();
        }
    }
}
