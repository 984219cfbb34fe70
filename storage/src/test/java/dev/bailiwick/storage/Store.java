package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RootId;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A small language for talking about namespaces in tests. */
final class Store implements AutoCloseable {
    static final PrincipalId ALICE = new PrincipalId(new Id128(1, 1));
    static final PrincipalId BOB = new PrincipalId(new Id128(2, 2));
    static final RootId HOME = new RootId(new Id128(10, 1));
    static final RootId TMP = new RootId(new Id128(10, 2));
    static final long QUOTA = 1000;

    /** Chunks of four bytes and turns of three rows, so that small tests cross every boundary. */
    static final StorageLimits SMALL = new StorageLimits(255, 8, 1024, 4, 64, 16, 5, 40, 3, 3, 3, 20, 20, 4, 60, 3);

    final Engine engine;
    final NamespaceStore namespaces;
    final LogStore logs;
    final AtomicLong nowMs;
    final Gate gate = new Gate();

    /** A gate that a test closes. */
    static final class Gate implements EffectGate {
        private volatile String reason = "";

        void close(String why) {
            reason = why;
        }

        @Override
        public Optional<String> closed() {
            return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
        }
    }

    Store(Engine engine) {
        this(engine, SMALL);
    }

    Store(Engine engine, StorageLimits limits) {
        this(engine, limits, new AtomicLong(1_000_000));
    }

    private Store(Engine engine, StorageLimits limits, AtomicLong nowMs) {
        InstantSource clock = () -> Instant.ofEpochMilli(nowMs.get());
        this.engine = engine;
        this.nowMs = nowMs;
        this.namespaces = new NamespaceStore(engine, clock, limits);
        this.logs = new LogStore(engine, clock, limits);
    }

    Namespace home() {
        return home(QUOTA);
    }

    Namespace home(long quota) {
        assertThat(namespaces.ensureRoot(HOME, ALICE, Durability.DURABLE)).isInstanceOf(EnsureResult.Ready.class);
        return open(HOME, new Quota("homeQuotaBytes", quota));
    }

    Namespace tmp() {
        assertThat(namespaces.ensureRoot(TMP, ALICE, Durability.SESSION)).isInstanceOf(EnsureResult.Ready.class);
        return open(TMP, new Quota("tempQuotaBytes", QUOTA));
    }

    Namespace open(RootId root, Quota quota) {
        return switch (namespaces.open(root, ALICE, quota, gate)) {
            case OpenResult.Opened(Namespace namespace) -> namespace;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    static EntryInfo.OfBlob put(Namespace namespace, String path, String content) {
        return stored(namespace.put(path, bytes(content), Expectation.any()));
    }

    static EntryInfo.OfBlob stored(PutResult result) {
        return switch (result) {
            case PutResult.Stored(EntryInfo.OfBlob entry) -> entry;
            case Conflict conflict -> throw new AssertionError(conflict);
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    static Blob blob(Namespace namespace, String path) {
        return switch (namespace.get(path)) {
            case GetResult.Found found -> found.blob();
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    static String text(Namespace namespace, String path) {
        try (Blob blob = blob(namespace, path)) {
            return text(blob);
        }
    }

    static String text(Blob blob) {
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(blob.size()));
        while (all.hasRemaining()) {
            ByteBuffer part = part(blob.read(all.position(), Integer.MAX_VALUE));
            assertThat(part.hasRemaining()).isTrue();
            all.put(part);
        }
        return UTF_8.decode(all.flip()).toString();
    }

    static ByteBuffer part(ReadResult result) {
        return switch (result) {
            case ReadResult.Bytes(ByteBuffer data) -> data;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    static String names(ListResult result) {
        return switch (result) {
            case ListResult.Page page ->
                String.join(
                        " ",
                        page.entries().stream()
                                .map(entry -> switch (entry) {
                                    case EntryInfo.OfBlob blob -> blob.name();
                                    case EntryInfo.OfNamespace namespace -> namespace.name() + "/";
                                })
                                .toList());
            case Denied denied -> denied.code().text();
        };
    }

    static String next(ListResult result) {
        return switch (result) {
            case ListResult.Page page -> page.next();
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    static Namespace sub(Namespace namespace, String path) {
        return switch (namespace.sub(path)) {
            case SubResult.Opened(Namespace view) -> view;
            case Denied denied -> throw new AssertionError(denied.message());
        };
    }

    /** The code of a refusal, or what happened instead. */
    static String code(Object result) {
        return result instanceof Denied denied ? denied.code().text() : result.toString();
    }

    @Override
    public void close() {
        engine.close();
    }
}
