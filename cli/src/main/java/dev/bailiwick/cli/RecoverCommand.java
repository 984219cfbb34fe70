package dev.bailiwick.cli;

import dev.bailiwick.accountstore.RecoverySummary;
import dev.bailiwick.accountstore.RecoveryTerms;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.daemon.StoreTransfer;
import dev.bailiwick.profiles.SeedPlan;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code account-admin store recover}: a working store out of a damaged one. */
@Command(
        name = "recover",
        description = {
            "Make a working store of what is left in --store DIR and of its manifest, and set the directory as it was aside.",
            "Accounts keep their ids and homes. What the anchor does not prove to be the newest comes back without authority: accounts for"
                    + " recovery only, roles and external bindings revoked, credentials left out. The manifest's own people get one-time"
                    + " codes. Read docs/recovery.md first."
        })
final class RecoverCommand implements Runnable {
    @Option(
            names = "--manifest",
            required = true,
            paramLabel = "FILE",
            description =
                    "The manifest the store was made from; another one is refused. If the file is lost: 'store manifest' prints it.")
    private Path manifest = Path.of("");

    @Option(
            names = "--as-newest",
            description =
                    "You vouch that no newer copy exists, and that what it says is in force: statuses, roles and credentials stay as they"
                            + " are. Journalled as your word.")
    private boolean asNewest;

    @Option(
            names = "--manifest-alone",
            description =
                    "Begin anew from the manifest if nothing of the store can be read: no account but the manifest's, no home. Without it that is"
                            + " refused.")
    private boolean manifestAlone;

    private final Context context;

    RecoverCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        StoreLocation location = context.storeDirectory();
        SeedPlan seeds = Manifests.read(manifest, context.output());
        StoreTransfer.Recovered recovered = StoreTransfer.recover(
                location,
                seeds,
                asNewest ? RecoveryTerms.Trust.OPERATOR : RecoveryTerms.Trust.ANCHOR,
                manifestAlone,
                context.host().uid(),
                InstantSource.system(),
                new SecureRandom());
        Json.Obj answer = answer(location, recovered);
        context.output().answer(answer, style -> text(answer, recovered, style));
    }

    private static Json.Obj answer(StoreLocation location, StoreTransfer.Recovered recovered) {
        Json.Obj answer = Json.object()
                .with("store", location.directory().toString())
                .with("setAside", recovered.setAside().map(Path::toString).orElse(""))
                .with("completed", recovered.summary().isEmpty())
                .with("fromRepair", recovered.fromRepair())
                .with("storageRows", recovered.storageRows())
                .with("storageGaps", recovered.storageGaps())
                .with(
                        "codes",
                        new Json.Arr(recovered.codes().stream()
                                .map(InitCommand::code)
                                .toList()));
        if (recovered.summary().isEmpty()) {
            return answer;
        }
        RecoverySummary summary = recovered.summary().get();
        return answer.with("scope", summary.scope().word())
                .with("storeId", summary.head().storeId().toString())
                .with("storeEpoch", summary.head().storeEpoch())
                .with(
                        "predecessorSize",
                        summary.predecessor().map(head -> head.size()).orElse(0L))
                .with("accountsKept", summary.accountsKept())
                .with("accountsRestricted", texts(summary.accountsRestricted()))
                .with("restricted", summary.restricted())
                .with("accountsSeeded", texts(summary.accountsSeeded()))
                .with("bindingsRevoked", summary.bindingsRevoked())
                .with("notes", texts(summary.notes()));
    }

    private static Json.Arr texts(List<String> texts) {
        return new Json.Arr(texts.stream().<Json>map(Json.Text::new).toList());
    }

    private static String text(Json.Obj answer, StoreTransfer.Recovered recovered, Style style) {
        StringBuilder text = new StringBuilder();
        if (recovered.summary().isEmpty()) {
            text.append(
                    "completed the recovery that was interrupted; one-time codes that it drew are lost, give new ones with"
                            + " 'account-admin account new-code NAME --store DIR'\n");
        } else {
            text.append("recovered ")
                    .append(Printable.text(answer.text("store")))
                    .append(" as epoch ")
                    .append(answer.get("storeEpoch"))
                    .append("; proved: ")
                    .append(answer.text("scope"))
                    .append("\n");
            text.append("accounts kept as they were: ")
                    .append(answer.get("accountsKept"))
                    .append("\n");
            text.append("accounts for recovery only until enabled: ")
                    .append(answer.get("restricted"))
                    .append("\n");
            recovered
                    .summary()
                    .get()
                    .accountsRestricted()
                    .forEach(name ->
                            text.append("  ").append(Printable.text(name)).append("\n"));
            text.append("bindings revoked: ")
                    .append(answer.get("bindingsRevoked"))
                    .append("\n");
            recovered
                    .summary()
                    .get()
                    .notes()
                    .forEach(note ->
                            text.append("note: ").append(Printable.text(note)).append("\n"));
        }
        if (recovered.fromRepair()) {
            text.append(
                    "note: RocksDB's own files were damaged at their root; what its repair made of a copy was read\n");
        }
        recovered
                .setAside()
                .ifPresent(place -> text.append("the directory as it was: ")
                        .append(Printable.text(place.toString()))
                        .append("\n"));
        if (!recovered.codes().isEmpty()) {
            text.append("\n")
                    .append(InitCommand.CODES.render(answer.list("codes").objects(), style));
        }
        return text.append(
                        "\nenable accounts with 'account-admin account enable NAME --store DIR', give roles back with 'account role add',")
                .append(" and codes out with 'account new-code'\n")
                .toString();
    }
}
