package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.KeyResult;
import dev.bailiwick.schema.gen.Keyring;
import dev.bailiwick.schema.gen.SessionBundle;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The keyring slot, as its holder sees it. */
class KeyringTest {
    private static final byte[] NOTHING = {};

    @Test
    void whatIsSealedIsUnsealedForTheSameClassContextAndPrincipalOnly() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Keyring.Client alice = keyring(world.alice(operator));
            Keyring.Client bob = keyring(world.enroll(1002, "bob", operator.create("bob"), World.PASSWORD));
            byte[] plain = "a secret of alice".getBytes(UTF_8);
            byte[] sealed = bytes(seal(alice, "mail", plain, "inbox"));
            bytes(seal(alice, "notes", plain, "inbox"));
            bytes(seal(bob, "mail", plain, "inbox"));

            assertThat(bytes(unseal(alice, "mail", sealed, "inbox"))).isEqualTo(plain);
            assertThat(new String(sealed, UTF_8)).doesNotContain("secret");
            assertThat(unseal(alice, "mail", sealed, "outbox")).isEqualTo("unseal-failed");
            assertThat(unseal(alice, "notes", sealed, "inbox")).isEqualTo("unseal-failed");
            assertThat(unseal(alice, "never-used", sealed, "inbox")).isEqualTo("unseal-failed");
            assertThat(unseal(bob, "mail", sealed, "inbox")).isEqualTo("unseal-failed");
        }
    }

    @Test
    void nothingButWhatWasSealedUnseals() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (World world = World.seeded()) {
            Keyring.Client keyring = keyring(world.alice(world.operator()));
            byte[] sealed = bytes(seal(keyring, "mail", "something".getBytes(UTF_8), ""));
            for (int i = 0; i < sealed.length; i++) {
                byte[] forged = sealed.clone();
                forged[i] ^= (byte) (1 << random.nextInt(8));
                assertThat(unseal(keyring, "mail", forged, ""))
                        .as("bit of byte %s flipped", i)
                        .isEqualTo("unseal-failed");
                assertThat(unseal(keyring, "mail", Arrays.copyOf(sealed, i), ""))
                        .as("cut to %s bytes", i)
                        .isEqualTo("unseal-failed");
            }
            byte[] noise = new byte[200];
            for (int i = 0; i < 100; i++) {
                random.nextBytes(noise);
                noise[0] = 1;
                assertThat(unseal(keyring, "mail", noise, "")).isEqualTo("unseal-failed");
            }
            assertThat(bytes(unseal(keyring, "mail", sealed, ""))).isEqualTo("something".getBytes(UTF_8));
        }
    }

    @Test
    void equalBytesNeverSealToEqualBytes() {
        try (World world = World.seeded()) {
            Keyring.Client keyring = keyring(world.alice(world.operator()));
            List<String> seen = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                seen.add(HexFormat.of().formatHex(bytes(seal(keyring, "mail", NOTHING, ""))));
            }
            assertThat(seen).doesNotHaveDuplicates();
        }
    }

    @Test
    void whatOlderVersionsSealedStillUnsealsAfterRotation() {
        try (World world = World.seeded()) {
            Keyring.Client keyring = keyring(world.alice(world.operator()));
            byte[] first = bytes(seal(keyring, "mail", "first".getBytes(UTF_8), ""));

            assertThat(bytes(rotate(keyring, "mail"))).isEqualTo(new byte[] {0, 0, 0, 2});
            byte[] second = bytes(seal(keyring, "mail", "second".getBytes(UTF_8), ""));

            assertThat(bytes(unseal(keyring, "mail", first, ""))).isEqualTo("first".getBytes(UTF_8));
            assertThat(bytes(unseal(keyring, "mail", second, ""))).isEqualTo("second".getBytes(UTF_8));
            assertThat(second[4]).isEqualTo((byte) 2);
            assertThat(list(keyring)).containsExactly("mail 1", "mail 2");
            assertThat(world.audit().stream().filter("key.made ok"::equals)).hasSize(2);
        }
    }

    @Test
    void theNumberOfVersionsAndOfClassesIsLimited() {
        try (World world = World.seeded()) {
            Keyring.Client keyring = keyring(world.alice(world.operator()));
            for (int i = 0; i < 64; i++) {
                bytes(rotate(keyring, "mail"));
            }
            assertThat(rotate(keyring, "mail")).isEqualTo("quota-exceeded");
            for (int i = 1; i < 64; i++) {
                bytes(seal(keyring, "class." + i, NOTHING, ""));
            }
            assertThat(seal(keyring, "one-more", NOTHING, "")).isEqualTo("quota-exceeded");
            assertThat(bytes(seal(keyring, "mail", NOTHING, ""))).isNotEmpty();
        }
    }

    @Test
    void badInputGetsAReasonAndLosesNothing() {
        try (World world = World.seeded()) {
            Keyring.Client keyring = keyring(world.alice(world.operator()));
            for (String name : List.of("", "Mail", "a/b", "a b", "ä", "x".repeat(65))) {
                assertThat(seal(keyring, name, NOTHING, "")).as(name).isEqualTo("invalid-data-class");
                assertThat(sign(keyring, name, NOTHING)).as(name).isEqualTo("invalid-data-class");
                assertThat(rotate(keyring, name)).as(name).isEqualTo("invalid-data-class");
                assertThat(unseal(keyring, name, NOTHING, "")).as(name).isEqualTo("invalid-data-class");
            }
            byte[] most = new byte[Limits.KEYRING_BYTES];
            byte[] sealed = bytes(seal(keyring, "x".repeat(64), most, "c".repeat(Limits.KEYRING_CONTEXT_BYTES)));
            assertThat(bytes(unseal(keyring, "x".repeat(64), sealed, "c".repeat(Limits.KEYRING_CONTEXT_BYTES))))
                    .isEqualTo(most);
            byte[] more = new byte[Limits.KEYRING_BYTES + 1];
            assertThat(seal(keyring, "mail", more, "")).isEqualTo("too-large");
            assertThat(sign(keyring, "mail", more)).isEqualTo("too-large");
            assertThat(unseal(keyring, "mail", new byte[sealed.length + 1], "")).isEqualTo("too-large");
            assertThat(seal(keyring, "mail", NOTHING, "c".repeat(Limits.KEYRING_CONTEXT_BYTES + 1)))
                    .isEqualTo("too-large");
            assertThat(list(keyring)).containsExactly("x".repeat(64) + " 1");
        }
    }

    @Test
    void signaturesAreCheckedWithTheListedKey() throws Exception {
        try (World world = World.seeded()) {
            Keyring.Client keyring = keyring(world.alice(world.operator()));
            byte[] message = "what alice says".getBytes(UTF_8);
            byte[] signature = bytes(sign(keyring, "release", message));
            bytes(rotate(keyring, "release"));

            assertThat(signature).hasSize(64);
            assertThat(verifies(publicKey(keyring, 0), message, signature)).isTrue();
            assertThat(verifies(publicKey(keyring, 1), message, signature)).isFalse();
        }
    }

    @Test
    void aHeldKeyringDiesWithTheAccount() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Keyring.Client keyring = keyring(world.alice(operator));
            byte[] sealed = bytes(seal(keyring, "mail", NOTHING, ""));

            operator.setStatus("alice", AccountStatus.DISABLED);

            assertThatThrownBy(() -> unseal(keyring, "mail", sealed, "")).hasMessageContaining("revoked");
            assertThatThrownBy(() -> rotate(keyring, "mail")).hasMessageContaining("revoked");
        }
    }

    @Test
    void guestsHaveNoKeyring() {
        try (World world = World.seeded()) {
            assertThat(world.guest(1005).receipts()).doesNotContainEntry("KEYRING", "granted");
        }
    }

    // ---- the test's hands ----

    private static Keyring.Client keyring(Holder holder) {
        return holder.hold(SessionBundle.Reader::getKeyring);
    }

    /** The bytes, or the code of the denial. */
    private static Object answer(KeyResult.Reader result) {
        return switch (result.which()) {
            case BYTES -> result.getBytes().toArray();
            case DENIED -> Holder.code(result.getDenied());
            case _NOT_IN_SCHEMA -> "of a newer schema";
        };
    }

    private static byte[] bytes(Object answer) {
        assertThat(answer).isInstanceOf(byte[].class);
        return (byte[]) answer;
    }

    private static Object seal(Keyring.Client keyring, String dataClass, byte[] plain, String context) {
        var request = keyring.sealRequest();
        request.params().setDataClass(dataClass);
        request.params().setPlain(plain);
        request.params().setContext(context.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static Object unseal(Keyring.Client keyring, String dataClass, byte[] sealed, String context) {
        var request = keyring.unsealRequest();
        request.params().setDataClass(dataClass);
        request.params().setSealed(sealed);
        request.params().setContext(context.getBytes(UTF_8));
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static Object sign(Keyring.Client keyring, String dataClass, byte[] message) {
        var request = keyring.signRequest();
        request.params().setDataClass(dataClass);
        request.params().setMessage(message);
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static Object rotate(Keyring.Client keyring, String dataClass) {
        var request = keyring.rotateRequest();
        request.params().setDataClass(dataClass);
        try (var response = request.send().join()) {
            return answer(response.get().getResult());
        }
    }

    private static List<String> list(Keyring.Client keyring) {
        try (var response = keyring.listRequest().send().join()) {
            List<String> keys = new ArrayList<>();
            response.get().getKeys().forEach(key -> keys.add(key.getDataClass() + " " + key.getVersion()));
            return keys;
        }
    }

    private static byte[] publicKey(Keyring.Client keyring, int index) {
        try (var response = keyring.listRequest().send().join()) {
            return response.get().getKeys().get(index).getPublicKey().toArray();
        }
    }

    private static boolean verifies(byte[] raw, byte[] message, byte[] signature) throws Exception {
        byte[] bigEndian = new byte[raw.length];
        for (int i = 0; i < raw.length; i++) {
            bigEndian[i] = raw[raw.length - 1 - i];
        }
        boolean odd = (bigEndian[0] & 0x80) != 0;
        bigEndian[0] &= 0x7F;
        PublicKey key = KeyFactory.getInstance("Ed25519")
                .generatePublic(new EdECPublicKeySpec(
                        NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, bigEndian))));
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }
}
