package dev.bailiwick.cli;

import dev.bailiwick.daemon.IssuedCode;
import dev.bailiwick.daemon.StoreLocation;
import dev.bailiwick.daemon.StoreMaker;
import dev.bailiwick.profiles.SeedPlan;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bailiwick init}: makes a store. */
@Command(
        name = "init",
        description = {
            "Make a new store, seeded from a manifest, and its rollback anchor.",
            "Prints a one-time enrolment code for each person the manifest names; there is no default password, and the codes are"
                    + " shown once, here."
        })
final class InitCommand implements Runnable {
    static final Table CODES = Table.table()
            .column("ACCOUNT", "name")
            .column("ENROLMENT CODE", "enrolmentCode")
            .column("WORKS UNTIL", row -> Printable.time(row.number("codeExpiresAtMs")));

    @Option(names = "--store", required = true, paramLabel = "DIR", description = "Where; a new or empty directory.")
    private Path store = Path.of("");

    @Option(names = "--manifest", required = true, paramLabel = "FILE", description = "The seed manifest, in TOML.")
    private Path manifest = Path.of("");

    @Option(
            names = "--anchor",
            paramLabel = "FILE",
            description =
                    "Where the newest head is kept, so that an older copy of the store is noticed. Better on another volume."
                            + " 'none' makes no anchor, and a rollback cannot be detected. Default: DIR.anchor.")
    private @Nullable Path anchor;

    private final Context context;

    InitCommand(Context context) {
        this.context = context;
    }

    @Override
    public void run() {
        SeedPlan seeds = Manifests.read(manifest, context.output());
        StoreLocation location = StoreLocation.of(store, Optional.ofNullable(anchor));
        List<IssuedCode> codes = StoreMaker.make(location, seeds, InstantSource.system(), new SecureRandom());
        Json.Obj answer = Json.object()
                .with("store", location.directory().toString())
                .with("anchor", location.anchor().toString())
                .with("accounts", seeds.accounts().size())
                .with(
                        "codes",
                        new Json.Arr(codes.stream().map(InitCommand::code).toList()));
        context.output().answer(answer, style -> text(answer, style));
    }

    static Json code(IssuedCode code) {
        return Json.object()
                .with("name", code.name())
                .with("enrolmentCode", code.code())
                .with("codeExpiresAtMs", code.expiresAt().toEpochMilli());
    }

    private static String text(Json.Obj made, Style style) {
        return "made a store with " + made.get("accounts") + " accounts in " + Printable.text(made.text("store"))
                + ", anchored in " + Printable.text(made.text("anchor")) + "\n\n"
                + CODES.render(made.list("codes").objects(), style)
                + "\nserve it: bailiwickd --store " + Printable.text(made.text("store"))
                + "\nthen set a first password: bailiwick enroll NAME\n";
    }
}
