package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.OpaqueBytes;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.storage.EffectGate;
import dev.bailiwick.storage.KeyTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file that all keyrings of a store depend on, and backups for when it is gone. */
class KeyringSecretTest {
    private static final PrincipalId ALICE = new PrincipalId(new Id128(1, 1));
    private static final PrincipalId BOB = new PrincipalId(new Id128(2, 2));
    private static final byte[] CONTEXT = {};
    private static final byte[] PASSPHRASE = "words that alice remembers".getBytes(UTF_8);
    private static final HashMemory MEMORY = new HashMemory();

    @TempDir
    Path directory;

    private final Engine engine = RamEngine.open();
    private final List<byte[]> drawn = new ArrayList<>();
    private final SecureRandom source = new SecureRandom();

    /** Real randomness, remembered, so that the test knows the keys that nobody else may. */
    private final RandomGenerator random = new RandomGenerator() {
        @Override
        public long nextLong() {
            return source.nextLong();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            source.nextBytes(bytes);
            drawn.add(bytes.clone());
        }
    };

    private final List<String> made = new ArrayList<>();

    private Keyrings keyrings() {
        return new Keyrings(
                new KeyTable(engine), KeyringSecret.in(directory), () -> Instant.ofEpochMilli(1000), random);
    }

    private Keyrings.Holder as(PrincipalId principal) {
        return new Keyrings.Holder(
                principal, EffectGate.alwaysOpen(), (dataClass, version) -> made.add(dataClass.name() + version));
    }

    private Path file() {
        return directory.resolve("keyring.key");
    }

    @Test
    void theFileIsMadeWithTheFirstKeyAndReadByNobodyElse() throws Exception {
        Keyrings keyrings = keyrings();
        assertThat(keyrings.list(as(ALICE))).isEmpty();
        assertThat(file()).doesNotExist();

        byte[] sealed = bytes(keyrings.seal(as(ALICE), "mail", "x".getBytes(UTF_8), CONTEXT));

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
        assertThat(bytes(keyrings().unseal(as(ALICE), "mail", sealed, CONTEXT))).isEqualTo("x".getBytes(UTF_8));
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        byte[] sealed = bytes(keyrings().seal(as(ALICE), "mail", "x".getBytes(UTF_8), CONTEXT));
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r-----"));

        assertThat(code(keyrings().unseal(as(ALICE), "mail", sealed, CONTEXT))).isEqualTo("keyring-unavailable");

        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
        assertThat(bytes(keyrings().unseal(as(ALICE), "mail", sealed, CONTEXT))).isEqualTo("x".getBytes(UTF_8));
    }

    @Test
    void aMissingOrDamagedFileIsNotMadeAnewWhileKeysDependOnIt() throws Exception {
        byte[] sealed = bytes(keyrings().seal(as(ALICE), "mail", "x".getBytes(UTF_8), CONTEXT));
        String kept = Files.readString(file());
        for (String damage : List.of("", "nonsense", kept.substring(0, kept.length() - 3), kept.replace("-1", "-2"))) {
            Files.writeString(file(), damage);
            assertThat(code(keyrings().unseal(as(ALICE), "mail", sealed, CONTEXT)))
                    .isEqualTo("keyring-unavailable");
        }
        Files.delete(file());

        assertThat(code(keyrings().seal(as(BOB), "mail", new byte[0], CONTEXT))).isEqualTo("keyring-unavailable");
        assertThat(file()).doesNotExist();
    }

    @Test
    void aBackupBringsKeysBackUnderANewFile() throws Exception {
        byte[] sealed = bytes(keyrings().seal(as(ALICE), "mail", "x".getBytes(UTF_8), CONTEXT));
        bytes(keyrings().rotate(as(ALICE), "mail"));
        byte[] backup = bytes(export(ALICE));
        bytes(keyrings().seal(as(BOB), "mail", new byte[0], CONTEXT));
        // What docs/recovery.md says to do when the file is lost for good.
        Files.writeString(file(), "bailiwick-keyring-1 " + "5a".repeat(32) + "\n");

        assertThat(code(keyrings().unseal(as(ALICE), "mail", sealed, CONTEXT))).isEqualTo("keyring-unavailable");
        assertThat(code(keyrings().seal(as(ALICE), "mail", new byte[0], CONTEXT)))
                .isEqualTo("keyring-unavailable");

        assertThat(bytes(restore(ALICE, backup))).isEqualTo(new byte[] {0, 0, 0, 2});

        assertThat(bytes(keyrings().unseal(as(ALICE), "mail", sealed, CONTEXT))).isEqualTo("x".getBytes(UTF_8));
        assertThat(code(keyrings().seal(as(BOB), "mail", new byte[0], CONTEXT))).isEqualTo("keyring-unavailable");
        bytes(keyrings().rotate(as(BOB), "mail"));
        assertThat(bytes(keyrings().seal(as(BOB), "mail", new byte[0], CONTEXT)))
                .isNotEmpty();
    }

