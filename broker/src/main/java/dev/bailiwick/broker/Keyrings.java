package dev.bailiwick.broker;

import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.storage.DataClass;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.EffectGate;
import dev.bailiwick.storage.KeyAddResult;
import dev.bailiwick.storage.KeyTable;
import dev.bailiwick.storage.KeyVersion;
import dev.bailiwick.storage.WrappedKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Uses keys on behalf of principals (seed 002, "Permission Rules"): it unwraps a key, uses it and forgets it. Everything that a sealed
 * message is bound to is in its associated data, so that bytes of another principal, class, version or context do not open:
 *
 * <pre>
 * sealed      = layout:1 (01)  version:4  nonce:12  ciphertext:n  tag:16
 * associated  = "bailiwick-sealed-1"  principal:16  length of class:1  class  version:4  context
 * wrapped     = nonce:12  ciphertext:64  tag:16 under the store's wrapping key
 * associated  = "bailiwick-wrapped-1"  principal:16  length of class:1  class  version:4  createdAtMs:8  publicKey:32
 * </pre>
 *
 * <p>Thread-safe; methods wait for the store and are meant for virtual threads.
 */
final class Keyrings {
    private static final byte LAYOUT = 1;
    private static final int HEAD_BYTES = 1 + Integer.BYTES;
    private static final int BACKUP_BYTES = 1 << 16;

    /** One answer for whatever does not unseal: which part was wrong is of use only to somebody who forges. */
    private static final KeyAnswer UNSEAL_FAILED = KeyAnswer.refused(
            "unseal-failed",
            "these bytes were not sealed by this keyring for that class and context",
            "use the class and the context that they were sealed with");

    private final KeyTable table;
    private final KeyringSecret secret;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random must be unpredictable: keys and nonces come from it */
    Keyrings(KeyTable table, KeyringSecret secret, InstantSource clock, RandomGenerator random) {
        this.table = table;
        this.secret = secret;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Whose keys are used, and what has to hold when that is done.
     *
     * @param made told of each version made, after it is stored
     */
    record Holder(PrincipalId principal, EffectGate gate, Made made) {}

    /** Is told of new keys. */
    interface Made {
        void made(DataClass dataClass, int version);
    }

    List<KeyVersion> list(Holder holder) {
        return table.list(holder.principal());
    }

    KeyAnswer seal(Holder holder, String className, byte[] plain, byte[] context) {
        if (plain.length > Limits.KEYRING_BYTES || context.length > Limits.KEYRING_CONTEXT_BYTES) {
            return tooLarge(plain, context);
        }
        return onClass(
                className,
                dataClass -> withNewest(holder, dataClass, current -> {
                    byte[] sealed = Aead.seal(
                            current.material().sealing(),
                            sealedWith(holder.principal(), dataClass, current.version(), context),
                            plain,
                            random);
                    return ByteBuffer.allocate(HEAD_BYTES + sealed.length)
                            .put(LAYOUT)
                            .putInt(current.version())
                            .put(sealed)
                            .array();
                }));
    }

    KeyAnswer unseal(Holder holder, String className, byte[] sealed, byte[] context) {
        if (sealed.length > Limits.KEYRING_BYTES + HEAD_BYTES + Aead.OVERHEAD
                || context.length > Limits.KEYRING_CONTEXT_BYTES) {
            return tooLarge(sealed, context);
        }
        return onClass(className, dataClass -> {
            if (sealed.length < HEAD_BYTES + Aead.OVERHEAD || sealed[0] != LAYOUT) {
                return UNSEAL_FAILED;
            }
            ByteBuffer rest = ByteBuffer.wrap(sealed, 1, sealed.length - 1);
            int version = rest.getInt();
            Optional<WrappedKey> stored = table.get(holder.principal(), dataClass, version);
            if (stored.isEmpty()) {
                return UNSEAL_FAILED;
            }
            return withKey(wrapping -> {
                if (!stored.get().wrappedBy().equals(wrapping.id())) {
                    return unavailable("the key that sealed this is wrapped by another " + KeyringSecret.FILE_NAME);
                }
                try (KeyMaterial material =
                        unwrapped(wrapping, holder.principal(), new KeyVersion(dataClass, version, stored.get()))) {
                    return Aead.open(
                                    material.sealing(),
                                    sealedWith(holder.principal(), dataClass, version, context),
                                    rest)
                            .map(KeyAnswer::bytes)
                            .orElse(UNSEAL_FAILED);
                }
            });
        });
    }

    KeyAnswer sign(Holder holder, String className, byte[] message) {
        if (message.length > Limits.KEYRING_BYTES) {
            return tooLarge(message, new byte[0]);
        }
        return onClass(
                className,
                dataClass -> withNewest(
                        holder, dataClass, current -> current.material().sign(message)));
    }

    KeyAnswer rotate(Holder holder, String className) {
        return onClass(
                className,
                dataClass -> withKey(wrapping -> {
                    for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
                        int newest = newestVersion(holder, dataClass);
                        switch (make(holder, wrapping, dataClass, newest)) {
                            case KeyAddResult.Added() -> {
                                return version(newest + 1);
                            }
                            case KeyAddResult.Moved() -> {}
                            case Denied denied -> {
                                return new KeyAnswer.Refused(Refusal.of(denied));
                            }
                        }
                    }
                    return busy();
                }));
    }

