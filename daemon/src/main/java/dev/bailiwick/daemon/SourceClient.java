package dev.bailiwick.daemon;

import dev.bailiwick.capnp.rpc.Limits;
import dev.bailiwick.capnp.rpc.OneLine;
import dev.bailiwick.capnp.rpc.RpcConnection;
import dev.bailiwick.capnp.rpc.RpcException;
import dev.bailiwick.capnp.rpc.UnixConnection;
import dev.bailiwick.identity.IdentityAnswer;
import dev.bailiwick.identity.IdentitySource;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.schema.gen.OutsidePrincipal;
import dev.bailiwick.schema.gen.ResolveResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.capnproto.Text;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a program outside, over its socket, who somebody is: a connection for each question, on a thread of its own, so that whoever asks waits no
 * longer than the answer may take, whatever the source does. Fail closed: only an answer that says so in due form is {@code Asserted} or
 * {@code Unknown}; all else is {@code Unavailable}, which ends the search. What the source said wrong is for the log.
 *
 * <p>Thread-safe. Asking waits, and is meant for virtual threads.
 */
final class SourceClient implements IdentitySource {
    private static final Logger LOG = LoggerFactory.getLogger(SourceClient.class);

    private static final String NONSENSE = "its answer is not one";

    /** How long an answer may take: a person waits for the start of a service. */
    static final Duration ANSWER = Duration.ofSeconds(5);

    /** Questions at a time: each has a thread, which a source that hangs keeps until the answer is overdue. */
    static final int QUESTIONS = 16;

    /** Bytes of an answer: every group at its longest fits (the schema states it). */
    private static final int ANSWER_BYTES = 64 << 10;

    /** UTF-16 units of a name for people (the schema states it). */
    private static final int DISPLAY_CHARS = 128;

    /** Principals whose names for people are remembered: as many as services run as. */
    private static final int NAMES = 1_024;

    /** A source calls nothing here, and offers one object. */
    private static final Limits LIMITS = Limits.DEFAULT
            .withMessageBytes(ANSWER_BYTES)
            .withMessages(64, 16, 2, 4)
            .withCalls(4, 4)
            .withTables(4, 4)
            .withWindow(2 * ANSWER_BYTES, 4 * ANSWER_BYTES);

    private final OutsideSource source;
    private final Duration answer;
    private final Semaphore places = new Semaphore(QUESTIONS);
    private final SequencedMap<Sid, String> names = new LinkedHashMap<>(); // guarded by itself

    SourceClient(OutsideSource source) {
        this(source, ANSWER);
    }

    /** One that has so long to answer. */
    SourceClient(OutsideSource source, Duration answer) {
        this.source = source;
        this.answer = answer;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public Sid domain() {
        return source.domain();
    }

    @Override
    public Optional<String> displayName(Sid user) {
        synchronized (names) {
            return Optional.ofNullable(names.get(user));
        }
    }

    @Override
    public IdentityAnswer ask(String identity) {
        if (!places.tryAcquire()) {
            return new IdentityAnswer.Unavailable("it has " + QUESTIONS + " questions to answer already");
        }
        CompletableFuture<IdentityAnswer> answered = new CompletableFuture<>();
        Thread asking = Thread.ofVirtual().name("identity-source").start(() -> {
            try {
                answered.complete(asked(identity));
            } catch (RuntimeException | Error failed) {
                // An error too, so that whoever waits is told at once.
                answered.completeExceptionally(failed);
            } finally {
                places.release();
            }
        });
        try {
            return answered.get(answer.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            asking.interrupt();
            return new IdentityAnswer.Unavailable("it did not answer within " + answer.toMillis() + " ms");
        } catch (ExecutionException failed) {
            LOG.warn(
                    "identity source \"{}\" at {}: {}",
                    source.name(),
                    source.socket(),
                    OneLine.of(String.valueOf(failed.getCause())));
            return new IdentityAnswer.Unavailable(failed.getCause() instanceof RpcException rpc ? how(rpc) : NONSENSE);
        } catch (InterruptedException stopped) {
            asking.interrupt();
            Thread.currentThread().interrupt();
            return new IdentityAnswer.Unavailable("the daemon stops");
        }
    }

    /** Questions that it answers now. */
    int questions() {
        return QUESTIONS - places.availablePermits();
    }

    /** Without a word of the source's own, which whoever starts a service need not believe. */
    private static String how(RpcException failure) {
        return switch (failure.type()) {
            case DISCONNECTED -> "the connection to it ended";
            case UNIMPLEMENTED -> "what serves on its socket is no identity source";
            case OVERLOADED -> "it has too much to do";
            case FAILED -> "it failed";
        };
    }

    private IdentityAnswer asked(String identity) {
        try (RpcConnection connection = UnixConnection.connect(source.socket(), LIMITS);
                var served = connection.bootstrap(dev.bailiwick.schema.gen.IdentitySource.factory)) {
            var request = served.resolveRequest();
            request.params().setName(identity);
            try (var response = request.send().join()) {
                return read(response.get().getResult());
            }
        } catch (IOException refused) {
            LOG.warn("identity source \"{}\" at {}: {}", source.name(), source.socket(), refused.getMessage());
            return new IdentityAnswer.Unavailable("nobody takes connections on its socket");
        }
    }

    private IdentityAnswer read(ResolveResult.Reader result) {
        return switch (result.which()) {
            case KNOWN -> known(result.getKnown());
            case UNKNOWN -> new IdentityAnswer.Unknown();
            case _NOT_IN_SCHEMA -> new IdentityAnswer.Unavailable(NONSENSE);
        };
    }

    private IdentityAnswer known(OutsidePrincipal.Reader principal) {
        Sid user = Sid.parse(principal.getUser().toString());
        List<Sid> groups = new ArrayList<>();
        for (Text.Reader group : principal.getGroups()) {
            groups.add(Sid.parse(group.toString()));
        }
        String display = principal.getDisplayName().toString();
        if (!isShowable(display)) {
            throw new IllegalArgumentException("a name for people that cannot be shown");
        }
        remember(user, display);
        return new IdentityAnswer.Asserted(user, groups);
    }

    private static boolean isShowable(String text) {
        return text.length() <= DISPLAY_CHARS && OneLine.of(text).equals(text);
    }

    /** The one that was asserted longest ago gives way. What is outside of the domain is refused by whoever asked, and has no name here. */
    private void remember(Sid user, String display) {
        if (!user.isWithin(source.domain())) {
            return;
        }
        synchronized (names) {
            names.remove(user);
            if (display.isEmpty()) {
                return;
            }
            if (names.size() >= NAMES) {
                var _ = names.pollFirstEntry();
            }
            names.put(user, display);
        }
    }
}
