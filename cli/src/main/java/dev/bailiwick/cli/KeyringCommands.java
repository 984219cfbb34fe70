package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.KeyResult;
import dev.bailiwick.schema.gen.Keyring;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick keyring ...}: the use of keys that nobody sees. */
@Command(
        name = "keyring",
        description = {
            "Seal, unseal and sign with keys of the account that never leave the daemon.",
            "Each class of data has keys of its own: a CLASS is 1 to 64 of a-z, 0-9, '.' and '-'."
        })
final class KeyringCommands {
    /** The most bytes of a call, and one more by which too many are told. */
    private static final int MOST_BYTES = (1 << 20) + 64;

    private final Context context;

    KeyringCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "list",
            description =
                    "List the classes and versions of keys there are, with the public keys that check signatures.")
    void list() {
        try (LiveSession session = context.session();
                Keyring.Client keyring = keyring(session);
                var response = keyring.listRequest().send().join()) {
            Json.Arr answer = Shapes.keys(response.get().getKeys());
            context.output().answer(answer, style -> Views.KEYS.render(answer.objects(), style));
        }
    }

    @Command(
            name = "seal",
            description = {
                "Encrypt FILE or standard input, at most 1 MiB, and write what it became to standard output.",
                "Only this account's keyring unseals it, and only for the same class and context. A class without a key gets one."
            })
    void seal(
            @Parameters(paramLabel = "CLASS", description = "The class of data.") String dataClass,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "What to seal; default or '-': standard input.")
                    @Nullable
                    Path file,
            @Option(
                            names = "--context",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "What the bytes belong to, such as a file's name; unsealing takes the same.")
                    String belongsTo)
            throws IOException {
        byte[] plain = input(file);
        try (LiveSession session = context.session();
                Keyring.Client keyring = keyring(session)) {
            var request = keyring.sealRequest();
            request.params().setDataClass(dataClass);
            request.params().setPlain(plain);
            request.params().setContext(belongsTo.getBytes(StandardCharsets.UTF_8));
            try (var response = request.send().join()) {
                write(response.get().getResult());
            }
        }
    }

    @Command(
            name = "unseal",
            description = "Decrypt what 'seal' made, from FILE or standard input, and write it to standard output.")
    void unseal(
            @Parameters(paramLabel = "CLASS", description = "The class of data.") String dataClass,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "What was sealed; default or '-': standard input.")
                    @Nullable
                    Path file,
            @Option(
                            names = "--context",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "What it was sealed with.")
                    String belongsTo)
            throws IOException {
        byte[] sealed = input(file);
        try (LiveSession session = context.session();
                Keyring.Client keyring = keyring(session)) {
            var request = keyring.unsealRequest();
            request.params().setDataClass(dataClass);
            request.params().setSealed(sealed);
            request.params().setContext(belongsTo.getBytes(StandardCharsets.UTF_8));
            try (var response = request.send().join()) {
                write(response.get().getResult());
            }
        }
    }

    @Command(
            name = "sign",
            description = {
                "Sign FILE or standard input, at most 1 MiB: an Ed25519 signature of 64 bytes, on standard output.",
                "The class's newest key signs; 'keyring list' shows its public key."
            })
    void sign(
            @Parameters(paramLabel = "CLASS", description = "The class of data.") String dataClass,
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "What to sign; default or '-': standard input.")
                    @Nullable
                    Path file)
            throws IOException {
        byte[] message = input(file);
        try (LiveSession session = context.session();
                Keyring.Client keyring = keyring(session)) {
            var request = keyring.signRequest();
            request.params().setDataClass(dataClass);
            request.params().setMessage(message);
            try (var response = request.send().join()) {
                write(response.get().getResult());
            }
        }
    }

    @Command(
            name = "rotate",
            description = {
                "Make a fresh key of a class, which seals and signs from now on.",
                "What older ones sealed can still be unsealed."
            })
    void rotate(@Parameters(paramLabel = "CLASS", description = "The class of data.") String dataClass) {
        try (LiveSession session = context.session();
                Keyring.Client keyring = keyring(session)) {
            var request = keyring.rotateRequest();
            request.params().setDataClass(dataClass);
            try (var response = request.send().join()) {
                int version = ByteBuffer.wrap(Shapes.keyBytes(response.get().getResult()))
                        .getInt();
                Json.Obj answer = Json.object().with("dataClass", dataClass).with("version", version);
                context.output()
                        .answer(
                                answer,
                                style -> "class " + Printable.text(dataClass) + " is at version " + version + "\n");
            }
        }
    }

    private static Keyring.Client keyring(LiveSession session) {
        return session.held("keyring", session.bundle().getKeyring());
    }

    private byte[] input(@Nullable Path file) throws IOException {
        try (InputStream from =
                file == null || file.toString().equals("-") ? context.host().in() : Files.newInputStream(file)) {
            return from.readNBytes(MOST_BYTES + 1);
        }
    }

    private void write(KeyResult.Reader result) throws IOException {
        byte[] bytes = Shapes.keyBytes(result);
        context.output().raw().write(bytes);
        context.output().raw().flush();
    }
}
