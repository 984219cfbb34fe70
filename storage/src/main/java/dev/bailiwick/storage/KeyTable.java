package dev.bailiwick.storage;

import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.EngineException;
import dev.bailiwick.engine.Row;
import dev.bailiwick.engine.Txn;
import dev.bailiwick.engine.View;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The wrapped keys of all principals. What is here is of no use without the key that wraps it, which is not in the engine.
 *
 * <p>Thread-safe. All methods throw {@link CorruptStorageException} when a row they need is damaged, and {@link EngineException} when
 * the engine refuses or fails.
 */
public final class KeyTable {
    /** Data classes of one principal; bounds what one list answers and what a principal can make the store keep. */
    public static final int CLASSES = 64;

    /** Versions of one class: one a week for a year, and some. */
    public static final int VERSIONS = 64;

    private final Engine engine;

    /** The keys in {@code engine}. */
    public KeyTable(Engine engine) {
        this.engine = engine;
    }

    /** Whether there is any key at all. */
    public boolean isEmpty() {
        return located(
                "",
                () -> engine.read(view -> {
                    boolean[] any = new boolean[1];
                    view.scan(StorageTables.KEYS, new byte[0], null, (key, value) -> {
                        any[0] = true;
                        return false;
                    });
                    return !any[0];
                }));
    }

    /** All versions of all classes of a principal, by class and version. */
    public List<KeyVersion> list(PrincipalId principal) {
        return scan(principal, principal.toBytes());
    }

    /** All versions of one class, oldest first. */
    public List<KeyVersion> list(PrincipalId principal, DataClass dataClass) {
        return scan(principal, classPrefix(principal, dataClass));
    }

    private List<KeyVersion> scan(PrincipalId principal, byte[] prefix) {
        return located(
                principal.toString(),
                () -> engine.read(view -> {
                    List<KeyVersion> found = new ArrayList<>();
                    view.scan(
                            StorageTables.KEYS,
                            prefix,
                            Keys.after(prefix),
                            (key, value) -> found.add(version(principal, key, value)));
                    return found;
                }));
    }

    /** One version; empty if there is none. */
    public Optional<WrappedKey> get(PrincipalId principal, DataClass dataClass, int version) {
        byte[] key = key(principal, dataClass, version);
        return located(
                principal.toString(),
                () -> engine.read(view -> Optional.ofNullable(view.get(StorageTables.KEYS, key))
                        .map(value -> version(principal, key, value).key())));
    }

    /** The newest version; empty if the class has none. */
    public Optional<KeyVersion> newest(PrincipalId principal, DataClass dataClass) {
        return located(principal.toString(), () -> engine.read(view -> newest(view, principal, dataClass)));
    }

    private static Optional<KeyVersion> newest(View view, PrincipalId principal, DataClass dataClass) {
        byte[] prefix = classPrefix(principal, dataClass);
        return last(view, prefix).map(row -> version(principal, row.key(), row.value()));
    }

    private static Optional<Row> last(View view, byte[] prefix) {
        return view.last(StorageTables.KEYS, prefix, Keys.after(prefix));
    }

    /**
     * Stores a new version if the newest is still {@code expected}.
     *
     * @param expected the newest version so far; 0 for none
     * @param gate asked in the commit lane
     */
    public KeyAddResult add(
            PrincipalId principal, DataClass dataClass, int expected, WrappedKey fresh, EffectGate gate) {
        return change(principal, gate, txn -> {
            int newest =
                    newest(txn, principal, dataClass).map(KeyVersion::version).orElse(0);
            if (newest != expected) {
                return new KeyAddResult.Moved();
            }
            if (newest >= VERSIONS) {
                return new Denied.QuotaExceeded("keyVersions", VERSIONS, newest, 1);
            }
            Optional<Denied> full = newest == 0 ? full(txn, principal) : Optional.empty();
            if (full.isPresent()) {
                return full.get();
            }
            put(txn, key(principal, dataClass, newest + 1), fresh);
            return new KeyAddResult.Added();
        });
    }

