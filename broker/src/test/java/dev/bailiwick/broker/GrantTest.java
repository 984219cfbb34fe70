package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.capnp.rpc.AnyCapability;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.RootId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.Blob;
import dev.bailiwick.schema.gen.BlobWriter;
import dev.bailiwick.schema.gen.Namespace;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.capnproto.Void;
import org.junit.jupiter.api.Test;

class GrantTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    /** A namespace that answers when it is told to: until then whatever is called on its results is called on a promise. */
    private static final class SlowNamespace implements Namespace.Server {
        private final CompletableFuture<Void> go = new CompletableFuture<>();

        @Override
        public CompletionStage<?> get(CallContext<Namespace.GetParams.Reader, Namespace.GetResults.Builder> call) {
            return go.thenAccept(ignored -> {
                try (Blob.Client blob = Blob.client(new Figures())) {
                    call.results().initResult().setBlob(blob);
                }
            });
        }

        @Override
        public CompletionStage<?> writer(
                CallContext<Namespace.WriterParams.Reader, Namespace.WriterResults.Builder> call) {
            return go;
        }
    }

    private static final class Figures implements Blob.Server {
        @Override
        public CompletionStage<?> read(CallContext<Blob.ReadParams.Reader, Blob.ReadResults.Builder> call) {
            call.results().setData("figures".getBytes(US_ASCII));
            return Calls.DONE;
        }
    }

    @Test
    void whatIsReadOnlyCanBeReadInOneRoundTrip() {
        SlowNamespace namespace = new SlowNamespace();
        try (Namespace.Client home = granted(SlotAccess.READ_ONLY, namespace);
                var found = home.getRequest().send();
                Blob.Client blob = found.pipeline().getResult().getBlob()) {
            var read = blob.readRequest().send();
            namespace.go.complete(Void.VOID);
            try (var response = read.join()) {
                assertThat(response.get().getData().toArray()).isEqualTo("figures".getBytes(US_ASCII));
            }
        }
    }

    @Test
    void aPipelinedCallIsHeldToItsMethodsClass() {
        SlowNamespace namespace = new SlowNamespace();
        try (Namespace.Client home = granted(SlotAccess.WRITE_ONLY, namespace);
                var opened = home.writerRequest().send();
                BlobWriter.Client writer = opened.pipeline().getWriter();
                Blob.Client disguised = writer.castAs(Blob.factory)) {
            var read = disguised.readRequest().send();
            assertThatThrownBy(read::join).hasMessageStartingWith("denied: ");
            namespace.go.complete(Void.VOID);
        }
    }

    @Test
    void nothingIsMadeForAGrantThatHasClosed() {
        List<Namespace.Server> made = new ArrayList<>();
        Grant grant = grant(SlotAccess.FULL);
        late(grant, made);
        try (Namespace.Client home = grant.capability(Namespace.factory)) {
            grant.cut(Cause.of("the account was disabled"));
            assertThatThrownBy(() -> home.usageRequest().send().join()).hasMessage("revoked: the account was disabled");
        }
        assertThat(made).isEmpty();
    }

    /** The call passes the membrane, and the grant closes before the object's turn has come. */
    @Test
    void nothingIsMadeForAGrantThatClosesOnceTheCallIsIn() {
        List<Namespace.Server> made = new ArrayList<>();
        Grant grant = grant(SlotAccess.FULL);
        Deque<Runnable> turns = new ArrayDeque<>();
        grant.guardLate(() -> AnyCapability.factory.client(CapabilityClient.serve(lazily(grant, made), turns::add)));
        try (Namespace.Client home = grant.capability(Namespace.factory)) {
            var call = home.usageRequest().send();
            assertThat(turns).hasSize(1);
            grant.close("the lease has lapsed");
            turns.forEach(Runnable::run);
            assertThatThrownBy(call::join).hasMessage("revoked: the lease has lapsed");
        }
        assertThat(made).isEmpty();
    }

    @Test
    void everythingThatIsClosedAtOnceIsToldTheSame() {
        Cause.Shared causes = new Cause.Shared();
        assertThat(causes.of("locked").answer()).isSameAs(causes.of("locked").answer());
        assertThat(causes.of("locked").answer()).hasMessage("revoked: locked");
    }

    @Test
    void theCatalogueKnowsEverySlotBehindAMembrane() {
        for (Slot slot : Slot.values()) {
            if (slot != Slot.LOGIN) {
                assertThat(Offer.schema(slot).displayName()).isEqualTo(Offer.interfaceName(slot));
            }
        }
    }

    private static void late(Grant grant, List<Namespace.Server> made) {
        grant.guardLate(() -> AnyCapability.factory.client(CapabilityClient.serve(lazily(grant, made))));
    }

    private static LazyServer lazily(Grant grant, List<Namespace.Server> made) {
        return new LazyServer(grant, Namespace.SCHEMA, () -> {
            made.add(new SlowNamespace());
            return made.getLast();
        });
    }

    private static Namespace.Client granted(SlotAccess access, Namespace.Server server) {
        Grant grant = grant(access);
        grant.guard(Namespace.client(server), Namespace.factory);
        return grant.capability(Namespace.factory);
    }

    private static Grant grant(SlotAccess access) {
        return grant(new PolicyDecision.Granted(Slot.HOME, access, Optional.empty(), Optional.empty(), "", List.of()));
    }

    static Grant grant(PolicyDecision.Granted decision) {
        Id128 any = new Id128(1, 2);
        Session session = new Session(
                new Session.Identity(
                        new SessionId(any),
                        new RecordId(any),
                        new PrincipalId(any),
                        "alice",
                        "",
                        SessionKind.LOCAL,
                        SessionSource.UNIX_SOCKET,
                        AuthStrength.PASSWORD,
                        1,
                        NOW,
                        new RootId(any),
                        new RootId(any)),
                Optional.empty(),
                InstantSource.fixed(NOW));
        session.usage().limit(CallLimits.of(Shipped.resources("standard")));
        return new Grant(session, decision);
    }
}
