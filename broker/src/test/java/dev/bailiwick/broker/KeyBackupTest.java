package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.KeyResult;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.SessionBundle;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Taking keys out of the keyring: only by a lease that somebody else approved, and noted each time. */
class KeyBackupTest {
    private static final String PASSPHRASE = "horses that eat batteries";

    @Test
    void theBundleHasNoneALeaseHasAndItEndsWithTheLease() {
        try (Reviewed people = new Reviewed()) {
            Holder alice = people.person("alice");
            assertThat(alice.receipts()).containsEntry("KEY_BACKUP", "not-selected");
            String id = Reviewed.ask(alice, "key-backup", Duration.ofMinutes(10));
            assertThat(Reviewed.grant(people.login("operator"), id)).isEqualTo("GRANTED");

            KeyBackup.Client backup = backup(people.again("alice", alice));
            Keyring.Client keyring = alice.hold(SessionBundle.Reader::getKeyring);
            byte[] sealed = (byte[]) seal(keyring, "a secret".getBytes(UTF_8));
            byte[] exported = (byte[]) export(backup, "mail", PASSPHRASE);

            assertThat(new String(exported, UTF_8)).doesNotContain("mail");
            assertThat(restore(backup, exported, PASSPHRASE)).isEqualTo(new byte[] {0, 0, 0, 1});
            assertThat(unseal(keyring, sealed)).isEqualTo("a secret".getBytes(UTF_8));

            assertThat(Reviewed.cut(people.login("operator"), id)).isEqualTo("CUT");
            assertThatThrownBy(() -> export(backup, "mail", PASSPHRASE)).hasMessageContaining("revoked");
            assertThatThrownBy(() -> restore(backup, exported, PASSPHRASE)).hasMessageContaining("revoked");
            assertThat(people.world.audit().stream().filter(line -> line.startsWith("key.")))
                    .containsExactly("key.made ok", "key.export ok", "key.restore ok");
        }
    }

    @Test
    void nobodyElseAndNoOtherPassphraseOpensABackup() {
        try (Reviewed people = new Reviewed()) {
            KeyBackup.Client alice = leased(people, "alice");
            KeyBackup.Client peter = leased(people, "peter");
            seal(people.login("alice").hold(SessionBundle.Reader::getKeyring), new byte[1]);
            byte[] exported = (byte[]) export(alice, "mail", PASSPHRASE);
            byte[] forged = exported.clone();
            forged[forged.length - 1] ^= 1;

            assertThat(restore(alice, exported, "another passphrase")).isEqualTo("restore-failed");
            assertThat(restore(peter, exported, PASSPHRASE)).isEqualTo("restore-failed");
            assertThat(restore(alice, forged, PASSPHRASE)).isEqualTo("restore-failed");
            assertThat(restore(alice, new byte[0], PASSPHRASE)).isEqualTo("restore-failed");
            assertThat(restore(alice, new byte[1 << 20], PASSPHRASE)).isEqualTo("too-large");
        }
    }

    @Test
    void whatCannotBeExportedIsRefusedWithTheReasonAndNoted() {
        try (Reviewed people = new Reviewed()) {
            KeyBackup.Client backup = leased(people, "alice");

            assertThat(export(backup, "mail", PASSPHRASE)).isEqualTo("not-found");
            assertThat(export(backup, "No Class", PASSPHRASE)).isEqualTo("invalid-data-class");
            assertThat(export(backup, "mail", "short")).isEqualTo("invalid-passphrase");
            assertThat(export(backup, "mail", "x".repeat(Limits.PASSWORD_MAX_BYTES + 1)))
                    .isEqualTo("invalid-passphrase");
            assertThat(people.world.audit()).contains("key.export not-found", "key.export invalid-passphrase");
        }
    }

    private static KeyBackup.Client leased(Reviewed people, String name) {
        Holder holder = people.person(name);
        String id = Reviewed.ask(holder, "key-backup", Duration.ofMinutes(10));
        assertThat(Reviewed.grant(people.login("operator"), id)).isEqualTo("GRANTED");
        return backup(people.again(name, holder));
    }

    private static KeyBackup.Client backup(Holder holder) {
        return holder.hold(SessionBundle.Reader::getKeyBackup);
    }

    /** The bytes, or the code of the denial. */
    private static Object answer(KeyResult.Reader result) {
        return switch (result.which()) {
            case BYTES -> result.getBytes().toArray();
            case DENIED -> Holder.code(result.getDenied());
            case _NOT_IN_SCHEMA -> "of a newer schema";
        };
    }

    private static Object export(KeyBackup.Client backup, String dataClass, String passphrase) {
        var request = backup.exportRequest();
        request.params().setDataClass(dataClass);
        request.params().setPassphrase(passphrase.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static Object restore(KeyBackup.Client backup, byte[] exported, String passphrase) {
        var request = backup.restoreRequest();
        request.params().setBackup(exported);
        request.params().setPassphrase(passphrase.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static Object seal(Keyring.Client keyring, byte[] plain) {
        var request = keyring.sealRequest();
        request.params().setDataClass("mail");
        request.params().setPlain(plain);
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static Object unseal(Keyring.Client keyring, byte[] sealed) {
        var request = keyring.unsealRequest();
        request.params().setDataClass("mail");
        request.params().setSealed(sealed);
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }
}
