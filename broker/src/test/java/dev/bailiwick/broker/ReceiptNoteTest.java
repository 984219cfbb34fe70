package dev.bailiwick.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.accountstore.Checkpoint;
import dev.bailiwick.schema.gen.SessionBundle;
import dev.bailiwick.schema.gen.UserSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts as the store's key signs them. */
class ReceiptNoteTest {
    private record Signed(String note, String key) {}

    @Test
    void theReceiptsSayWhatIsHeldAndWhyAndOnWhichStateThatWasDecided() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            List<String> lines = receipts(alice).note().lines().toList();

            assertThat(lines.getFirst()).matches("bailiwick/sto-[0-9a-f]{32}/1/receipts");
            assertThat(lines.get(1)).matches("session ses-[0-9a-f]{32} local of [a-z]+-[0-9a-f]{32} alice");
            assertThat(lines)
                    .contains("shows the state it was decided on, and not that nothing is newer")
                    .contains("slot home granted Namespace full homeQuotaBytes 67108864")
                    .contains("slot terminal no-terminal")
                    .anyMatch(line -> line.startsWith(" from account ") && line.endsWith(" alice"))
                    .anyMatch(line -> line.startsWith("journal "));
            assertThat(lines).filteredOn(line -> line.startsWith("slot ")).hasSize(32);
        }
    }

    @Test
    void whatWasRevokedSinceIsNotShownAsHeld() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Holder alice = world.alice(operator);
            operator.removeRole("alice", "local-user");

            assertThat(receipts(alice).note()).contains(" revoked the binding of role \"local-user\" was changed\n");
        }
    }

    @Test
    void aNameCannotPassForALine() {
        try (World world = World.seeded()) {
            Holder operator = world.operator();
            Signed signed = receipts(operator);

            assertThat(signed.note().substring(0, signed.note().indexOf("\n\n")).lines())
                    .allMatch(line -> line.startsWith("bailiwick/")
                            || line.matches("(session|issued|journal|policy|shows|slot| rule| from| revoked) .*"));
        }
    }

    @Test
    void aStatementOfReceiptsIsNoCheckpoint() {
        try (World world = World.seeded()) {
            Signed signed = receipts(world.operator());

            assertThat(Checkpoint.open(signed.note(), signed.key())).isEmpty();
        }
    }

    /** Written from docs/format.md, with openssl for the signature. */
    @Test
    @Tag("native-tools")
    void opensslVerifiesTheSignatureAndRefusesAnotherText(@TempDir Path directory) throws Exception {
        try (World world = World.seeded()) {
            Signed signed = receipts(world.alice(world.operator()));
            int split = signed.note().indexOf("\n\n");
            String text = signed.note().substring(0, split + 1);
            String[] signature = signed.note().substring(split + 2).strip().split(" ", -1);
            byte[] blob = Base64.getDecoder().decode(signature[2]);
            String[] key = signed.key().split("\\+", 3);
            byte[] typed = Base64.getDecoder().decode(key[2]);
            byte[] name = (key[0] + "\n").getBytes(UTF_8);
            byte[] id = MessageDigest.getInstance("SHA-256").digest(concat(name, typed));

            assertThat(signature[1])
                    .isEqualTo(key[0])
                    .isEqualTo(text.lines().findFirst().orElseThrow());
            assertThat(HexFormat.of().formatHex(id, 0, 4)).isEqualTo(key[1]);
            assertThat(Arrays.copyOf(blob, 4)).isEqualTo(Arrays.copyOf(id, 4));
            byte[] info = HexFormat.of().parseHex("302a300506032b6570032100");
            Files.write(directory.resolve("key"), concat(info, Arrays.copyOfRange(typed, 1, typed.length)));
            Files.write(directory.resolve("signature"), Arrays.copyOfRange(blob, 4, blob.length));
            assertThat(openssl(directory, text)).isZero();
            assertThat(openssl(directory, text.replace("granted", "granteD"))).isNotZero();
        }
    }

    private static int openssl(Path directory, String text) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("text"), text);
        return new ProcessBuilder(
                        "openssl",
                        "pkeyutl",
                        "-verify",
                        "-pubin",
                        "-keyform",
                        "DER",
                        "-inkey",
                        "key",
                        "-rawin",
                        "-in",
                        "text",
                        "-sigfile",
                        "signature")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("said").toFile())
                .start()
                .waitFor();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static Signed receipts(Holder holder) {
        UserSession.Client session = holder.hold(SessionBundle.Reader::getSession);
        try (var response = session.receiptsRequest().send().join()) {
            return new Signed(
                    response.get().getStatement().toString(),
                    response.get().getPublicKey().toString());
        }
    }
}
