package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.RecordKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code account-admin record ...}: every record of the store by its id, in every version. */
@Command(
        name = "record",
        description = {
            "Look records of every kind up by their ids, as they are and as they were.",
            "Storage roots are part of account records. Credentials are shown without what proves them."
        })
final class RecordCommands {
    /** Kinds by the schema's names. */
    enum Kind {
        account(RecordKind.ACCOUNT),
        resourceProfile(RecordKind.RESOURCE_PROFILE),
        policyProfile(RecordKind.POLICY_PROFILE),
        roleBinding(RecordKind.ROLE_BINDING),
        externalBinding(RecordKind.EXTERNAL_BINDING),
        policyVersion(RecordKind.POLICY_VERSION),
        credential(RecordKind.CREDENTIAL),
        seedManifest(RecordKind.SEED_MANIFEST),
        storeKey(RecordKind.STORE_KEY);

        private final RecordKind wire;

        Kind(RecordKind wire) {
            this.wire = wire;
        }
    }

    private static final String KINDS =
            "account, resourceProfile, policyProfile, roleBinding, externalBinding, policyVersion, credential, seedManifest or"
                    + " storeKey.";

    private final Context context;

    RecordCommands(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the records of a kind, each in its newest version of then.")
    void list(@Parameters(paramLabel = "KIND", description = KINDS) Kind kind, @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Arr answer = new Json.Arr(RecordVersions.all(reader, kind.wire, at.sequence(reader)).stream()
                    .<Json>map(version -> version)
                    .toList());
            context.output().answer(answer, style -> Views.RECORDS.render(answer.objects(), style));
        }
    }

    @Command(name = "show", description = "Show a record, as it is or as it was, and what wrote it.")
    void show(
            @Parameters(paramLabel = "KIND", description = KINDS) Kind kind,
            @Parameters(paramLabel = "ID", description = "Its record id, as 'record list' prints it.") String id,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Obj version = RecordVersions.at(reader, kind.wire, RecordVersions.id(id), at.sequence(reader))
                    .orElseThrow(RecordVersions::notThen);
            context.output().answer(version, style -> Views.record(version, style));
        }
    }

    @Command(
            name = "history",
            description =
                    "List every version of a record, oldest first: who changed what, when and under which approval.")
    void history(
            @Parameters(paramLabel = "KIND", description = KINDS) Kind kind,
            @Parameters(paramLabel = "ID", description = "Its record id, as 'record list' prints it.") String id,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Arr answer = RecordVersions.history(reader, kind.wire, RecordVersions.id(id), at.sequence(reader));
            context.output().answer(answer, style -> Views.RECORD_HISTORY.render(answer.objects(), style));
        }
    }

    @Command(
            name = "prove",
            description = {
                "Print the proof that a version of a record was committed, as 'store prove' does of accounts; not of a credential, whose"
                        + " proof would hold its verifier.",
                "It holds the version's record. 'store verify-proof' checks it without the store."
            })
    void prove(
            @Parameters(paramLabel = "KIND", description = KINDS) Kind kind,
            @Parameters(paramLabel = "ID", description = "Its record id, as 'record list' prints it.") String id,
            @Mixin Provable provable) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            var request = reader.proveRecordRequest();
            request.params().setKind(kind.wire);
            request.params().setRecordId(RecordVersions.id(id));
            request.params().setVersion(provable.version());
            request.params().setSize(provable.size());
            try (var response = request.send().join()) {
                String proof = Shapes.proof(response.get().getResult());
                context.output().answer(Json.object().with("proof", proof), style -> proof);
            }
        }
    }
}
