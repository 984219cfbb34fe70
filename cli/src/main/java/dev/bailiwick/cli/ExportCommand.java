package dev.bailiwick.cli;

import dev.bailiwick.accountstore.ExportCredentials;
import dev.bailiwick.accountstore.ExportSummary;
import dev.bailiwick.daemon.StoreTransfer;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin store export}: a whole store in one signed file. */
@Command(
        name = "export",
        description = {
            "Write every record version, the journal, the audit chain and a signed checkpoint to a new file of mode 0600.",
            "Needs --store DIR. Credentials are left out unless asked for, so that nothing in the file helps to guess a password; homes are"
                    + " never in it."
        })
final class ExportCommand implements Runnable {
    @Parameters(paramLabel = "FILE", description = "Where to; must not exist.")
    private Path file = Path.of("");

    @Option(
            names = "--with-credentials",
            description =
                    "Include credentials, so that nobody has to enrol again. Whoever gets the file can then try to guess passwords:"
                            + " encrypt it. That you did this, and when, is audited first; where it cannot be, nothing is"
                            + " written.")
    private boolean withCredentials;

    private final Context context;

    ExportCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        ExportSummary made = StoreTransfer.export(
                context.storeDirectory(),
                file.toAbsolutePath(),
                withCredentials ? ExportCredentials.INCLUDED : ExportCredentials.WITHHELD,
                context.host().uid());
        Json.Obj answer = Json.object()
                .with("file", file.toAbsolutePath().toString())
                .with("storeId", made.head().storeId().toString())
                .with("storeEpoch", made.head().storeEpoch())
                .with("journalSize", made.head().size())
                .with("journalRoot", made.head().root().toString())
                .with("auditSize", made.head().auditSize())
                .with("records", made.records())
                .with("credentialsWithheld", made.withheld());
        context.output().answer(answer, Views.fields(answer));
        if (withCredentials) {
            context.output().remark("the file holds password verifiers: keep it encrypted");
        }
    }
}
