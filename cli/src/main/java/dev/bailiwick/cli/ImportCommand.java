package dev.bailiwick.cli;

import dev.bailiwick.accountstore.ImportSummary;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.daemon.StoreTransfer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin store import}: a store out of an export. */
@Command(
        name = "import",
        description = {
            "Make a store in the new or empty directory --store DIR of an export, as the next epoch of the store it was made of.",
            "Everything in the file is verified before the directory appears. Where credentials were left out, people enrol again:"
                    + " 'account-admin account new-code NAME --store DIR'."
        })
final class ImportCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "What 'store export' wrote.")
    private Path file = Path.of("");

    @Option(
            names = "--verifier-key",
            paramLabel = "KEY",
            description =
                    "Refuse the file unless this key signed it; a line as 'store checkpoint' prints. Without it the file's own word is"
                            + " taken for who signed it.")
    private @Nullable String verifierKey;

    private final Context context;

    ImportCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        StoreLocation location = context.storeDirectory();
        Optional<ImportSummary> imported = StoreTransfer.importFrom(
                location,
                file.toAbsolutePath(),
                Optional.ofNullable(verifierKey),
                context.host().uid(),
                InstantSource.system(),
                new SecureRandom());
        if (imported.isEmpty()) {
            Json.Obj answer =
                    Json.object().with("store", location.directory().toString()).with("completed", true);
            context.output().answer(answer, Views.fields(answer));
            return;
        }
        ImportSummary made = imported.get();
        Json.Obj answer = Json.object()
                .with("store", location.directory().toString())
                .with("storeId", made.head().storeId().toString())
                .with("storeEpoch", made.head().storeEpoch())
                .with("journalSize", made.head().size())
                .with("records", made.records())
                .with("withoutCredentials", made.withoutCredentials())
                .with("signer", made.signer());
        context.output().answer(answer, Views.fields(answer));
        if (verifierKey == null) {
            context.output()
                    .remark("nothing but the file itself says that its signer is the store's; compare 'signer'");
        }
        if (made.withoutCredentials() > 0) {
            context.output()
                    .remark(
                            "the file held no credentials: give codes out with 'account-admin account new-code NAME --store DIR'");
        }
    }
}