    /**
     * Stores versions that a backup held, as they were numbered. {@code Moved} if a row is there now that was not, or another, when
     * the caller looked.
     *
     * @param seen all versions of the class that the caller saw
     * @param restored those to be stored; they take the place of any of the same number
     * @param gate asked in the commit lane
     */
    public KeyAddResult restore(
            PrincipalId principal,
            DataClass dataClass,
            List<KeyVersion> seen,
            List<KeyVersion> restored,
            EffectGate gate) {
        byte[] prefix = classPrefix(principal, dataClass);
        return change(principal, gate, txn -> {
            List<KeyVersion> now = new ArrayList<>();
            txn.scan(
                    StorageTables.KEYS,
                    prefix,
                    Keys.after(prefix),
                    (key, value) -> now.add(version(principal, key, value)));
            if (!now.equals(seen)) {
                return new KeyAddResult.Moved();
            }
            Optional<Denied> full = now.isEmpty() ? full(txn, principal) : Optional.empty();
            if (full.isPresent()) {
                return full.get();
            }
            if (restored.stream().anyMatch(version -> version.version() < 1 || version.version() > VERSIONS)) {
                return new Denied.QuotaExceeded("keyVersions", VERSIONS, now.size(), restored.size());
            }
            for (KeyVersion version : restored) {
                put(txn, key(principal, dataClass, version.version()), version.key());
            }
            return new KeyAddResult.Added();
        });
    }

    private interface Change {
        KeyAddResult make(Txn txn);
    }

    private KeyAddResult change(PrincipalId principal, EffectGate gate, Change change) {
        return located(
                principal.toString(),
                () -> engine.commit(txn -> {
                    Optional<String> closed = gate.closed();
                    return closed.isPresent() ? Denied.because(DenialCode.REVOKED, closed.get(), "") : change.make(txn);
                }));
    }

    private static Optional<Denied> full(View view, PrincipalId principal) {
        byte[] prefix = principal.toBytes();
        Set<DataClass> classes = new HashSet<>();
        view.scan(StorageTables.KEYS, prefix, Keys.after(prefix), (key, value) -> {
            classes.add(classOf(key));
            return true;
        });
        return classes.size() < CLASSES
                ? Optional.empty()
                : Optional.of(new Denied.QuotaExceeded("keyClasses", CLASSES, classes.size(), 1));
    }

    private static void put(Txn txn, byte[] key, WrappedKey wrapped) {
        txn.put(StorageTables.KEYS, key, Seal.seal(StorageTables.KEYS, key, wrapped.body()));
    }

    private static KeyVersion version(PrincipalId principal, byte[] key, byte[] value) {
        try {
            return decode(key, value);
        } catch (BadRowException e) {
            throw new CorruptStorageException("keys of " + principal, "", e);
        }
    }

    static KeyVersion decode(byte[] key, byte[] value) {
        return new KeyVersion(
                classOf(key), versionOf(key), WrappedKey.decode(Seal.open(StorageTables.KEYS, key, value)));
    }

    // ---- keys: principal:16 class:1..64 zero:1 version:4 ----

    private static byte[] classPrefix(PrincipalId principal, DataClass dataClass) {
        byte[] name = dataClass.name().getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(Id128.BYTES + name.length + 1)
                .put(principal.toBytes())
                .put(name)
                .put((byte) 0)
                .array();
    }

    static byte[] key(PrincipalId principal, DataClass dataClass, int version) {
        byte[] prefix = classPrefix(principal, dataClass);
        return ByteBuffer.allocate(prefix.length + Integer.BYTES)
                .put(prefix)
                .putInt(version)
                .array();
    }

    private static DataClass classOf(byte[] key) {
        int end = key.length - Integer.BYTES - 1;
        if (end <= Id128.BYTES || key[end] != 0) {
            throw new BadRowException("a key's name is not of this format");
        }
        String name = new String(Arrays.copyOfRange(key, Id128.BYTES, end), StandardCharsets.ISO_8859_1);
        return DataClass.of(name).orElseThrow(() -> new BadRowException("a key's class has no name"));
    }

    private static int versionOf(byte[] key) {
        return ByteBuffer.wrap(key).getInt(key.length - Integer.BYTES);
    }

    private static <T extends @Nullable Object> T located(String principal, Supplier<T> call) {
        try {
            return call.get();
        } catch (BadRowException e) {
            throw new CorruptStorageException("keys of " + principal, "", e);
        } catch (EngineException e) {
            if (e.code() == EngineException.Code.CORRUPT || e.code() == EngineException.Code.LOST) {
                throw new CorruptStorageException("keys of " + principal, "", e);
            }
            throw e;
        }
    }
}
