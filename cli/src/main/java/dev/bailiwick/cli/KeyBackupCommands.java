package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.KeyBackup;
import dev.bailiwick.schema.gen.KeyResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bailiwick keyring backup ...}: keys out of the keyring and back, for whoever holds the lease that gives that. */
@Command(
        name = "backup",
        description = {
            "Take keys of the account out of the daemon, encrypted under a passphrase, and put them back.",
            "The bundle does not have this. Ask for it: bailiwick request key-backup --reason TEXT; each use is audited."
        })
final class KeyBackupCommands {
    /** More than any backup has, so that too many bytes are told by the daemon. */
    private static final int MOST_BYTES = 1 << 20;

    private final Context context;

    KeyBackupCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "export",
            description = {
                "Write all versions of a class's keys to standard output, encrypted under a passphrase of 8 to 1024 bytes.",
                "Whoever has both has the keys for good: rotating or disabling takes nothing back from them."
            })
    void export(
            @Parameters(paramLabel = "CLASS", description = "The class of data.") String dataClass,
            @Option(
                            names = "--passphrase-stdin",
                            description = "Read the passphrase from the first line of standard input.")
                    boolean fromInput)
            throws IOException {
        byte[] passphrase = fromInput
                ? context.secrets().fromInput("passphrase")
                : context.secrets().newFromPerson("new passphrase", "--passphrase-stdin");
        try (LiveSession session = context.session();
                KeyBackup.Client backup = backup(session)) {
            var request = backup.exportRequest();
            request.params().setDataClass(dataClass);
            request.params().setPassphrase(passphrase);
            try (var response = request.send().join()) {
                context.output().raw().write(bytes(response.get().getResult()));
                context.output().raw().flush();
            }
        } finally {
            Arrays.fill(passphrase, (byte) 0);
        }
    }

    @Command(
            name = "restore",
            description = {
                "Put back the keys of a backup, from FILE or standard input, that are missing or cannot be unwrapped any more.",
                "Only the account that made it can. Keys that are in use stay as they are."
            })
    void restore(
            @Parameters(
                            paramLabel = "FILE",
                            arity = "0..1",
                            description = "What 'export' wrote; default or '-': standard input.")
                    @Nullable
                    Path file,
            @Option(
                            names = "--passphrase-stdin",
                            description =
                                    "Read the passphrase from the first line of standard input; the backup may follow it.")
                    boolean fromInput)
            throws IOException {
        byte[] passphrase = fromInput
                ? context.secrets().fromInput("passphrase")
                : context.secrets().fromPerson("passphrase", "--passphrase-stdin");
        try (LiveSession session = context.session();
                KeyBackup.Client backup = backup(session)) {
            var request = backup.restoreRequest();
            request.params().setBackup(input(file));
            request.params().setPassphrase(passphrase);
            try (var response = request.send().join()) {
                int version = ByteBuffer.wrap(bytes(response.get().getResult())).getInt();
                Json.Obj answer = Json.object().with("version", version);
                context.output().answer(answer, style -> "restored; the newest key in it is version " + version + "\n");
            }
        } finally {
            Arrays.fill(passphrase, (byte) 0);
        }
    }

    private static KeyBackup.Client backup(LiveSession session) {
        return session.held("keyBackup", session.bundle().getKeyBackup());
    }

    private static byte[] bytes(KeyResult.Reader result) {
        return Shapes.keyBytes(result);
    }

    private byte[] input(@Nullable Path file) throws IOException {
        try (InputStream from =
                file == null || file.toString().equals("-") ? context.host().in() : Files.newInputStream(file)) {
            return from.readNBytes(MOST_BYTES);
        }
    }
}
