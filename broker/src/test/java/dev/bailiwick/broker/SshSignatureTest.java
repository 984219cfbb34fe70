package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.broker.SshKey.Wired;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What counts as a signature of a challenge, and what does not. The files were made by OpenSSH 9.2. */
class SshSignatureTest {
    private static final String NAMESPACE = "bailiwick-login/test";
    private static final byte[] MESSAGE = "a challenge of thirty-two bytes!".getBytes(US_ASCII);

    private final SshKey key = SshKey.make("test");

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void whatSshKeygenMadeIsKnownAgain(String type) throws SshFormatException {
        SshPublicKey.Line line = SshPublicKey.ofLine(file(type + ".pub"));

        assertThat(SshSignature.signer(file(type + ".sig"), NAMESPACE, MESSAGE)).isEqualTo(line.key());
        assertThat(line.comment()).isEqualTo(type + " key");
    }

    @Test
    void fingerprintsAreThoseOfSshKeygen() throws SshFormatException {
        assertThat(SshPublicKey.ofLine(file("ed25519.pub")).key().fingerprint())
                .isEqualTo("SHA256:PVMCaw8CK/aqWF6OQQBwoc3hBOLXVZ3pQBq1STbdCwQ");
        assertThat(SshPublicKey.ofLine(file("ecdsa.pub")).key().fingerprint())
                .isEqualTo("SHA256:fnu4PW1FdgEE51YN/zM+g8XZeBb7MrMgx0GCwcg6CP4");
        assertThat(SshPublicKey.ofLine(file("rsa.pub")).key().fingerprint())
                .isEqualTo("SHA256:m6cjC0vATpb6pTktaGArd/MSBxA8BUVWOAG68lbty1E");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void aSignatureOfSomethingElseIsNone(String type) {
        byte[] other = MESSAGE.clone();
        other[31]++;

        assertThatThrownBy(() -> SshSignature.signer(file(type + ".sig"), NAMESPACE, other))
                .hasMessageContaining("not of this challenge");
    }

    @Test
    void aSignatureForAnotherStoreIsNone() {
        refused(key.sign("bailiwick-login/other", MESSAGE), "made for the namespace \"bailiwick-login/other\"");
        refused(key.sign("file", MESSAGE), "made for the namespace");
    }

    @Test
    void oneHashIsTaken() {
        refused(file("ed25519-sha256.sig"), "hash \"sha256\", not with sha512");
    }

    @Test
    void theSecondFormOfAnEd25519SignatureIsRefused() {
        byte[] raw = key.raw(SshKey.signed(NAMESPACE, "sha512", MESSAGE));
        BigInteger order = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
        BigInteger s = new BigInteger(1, reversed(Arrays.copyOfRange(raw, 32, 64))).add(order);
        byte[] second = Arrays.copyOf(raw, 64);
        System.arraycopy(reversed(fixed(s)), 0, second, 32, 32);

        refused(SshKey.armoured(key.statement(NAMESPACE, "sha512", second)), "second form");
    }

    private static byte[] fixed(BigInteger number) {
        byte[] bytes = number.toByteArray();
        byte[] all = new byte[32];
        int length = Math.min(bytes.length, 32);
        System.arraycopy(bytes, bytes.length - length, all, 32 - length, length);
        return all;
    }

    @Test
    void aKeyThatWouldTakeAnySignatureIsRefused() {
        byte[] identity = new byte[32];
        identity[0] = 1;
        for (byte[] point : List.of(identity, new byte[32])) {
            byte[] blob = Wired.of().string("ssh-ed25519").string(point).bytes();
            assertThatThrownBy(() -> SshPublicKey.ofBlob(blob)).isInstanceOf(SshFormatException.class);
        }
    }

    @Test
    void everyByteOfTheStatementHasItsPlace() {
        byte[] raw = key.raw(SshKey.signed(NAMESPACE, "sha512", MESSAGE));
        byte[] sound = key.statement(NAMESPACE, "sha512", raw);

        refused(SshKey.armoured(Arrays.copyOf(sound, sound.length + 1)), "bytes after its end");
        refused(SshKey.armoured(Arrays.copyOf(sound, sound.length - 1)), "ends too early");
        byte[] version = sound.clone();
        version[9] = 2;
        refused(SshKey.armoured(version), "version 2");
        byte[] magic = sound.clone();
        magic[0] = 'X';
        refused(SshKey.armoured(magic), "not an SSH signature");
        refused(
                SshKey.armoured(Wired.of()
                        .raw("SSHSIG".getBytes(US_ASCII))
                        .uint32(1)
                        .string(key.blob())
                        .string(NAMESPACE)
                        .string("x")
                        .string("sha512")
                        .string(Wired.of().string("ssh-ed25519").string(raw).bytes())
                        .bytes()),
                "reserved");
        refused(
                SshKey.armoured(Wired.of()
                        .raw("SSHSIG".getBytes(US_ASCII))
                        .uint32(1)
                        .string(key.blob())
                        .string(NAMESPACE)
                        .string("")
                        .string("sha512")
                        .string(Wired.of().string("ssh-rsa").string(raw).bytes())
                        .bytes()),
                "signs with ssh-ed25519, not with \"ssh-rsa\"");
        refused(
                SshKey.armoured(Wired.of()
                        .raw("SSHSIG".getBytes(US_ASCII))
                        .uint32(1)
                        .string(key.blob())
                        .string(NAMESPACE)
                        .string("")
                        .string("sha512")
                        .string(Wired.of()
                                .string("ssh-ed25519")
                                .string(raw)
                                .uint32(0)
                                .bytes())
                        .bytes()),
                "bytes after its end");
    }

    @Test
    void theArmourIsThatOfSshKeygenAndNothingRoundIt() {
        String sound = key.sign(NAMESPACE, MESSAGE);

        refused(" " + sound, "begin and end");
        refused(sound + "\n", "begin and end");
        refused(sound.replace("\n", "\r\n"), "begin and end");
        refused(sound.replace("-----END", "----END"), "begin and end");
        refused("", "begin and end");
        refused("x".repeat(SshSignature.ARMOURED_CHARS + 1), "more than");
        refused(sound.replaceFirst("\n([A-Za-z0-9])", "\n $1"), "base64");
        refused(sound.replaceFirst("KEY-----\n|URE-----\n", "URE-----\n\n"), "lines are not");
    }

    @Test
    void stockRsaSignaturesOfOldAreRefused() {
        assertThatThrownBy(() -> SshPublicKey.ofLine(file("rsa.pub"))
                        .key()
                        .signed(
                                MESSAGE,
                                Wired.of()
                                        .string("ssh-rsa")
                                        .string(new byte[384])
                                        .bytes()))
                .hasMessageContaining("rsa-sha2-512");
    }

    @Test
    void whatIsNoLineOfAPublicKeyFileIsRefused() {
        String line = file("ed25519.pub").strip();
        String blob = line.substring("ssh-ed25519 ".length(), line.indexOf(" ed25519 key"));
        for (String text : List.of(
                "",
                "ssh-ed25519",
                "ssh-ed25519 " + blob.substring(4),
                "ssh-rsa " + blob,
                "no-pty " + line,
                "ssh-dss AAAAB3NzaC1kc3M=",
                "-----BEGIN OPENSSH PRIVATE KEY-----",
                line + "\n" + line,
                "ssh-ed25519 " + "A".repeat(5_000),
                "ssh-ed25519 "
                        + Base64.getEncoder()
                                .encodeToString(Wired.of()
                                        .string("ssh-ed25519")
                                        .string(new byte[31])
                                        .bytes()))) {
            assertThatThrownBy(() -> SshPublicKey.ofLine(text)).as(text).isInstanceOf(SshFormatException.class);
        }
    }

    @Test
    void smallRsaKeysAreRefused() {
        byte[] small = Wired.of()
                .string("ssh-rsa")
                .string(BigInteger.valueOf(65_537).toByteArray())
                .string(BigInteger.ONE.shiftLeft(1_023).add(BigInteger.ONE).toByteArray())
                .bytes();

        assertThatThrownBy(() -> SshPublicKey.ofBlob(small)).hasMessageContaining("2048 to 8192");
    }

    /** Whatever is done to a signature's bytes, it is refused in words or it is the same signature; nothing else is thrown. */
    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void noMutationPassesForASignature(String type) throws SshFormatException {
        long seed = 20_260_130L;
        SplittableRandom random = new SplittableRandom(seed);
        String armoured = file(type + ".sig");
        byte[] sound = Base64.getMimeDecoder()
                .decode(armoured.replaceAll("-----[A-Z ]+-----", "").getBytes(US_ASCII));
        SshPublicKey signer = SshSignature.signer(armoured, NAMESPACE, MESSAGE);
        for (int round = 0; round < 20_000; round++) {
            byte[] mutant = mutated(sound, random);
            if (Arrays.equals(mutant, sound)) {
                continue;
            }
            String text = random.nextInt(20) == 0
                    ? new String(mutated(armoured.getBytes(US_ASCII), random), UTF_8)
                    : SshKey.armoured(mutant);
            if (text.strip().equals(armoured.strip())) {
                continue;
            }
            try {
                SshPublicKey passed = SshSignature.signer(text, NAMESPACE, MESSAGE);
                throw new AssertionError("seed " + seed + ", round " + round + ": passed for one of " + passed
                        + " (the sound one is of " + signer + ")");
            } catch (SshFormatException e) {
                assertThat(e.message()).isNotEmpty();
            }
        }
    }

    /** A damaged line is refused in words, or it is a line of a key: nothing else is thrown. */
    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void noMutationOfAPublicKeyDoesHarm(String type) {
        SplittableRandom random = new SplittableRandom(20_260_131L);
        byte[] sound = file(type + ".pub").getBytes(US_ASCII);
        for (int round = 0; round < 5_000; round++) {
            try {
                assertThat(SshPublicKey.ofLine(new String(mutated(sound, random), UTF_8))
                                .key()
                                .fingerprint())
                        .startsWith("SHA256:");
            } catch (SshFormatException e) {
                assertThat(e.message()).isNotEmpty();
            }
        }
    }

    private static byte[] mutated(byte[] sound, SplittableRandom random) {
        byte[] mutant = sound.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes && mutant.length > 0; i++) {
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(5)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt(256);
                case 2 -> mutant = Arrays.copyOf(mutant, at);
                case 3 -> mutant = Arrays.copyOf(mutant, mutant.length + 1 + random.nextInt(8));
                default -> {
                    int from = random.nextInt(mutant.length);
                    int length = random.nextInt(Math.min(mutant.length - at, mutant.length - from) + 1);
                    System.arraycopy(mutant.clone(), from, mutant, at, length);
                }
            }
        }
        return mutant;
    }

    private static void refused(String armoured, String why) {
        assertThatThrownBy(() -> SshSignature.signer(armoured, NAMESPACE, MESSAGE))
                .isInstanceOf(SshFormatException.class)
                .hasMessageContaining(why);
    }

    private static byte[] reversed(byte[] bytes) {
        byte[] turned = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            turned[i] = bytes[bytes.length - 1 - i];
        }
        return turned;
    }

    private static String file(String name) {
        try (InputStream in = SshSignatureTest.class.getResourceAsStream("ssh/" + name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