    @Test
    void aBackupOpensForItsPrincipalAndPassphraseOnly() {
        bytes(keyrings().seal(as(ALICE), "mail", new byte[0], CONTEXT));
        byte[] backup = bytes(export(ALICE));

        assertThat(KeyPassphrase.open(ALICE, PASSPHRASE, backup, MEMORY)).isPresent();
        assertThat(KeyPassphrase.open(BOB, PASSPHRASE, backup, MEMORY)).isEmpty();
        assertThat(KeyPassphrase.open(ALICE, "other words altogether".getBytes(UTF_8), backup, MEMORY))
                .isEmpty();
        byte[] forged = backup.clone();
        forged[backup.length - 1] ^= 1;
        assertThat(KeyPassphrase.open(ALICE, PASSPHRASE, forged, MEMORY)).isEmpty();
        for (int length = 0; length < backup.length; length += 7) {
            assertThat(KeyPassphrase.open(ALICE, PASSPHRASE, Arrays.copyOf(backup, length), MEMORY))
                    .isEmpty();
        }
    }

    @Test
    void restoringChangesNoKeyThatIsInUse() {
        bytes(keyrings().seal(as(ALICE), "mail", new byte[0], CONTEXT));
        bytes(keyrings().seal(as(BOB), "mail", new byte[0], CONTEXT));
        byte[] backup = bytes(export(ALICE));

        assertThat(bytes(restore(ALICE, backup))).isEqualTo(new byte[] {0, 0, 0, 1});
        assertThat(made).containsExactly("mail1", "mail1");
        byte[] body = KeyPassphrase.open(ALICE, PASSPHRASE, backup, MEMORY).orElseThrow();
        assertThat(code(keyrings().restore(as(BOB), body))).isEqualTo("conflict");
    }

    @Test
    void aRowMovedToAnotherPrincipalOpensNothing() {
        byte[] sealed = bytes(keyrings().seal(as(ALICE), "mail", "x".getBytes(UTF_8), CONTEXT));
        KeyTable table = new KeyTable(engine);
        var stolen = table.list(ALICE).getFirst();
        table.add(BOB, stolen.dataClass(), 0, stolen.key(), EffectGate.alwaysOpen());

        org.assertj.core.api.Assertions.assertThatThrownBy(() -> keyrings().unseal(as(BOB), "mail", sealed, CONTEXT))
                .isInstanceOf(Keyrings.ForgedKeyException.class);
    }

    /** The keys that were drawn are in no table, in no answer and in no exception's text. */
    @Test
    void noKeyIsFoundInTheTablesOrInWhatIsAnswered() throws Exception {
        Keyrings keyrings = keyrings();
        List<byte[]> seen = new ArrayList<>();
        seen.add(bytes(keyrings.seal(as(ALICE), "mail", "x".getBytes(UTF_8), CONTEXT)));
        seen.add(bytes(keyrings.sign(as(ALICE), "mail", "x".getBytes(UTF_8))));
        seen.add(bytes(keyrings.rotate(as(ALICE), "mail")));
        keyrings.list(as(ALICE)).forEach(version -> {
            seen.add(version.key().wrapped());
            seen.add(version.toString().getBytes(UTF_8));
        });
        seen.add(bytes(export(ALICE)));
        engine.read(view -> {
            for (var table : dev.bailiwick.storage.StorageTables.all()) {
                view.scan(table, new byte[0], null, (key, value) -> seen.add(value));
            }
            return true;
        });

        List<byte[]> keys = drawn.stream().filter(bytes -> bytes.length == 32).toList();
        assertThat(keys).hasSize(5); // the wrapping key, and two for each version
        for (byte[] key : keys) {
            for (byte[] text : seen) {
                assertThat(contains(text, key)).isFalse();
            }
        }
        assertThat(contains(
                        Files.readAllBytes(file()),
                        java.util.HexFormat.of().formatHex(keys.getFirst()).getBytes(UTF_8)))
                .as("the test knows the keys")
                .isTrue();
    }

    private static boolean contains(byte[] text, byte[] part) {
        return new String(text, java.nio.charset.StandardCharsets.ISO_8859_1)
                .contains(new String(part, java.nio.charset.StandardCharsets.ISO_8859_1));
    }

    private KeyAnswer export(PrincipalId principal) {
        return keyrings()
                .export(as(principal), "mail", body -> KeyPassphrase.seal(principal, PASSPHRASE, body, random, MEMORY));
    }

    private KeyAnswer restore(PrincipalId principal, byte[] backup) {
        return keyrings()
                .restore(
                        as(principal),
                        KeyPassphrase.open(principal, PASSPHRASE, backup, MEMORY)
                                .orElseThrow());
    }

    private static byte[] bytes(KeyAnswer answer) {
        return switch (answer) {
            case KeyAnswer.Bytes(OpaqueBytes bytes) -> bytes.toBytes();
            case KeyAnswer.Refused(Refusal refusal) -> throw new AssertionError(refusal);
        };
    }

    /** The code of the refusal; empty if there was none. */
    private static String code(KeyAnswer answer) {
        return switch (answer) {
            case KeyAnswer.Bytes ignored -> "";
            case KeyAnswer.Refused(Refusal refusal) -> refusal.code();
        };
    }
}
