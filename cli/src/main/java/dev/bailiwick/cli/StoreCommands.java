package dev.bailiwick.cli;

import dev.bailiwick.accountstore.Finding;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.StoreInspector;
import dev.bailiwick.schema.gen.StoreMaintainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin store ...}: the store as a whole, its chains and its integrity. */
@Command(
        name = "store",
        description = "Inspect the store: its head, its integrity, its signed checkpoint, stored bytes.")
final class StoreCommands {
    private static final int AUDIT_LINES = 100;
    private static final int AUDIT_PAGE = 1000;

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
                ProgressLine line =
                        new ProgressLine(context.host(), context.output().isJson())) {
            var request = inspector.verifyRequest();
            line.watcher().ifPresent(watcher -> {
                request.params().setWatcher(watcher);
                watcher.close();
            });
            try (var response = request.send().join()) {
                line.clear();
                Json.Obj report = Shapes.verification(response.get().getReport());
                context.output().answer(report, style -> Views.verification(report, style));
                requireNone(report.list("findings"));
            }
        }
    }

    static void requireNone(Json.Arr findings) {
        int wrong = findings.items().size();
        if (wrong > 0) {
            Json.Obj first = findings.objects().getFirst();
            throw CommandFailure.of(
                    ExitStatus.CORRUPT,
                    Faults.codeOfFinding(first.text("code")),
                    (first.text("code").equals(Finding.UNREADABLE)
                                    ? "the store cannot be read: "
                                    : "the store is damaged: ")
                            + first.text("what") + ": " + first.text("message")
                            + (wrong == 1 ? "" : " (and " + (wrong - 1) + " more)"),
                    Faults.RECOVERY);
        }
    }

    /** {@code store scrub ...}: the check that a daemon runs in the background. */
    @Command(
            name = "scrub",
            description = "Look at the check that the daemon runs over all that is stored, again and again.")
    static final class ScrubCommands {
        private final StoreCommands store;

        ScrubCommands(StoreCommands store) {
            this.store = store;
        }

        @Command(
                name = "status",
                description = {
                    "Show how far it is, when it last finished a whole pass, and what it found.",
                    "Exit status 6 when it found anything, 7 when it does not go on."
                })
        void status() {
            try (Powers powers = store.context.powers(Powers.Use.READ);
                    StoreInspector.Client inspector = powers.storeInspector();
                    var response = inspector.scrubStatusRequest().send().join()) {
                store.printScrub(Shapes.scrub(response.get().getScrub()));
            }
        }

        @Command(
                name = "run",
                description = {
                    "Take it through a whole pass now, at full speed, and show what it found. The store stays in use meanwhile.",
                    "Exit status 6 when it found anything, 7 where no daemon runs it or it does not go on."
                })
        void run() {
            try (Powers powers = store.context.powers(Powers.Use.READ);
                    StoreInspector.Client inspector = powers.storeInspector();
                    var response = inspector.scrubRunRequest().send().join()) {
                Json.Obj scrub = Shapes.scrub(response.get().getScrub());
                if (!scrub.flag("running")) {
                    throw CommandFailure.unavailable(
                            "no daemon checks this store in the background", "'store verify' checks everything now");
                }
                store.printScrub(scrub);
            }
        }
    }

    private void printScrub(Json.Obj scrub) {
        context.output().answer(scrub, style -> Views.scrub(scrub, style));
        requireNone(scrub.list("findings"));
        if (!scrub.text("stopped").isEmpty()) {
            throw CommandFailure.unavailable(
                    "the check in the background has stopped: " + scrub.text("stopped"), "restart the daemon");
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
            name = "prove",
            description = {
                "Print the proof that a version of an account was committed, for others to check without the store.",
                "It holds the version's record, so give it to nobody who may not read that. It shows that the version was committed by"
                        + " that size of the journal, not that it is the newest."
            })
    void prove(@Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin Provable provable) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            var request = reader.proveRequest();
            request.params().setName(name);
            request.params().setVersion(provable.version());
            request.params().setSize(provable.size());
            try (var response = request.send().join()) {
                printProof(Shapes.proof(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "consistency",
            description = {
                "Print the proof that the journal of FROM entries is the beginning of that of TO entries.",
                "It links a checkpoint that somebody kept to a later one: nothing between them was taken away or changed."
            })
    void consistency(
            @Parameters(paramLabel = "FROM", description = "The smaller size, from 1.") long from,
            @Parameters(
                            paramLabel = "TO",
                            arity = "0..1",
                            defaultValue = "0",
                            description = "The greater size. Default: that of the whole journal.")
                    long to) {
        try (Powers powers = context.powers(Powers.Use.READ);
                StoreInspector.Client inspector = powers.storeInspector()) {
            var request = inspector.consistencyRequest();
            request.params().setFrom(positive("FROM", from));
            request.params().setTo(positive("TO", to));
            try (var response = request.send().join()) {
                printProof(Shapes.proof(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "verify-proof",
            description = {
                "Check a proof of 'prove' or 'consistency', without the store and without a daemon.",
                "Exit status 6 if it is refused. Name what you trust already: the store's public key, a checkpoint you kept, or both.",
                "Without either, a proof only holds together: whoever made it may have made all of it."
            })
    void verifyProof(
            @Parameters(paramLabel = "FILE", description = "The proof.") Path file,
            @Option(
                            names = "--checkpoint",
                            paramLabel = "FILE",
                            description = "A checkpoint that you kept. If it is of another size, --link is needed too.")
                    @Nullable
                    Path checkpoint,
            @Option(
                            names = "--public-key",
                            paramLabel = "KEY|FILE",
                            description =
                                    "The store's verifier key, as 'checkpoint' prints it. Any key of its chain will do.")
                    @Nullable
                    String publicKey,
            @Option(
                            names = "--link",
                            paramLabel = "FILE",
                            description = "A proof of 'consistency' between the checkpoint kept and that of the proof.")
                    @Nullable
                    Path link) {
        Json.Obj verdict = ProofCommands.verify(file, checkpoint, publicKey, link);
        context.output().answer(verdict, Views.fields(verdict));
        context.output().remark(ProofCommands.remark(verdict));
    }

    @Command(
            name = "rotate-key",
            description = {
                "Let a new key sign the store's checkpoints. Needs the store's directory: --store DIR.",
                "The key in use names the new one in a journal entry, so that who trusts the one can follow to the other.",
                "What was signed before stays good."
            })
    void rotateKey() {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                StoreMaintainer.Client maintainer = powers.storeMaintainer();
                var response = maintainer.rotateKeyRequest().send().join()) {
            Json.Obj rotated = Shapes.rotation(response.get().getResult());
            context.output().answer(rotated, Views.fields(rotated));
        }
    }

    @Command(
            name = "audit",
            description = {
                "List the audit chain, oldest first: who did or tried what, when, and what came of it.",
                "Needs the store's directory: --store DIR. 'audit query' does the same in the session of a security auditor."
            })
    void audit(
            @Option(
                            names = "--from",
                            paramLabel = "SEQ",
                            defaultValue = "0",
                            description = "From this audit sequence number on. Default: the last 100.")
                    long from,
            @Option(
                            names = "--kind",
                            paramLabel = "KIND",
                            description = "Only of this kind, such as login, admin, store.export, scrub or emergency.")
                    @Nullable
                    String kind) {
        try (Powers powers = context.powers(Powers.Use.READ);
                StoreMaintainer.Client maintainer = powers.storeMaintainer();
                StoreInspector.Client inspector = powers.storeInspector()) {
            long next = from > 0 ? from : lastAudited(inspector) - AUDIT_LINES + 1;
            List<Json> lines = new ArrayList<>();
            while (true) {
                var request = maintainer.auditRequest();
                request.params().setFrom(Math.max(1, next));
                request.params().setLimit(AUDIT_PAGE);
                try (var response = request.send().join()) {
                    List<Json.Obj> page =
                            Shapes.audit(response.get().getResult()).objects();
                    if (page.isEmpty()) {
                        break;
                    }
                    page.stream()
                            .filter(line -> kind == null || line.text("kind").equals(kind))
                            .forEach(lines::add);
                    next = page.getLast().number("sequence") + 1;
                }
            }
            Json.Arr answer = new Json.Arr(lines);
            context.output().answer(answer, style -> Views.AUDIT.render(answer.objects(), style));
        }
    }

    private static long lastAudited(StoreInspector.Client inspector) {
        try (var response = inspector.headRequest().send().join()) {
            return response.get().getHead().getAuditSize();
        }
    }

    @Command(
            name = "rebuild-indexes",
            description = {
                "Derive the index anew from the records, after 'verify' found only index rows damaged.",
                "A damaged record is refused, not guessed. Needs a lease of storage-repair, or the store's directory: --store DIR."
            })
    void rebuildIndexes() {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                StoreMaintainer.Client maintainer = powers.storeMaintainer();
                var response = maintainer.rebuildIndexesRequest().send().join()) {
            Json.Obj rebuilt = Shapes.rebuild(response.get().getResult());
            context.output().answer(rebuilt, Views.fields(rebuilt));
        }
    }

    private void printProof(String proof) {
        context.output().answer(Json.object().with("proof", proof), style -> proof);
    }

    /** A number that may be left out, as 0. */
    static long positive(String what, long number) {
        if (number < 0) {
            throw CommandFailure.usage(what + " is not negative", "'store head' shows the journal's size");
        }
        return number;
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
