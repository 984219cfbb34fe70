package dev.bailiwick.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.PolicyVersion;
import dev.bailiwick.schema.gen.PrincipalKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.capnproto.MessageBuilder;
import org.capnproto.Serialize;
import org.capnproto.Text;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Canonical bytes and hashes are what Debian's {@code capnp convert} makes of the same messages. */
@Tag("native-tools")
class CanonicalOracleTest {
    private static final int ROUNDS = 25;
    private static final List<PrincipalKind> KINDS =
            List.of(PrincipalKind.HUMAN, PrincipalKind.OPERATOR, PrincipalKind.SERVICE, PrincipalKind.RECOVERY);
    private static final List<AccountStatus> STATUSES =
            List.of(AccountStatus.ACTIVE, AccountStatus.DISABLED, AccountStatus.RECOVERY_ONLY);

    private final long seed = Long.getLong("bailiwick.seed", System.nanoTime());
    private final Random random = new Random(seed);

    @Test
    void randomAccountsAgree() throws Exception {
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        for (int round = 0; round < ROUNDS; round++) {
            MessageBuilder message = builder();
            fill(message.initRoot(AccountRecord.factory));
            assertThat(Canonical.of(message)).as("seed %d", seed).isEqualTo(converted(message, "AccountRecord"));
        }
    }

    @Test
    void randomCataloguesAgree() throws Exception {
        System.out.println("seed " + seed + " (rerun with -Dbailiwick.seed=" + seed + ")");
        for (int round = 0; round < ROUNDS; round++) {
            MessageBuilder message = builder();
            fill(message.initRoot(PolicyVersion.factory));
            assertThat(Canonical.of(message)).as("seed %d", seed).isEqualTo(converted(message, "PolicyVersion"));
        }
    }

    /** The recipe of docs/format.md: to JSON, drop the field, back to canonical, hash. */
    @Test
    void stockToolsRedoAContentHash() throws Exception {
        MessageBuilder message = new MessageBuilder();
        AccountRecord.Builder account = message.initRoot(AccountRecord.factory);
        fill(account);
        account.setContentHash(new byte[32]);
        byte[] stored = Canonical.of(message);
        byte[] json = run(stored, "convert", "canonical:json", "AccountRecord");
        String withoutHash =
                new String(json, StandardCharsets.UTF_8).replaceFirst("(?s),?\\s*\"contentHash\": \\[[^\\]]*\\]", "");
        byte[] bare = run(withoutHash.getBytes(StandardCharsets.UTF_8), "convert", "json:canonical", "AccountRecord");
        byte[] typeId = {0x33, (byte) 0x93, (byte) 0xb4, 0x55, (byte) 0x81, 0x4c, (byte) 0xe5, (byte) 0x85};
        assertThat(ContentHash.ofRecord(0x85e54c8155b49333L, stored, 10)).isEqualTo(Hash256.sha256(typeId, bare));
    }

    private MessageBuilder builder() {
        return random.nextBoolean()
                ? new MessageBuilder()
                : new MessageBuilder(1 + random.nextInt(20), org.capnproto.BuilderArena.AllocationStrategy.FIXED_SIZE);
    }

    private void fill(AccountRecord.Builder account) {
        if (random.nextBoolean()) {
            account.setRecordId(bytes(16));
        }
        if (random.nextBoolean()) {
            account.setDisplayName(word());
        }
        account.setKind(drawn(KINDS));
        account.setStatus(drawn(STATUSES));
        if (random.nextBoolean()) {
            var refs = account.initCredentialRefs(random.nextInt(3));
            for (int i = 0; i < refs.size(); i++) {
                refs.set(i, new org.capnproto.Data.Reader(bytes(random.nextInt(20))));
            }
        }
        if (random.nextBoolean()) {
            var attributes = account.initAttributes(random.nextInt(4));
            for (var attribute : attributes) {
                if (random.nextBoolean()) {
                    attribute.setName(word());
                }
                if (random.nextBoolean()) {
                    attribute.setValue(word());
                }
            }
        }
        if (random.nextBoolean()) {
            account.initResourceProfile().setEpoch(random.nextInt(2));
        }
        account.setUpdatedAtMs(random.nextLong());
        account.setRecordVersion(random.nextInt(3));
        account.setName(word());
        if (random.nextBoolean()) {
            account.initService().setBinaryPath(word());
        }
    }

    private void fill(PolicyVersion.Builder version) {
        var roles = version.initRoles(random.nextInt(5));
        for (var role : roles) {
            role.setAdministrative(random.nextBoolean());
            role.setManifestOnly(random.nextBoolean());
            if (random.nextBoolean()) {
                role.setName(word());
            }
            if (random.nextBoolean()) {
                var kinds = role.initKinds(random.nextInt(7));
                for (int i = 0; i < kinds.size(); i++) {
                    kinds.set(i, drawn(KINDS));
                }
            }
            if (random.nextBoolean()) {
                var fragments = role.initFragments(random.nextInt(3));
                for (int i = 0; i < fragments.size(); i++) {
                    fragments.set(i, new Text.Reader(word()));
                }
            }
        }
        if (random.nextBoolean()) {
            for (var fragment : version.initFragments(random.nextInt(4))) {
                fragment.initSlots(random.nextInt(3));
            }
        }
        version.setSchemaVersion(random.nextInt(2));
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private <T> T drawn(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private String word() {
        return "abcdefghijklmnop".substring(0, random.nextInt(16));
    }

    private static byte[] converted(MessageBuilder message, String type) throws IOException, InterruptedException {
        ByteArrayOutputStream framed = new ByteArrayOutputStream();
        Serialize.write(Channels.newChannel(framed), message);
        return run(framed.toByteArray(), "convert", "binary:canonical", type);
    }

    private static byte[] run(byte[] input, String verb, String conversion, String type)
            throws IOException, InterruptedException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        Process process = new ProcessBuilder(List.of(
                        "capnp",
                        verb,
                        "-I" + root.resolve("capnp/compiler/src/main/capnp"),
                        conversion,
                        root.resolve("schema/src/main/capnp/record.capnp").toString(),
                        type))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (OutputStream out = process.getOutputStream()) {
            out.write(input);
        }
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isZero();
        return output;
    }
}