    private int newestVersion(Holder holder, DataClass dataClass) {
        return table.newest(holder.principal(), dataClass)
                .map(KeyVersion::version)
                .orElse(0);
    }

    // ---- the newest key of a class ----

    private record Current(int version, KeyMaterial material) {}

    private KeyAnswer withNewest(Holder holder, DataClass dataClass, Function<Current, byte[]> use) {
        return withKey(wrapping -> {
            for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
                Optional<KeyVersion> newest = table.newest(holder.principal(), dataClass);
                if (newest.isPresent()) {
                    return use(holder, wrapping, newest.get(), use);
                }
                switch (make(holder, wrapping, dataClass, 0)) {
                    case KeyAddResult.Added(), KeyAddResult.Moved() -> {}
                    case Denied denied -> {
                        return new KeyAnswer.Refused(Refusal.of(denied));
                    }
                }
            }
            return busy();
        });
    }

    private KeyAnswer use(Holder holder, WrappingKey wrapping, KeyVersion newest, Function<Current, byte[]> use) {
        if (!newest.key().wrappedBy().equals(wrapping.id())) {
            return unavailable("the keys of this class are wrapped by another " + KeyringSecret.FILE_NAME);
        }
        try (KeyMaterial material = unwrapped(wrapping, holder.principal(), newest)) {
            return KeyAnswer.bytes(use.apply(new Current(newest.version(), material)));
        }
    }

    private KeyAddResult make(Holder holder, WrappingKey wrapping, DataClass dataClass, int newest) {
        KeyAddResult added;
        try (KeyMaterial material = KeyMaterial.draw(random)) {
            WrappedKey wrapped = wrapped(wrapping, holder.principal(), dataClass, newest + 1, clock.millis(), material);
            added = table.add(holder.principal(), dataClass, newest, wrapped, holder.gate());
        }
        if (added instanceof KeyAddResult.Added) {
            holder.made().made(dataClass, newest + 1);
        }
        return added;
    }

    private WrappedKey wrapped(
            WrappingKey wrapping,
            PrincipalId principal,
            DataClass dataClass,
            int version,
            long createdAtMs,
            KeyMaterial material) {
        byte[] publicKey = material.publicKey();
        byte[] plain = material.toBytes();
        try {
            return new WrappedKey(
                    createdAtMs,
                    wrapping.id(),
                    publicKey,
                    wrapping.wrap(wrappedWith(principal, dataClass, version, createdAtMs, publicKey), plain, random));
        } finally {
            Secrets.wipe(plain);
        }
    }

    private static KeyMaterial unwrapped(WrappingKey wrapping, PrincipalId principal, KeyVersion stored) {
        WrappedKey key = stored.key();
        byte[] plain = wrapping.unwrap(
                        wrappedWith(
                                principal, stored.dataClass(), stored.version(), key.createdAtMs(), key.publicKey()),
                        key.wrapped())
                .filter(bytes -> bytes.length == KeyMaterial.BYTES)
                // Its seal was right, so these bytes were written so: by somebody who had the tables and not this key.
                .orElseThrow(() -> new ForgedKeyException(
                        "version " + stored.version() + " of a key of " + principal + " was not wrapped here"));
        return KeyMaterial.of(plain);
    }

    /** A stored key that the store's own wrapping key did not wrap, though it says so. */
    static final class ForgedKeyException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ForgedKeyException(String message) {
            super(message);
        }
    }

    // ---- backups ----

    /** All versions of a class under the key, and what tells whose they are. */
    KeyAnswer export(Holder holder, String className, Function<byte[], byte[]> underPassphrase) {
        return onClass(
                className,
                dataClass -> withKey(wrapping -> {
                    List<KeyVersion> versions = table.list(holder.principal(), dataClass);
                    if (versions.isEmpty()) {
                        return KeyAnswer.refused(
                                "not-found", "the keyring has no key of that class", "list the keyring");
                    }
                    if (versions.stream()
                            .anyMatch(version -> !version.key().wrappedBy().equals(wrapping.id()))) {
                        return unavailable("some keys of this class are wrapped by another " + KeyringSecret.FILE_NAME);
                    }
                    byte[] body =
                            new byte[1 + className.length() + Integer.BYTES + versions.size() * BackupVersion.BYTES];
                    ByteBuffer into = ByteBuffer.wrap(body)
                            .put((byte) className.length())
                            .put(className.getBytes(StandardCharsets.US_ASCII))
                            .putInt(versions.size());
                    try {
                        for (KeyVersion version : versions) {
                            try (KeyMaterial material = unwrapped(wrapping, holder.principal(), version)) {
                                byte[] plain = material.toBytes();
                                into.putInt(version.version())
                                        .putLong(version.key().createdAtMs())
                                        .put(plain);
                                Secrets.wipe(plain);
                            }
                        }
                        return KeyAnswer.bytes(underPassphrase.apply(body));
                    } finally {
                        Secrets.wipe(body);
                    }
                }));
    }

    private record BackupVersion(int version, long createdAtMs, KeyMaterial material) {
        static final int BYTES = Integer.BYTES + Long.BYTES + KeyMaterial.BYTES;
    }

    /**
     * Puts back what a backup held and is missing, or wrapped by a key that is gone. Versions in use must be those of the backup.
     *
     * @param body as {@link #export} made it, authenticated; wiped here
     */
    KeyAnswer restore(Holder holder, byte[] body) {
        List<BackupVersion> backup = new ArrayList<>();
        try {
            ByteBuffer from = ByteBuffer.wrap(body);
            byte[] name = new byte[Byte.toUnsignedInt(from.get())];
            from.get(name);
            DataClass dataClass = new DataClass(new String(name, StandardCharsets.US_ASCII));
            int count = from.getInt();
            for (int i = 0; i < count; i++) {
                int version = from.getInt();
                long createdAtMs = from.getLong();
                byte[] plain = new byte[KeyMaterial.BYTES];
                from.get(plain);
                backup.add(new BackupVersion(version, createdAtMs, KeyMaterial.of(plain)));
            }
            return withKey(wrapping -> restore(holder, wrapping, dataClass, backup));
        } finally {
            backup.forEach(version -> version.material().close());
            Secrets.wipe(body);
        }
    }

    private KeyAnswer restore(Holder holder, WrappingKey wrapping, DataClass dataClass, List<BackupVersion> backup) {
        for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
            List<KeyVersion> seen = table.list(holder.principal(), dataClass);
            List<KeyVersion> missing = new ArrayList<>();
            for (BackupVersion version : backup) {
                Optional<KeyVersion> there = seen.stream()
                        .filter(stored -> stored.version() == version.version())
                        .findFirst();
                if (there.isPresent() && there.get().key().wrappedBy().equals(wrapping.id())) {
                    if (!Arrays.equals(
                            there.get().key().publicKey(), version.material().publicKey())) {
                        return KeyAnswer.refused(
                                "conflict",
                                "version " + version.version() + " of that class is another key now, and is in use",
                                "restore into a keyring that has not made keys of that class since");
                    }
                    continue;
                }
                missing.add(new KeyVersion(
                        dataClass,
                        version.version(),
                        wrapped(
                                wrapping,
                                holder.principal(),
                                dataClass,
                                version.version(),
                                version.createdAtMs(),
                                version.material())));
            }
            switch (table.restore(holder.principal(), dataClass, seen, missing, holder.gate())) {
                case KeyAddResult.Added() -> {
                    missing.forEach(version -> holder.made().made(dataClass, version.version()));
                    return version(backup.getLast().version());
                }
                case KeyAddResult.Moved() -> {}
                case Denied denied -> {
                    return new KeyAnswer.Refused(Refusal.of(denied));
                }
            }
        }
        return busy();
    }

    /** The most bytes of a backup: all versions of the longest name, and what protects them. */
    static int backupBytes() {
        return BACKUP_BYTES;
    }

    // ---- what everything has in common ----

    private static KeyAnswer onClass(String name, Function<DataClass, KeyAnswer> then) {
        return DataClass.of(name)
                .map(then)
                .orElseGet(() -> KeyAnswer.refused(
                        "invalid-data-class",
                        "the name of a data class is 1 to " + DataClass.MAX_CHARS + " of a-z, 0-9, \".\" and \"-\"",
                        "choose another name"));
    }

    private KeyAnswer withKey(Function<WrappingKey, KeyAnswer> then) {
        return switch (secret.open(() -> !table.isEmpty(), random)) {
            case KeyringSecret.Opened.Ready(WrappingKey key) -> then.apply(key);
            case KeyringSecret.Opened.Unavailable(String why) -> unavailable(why);
        };
    }

    private static KeyAnswer unavailable(String why) {
        return KeyAnswer.refused(
                "keyring-unavailable",
                why,
                "tell an administrator: docs/recovery.md says how to put the file back, and what to do without it");
    }

    private static KeyAnswer busy() {
        return KeyAnswer.refused("store-busy", "the keys of this class keep changing", "try again in a moment");
    }

    private static KeyAnswer tooLarge(byte[] bytes, byte[] context) {
        return KeyAnswer.refused(
                "too-large",
                bytes.length + " bytes with a context of " + context.length + " are more than the "
                        + Limits.KEYRING_BYTES + " and " + Limits.KEYRING_CONTEXT_BYTES + " of one call",
                "seal a key of your own, and the data with that");
    }

    private static KeyAnswer version(int version) {
        return KeyAnswer.bytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(version).array());
    }

    private static byte[] sealedWith(PrincipalId principal, DataClass dataClass, int version, byte[] context) {
        return associated("bailiwick-sealed-1", principal, dataClass, version, context.length)
                .put(context)
                .array();
    }

    private static byte[] wrappedWith(
            PrincipalId principal, DataClass dataClass, int version, long createdAtMs, byte[] publicKey) {
        return associated("bailiwick-wrapped-1", principal, dataClass, version, Long.BYTES + publicKey.length)
                .putLong(createdAtMs)
                .put(publicKey)
                .array();
    }

    private static ByteBuffer associated(
            String purpose, PrincipalId principal, DataClass dataClass, int version, int more) {
        byte[] name = dataClass.name().getBytes(StandardCharsets.US_ASCII);
        byte[] id = principal.toBytes();
        return ByteBuffer.allocate(purpose.length() + id.length + 1 + name.length + Integer.BYTES + more)
                .put(purpose.getBytes(StandardCharsets.US_ASCII))
                .put(id)
                .put((byte) name.length)
                .put(name)
                .putInt(version);
    }
}
