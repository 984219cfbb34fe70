package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.StoreInspector;
import java.util.HexFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin store ...}: the store as a whole, its chains and its integrity. */
@Command(
        name = "store",
        description = "Inspect the store: its head, its integrity, its signed checkpoint, stored bytes.")
final class StoreCommands {
    private final Context context;

    StoreCommands(Context context) {
        this.context = context;
    }

    @Command(name = "head", description = "Show how far the journal and audit chains reach, and what the anchor holds.")
    void head() {
        try (Powers powers = context.powers(Powers.Use.READ);
                StoreInspector.Client inspector = powers.storeInspector();
                var response = inspector.headRequest().send().join()) {
            Json.Obj head = Shapes.head(response.get().getHead());
            context.output().answer(head, Views.fields(head));
        }
    }

    @Command(
            name = "verify",
            description = {
                "Check every record, journal entry, index row and audit entry against the hash chains.",
                "Exit status 6 when anything is wrong; each finding names the record, entry or row."
            })
    void verify() {
        try (Powers powers = context.powers(Powers.Use.READ);
                StoreInspector.Client inspector = powers.storeInspector();
                var response = inspector.verifyRequest().send().join()) {
            Json.Obj report = Shapes.verification(response.get().getReport());
            context.output().answer(report, style -> Views.verification(report, style));
            int wrong = report.list("findings").items().size();
            if (wrong > 0) {
                Json.Obj first = report.list("findings").objects().getFirst();
                throw CommandFailure.of(
                        ExitStatus.CORRUPT,
                        Faults.codeOfFinding(first.text("code")),
                        "the store is damaged: " + first.text("what") + ": " + first.text("message")
                                + (wrong == 1 ? "" : " (and " + (wrong - 1) + " more)"),
                        Faults.RECOVERY);
            }
        }
    }

    @Command(
            name = "checkpoint",
            description = {
                "Print a signed checkpoint of the newest head, a C2SP tlog-checkpoint note that third-party verifiers read.",
                "The verifier key goes to standard error, so that the note can be piped."
            })
    void checkpoint() {
        try (Powers powers = context.powers(Powers.Use.READ);
                StoreInspector.Client inspector = powers.storeInspector();
                var response = inspector.checkpointRequest().send().join()) {
            Json.Obj checkpoint = Json.object()
                    .with("note", response.get().getNote().toString())
                    .with("publicKey", response.get().getPublicKey().toString());
            context.output().remark("verifier key: " + checkpoint.text("publicKey"));
            context.output().answer(checkpoint, style -> checkpoint.text("note"));
        }
    }

    @Command(
            name = "record",
            description = {
                "Print the stored canonical bytes of an account's current version.",
                "With --raw as they are, for instance for 'capnp convert'; otherwise in hexadecimal."
            })
    void record(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Option(names = "--raw", description = "The bytes themselves, nothing else.") boolean raw) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            var request = reader.rawRecordRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                byte[] bytes = Shapes.rawRecord(response.get().getResult());
                if (raw) {
                    context.output().raw().writeBytes(bytes);
                } else {
                    Json.Obj answer = Json.object().with("bytes", HexFormat.of().formatHex(bytes));
                    context.output().answer(answer, style -> Views.hexDump(bytes));
                }
            }
        }
    }
}
