package dev.bailiwick.cli;

import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.BindingInfo;
import dev.bailiwick.schema.gen.ProviderKind;
import dev.bailiwick.schema.gen.RecordKind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin binding ...}: which outside subjects are admitted as which accounts. */
@Command(
        name = "binding",
        description = {
            "Bind subjects of outside identity providers to accounts.",
            "The subject itself is not stored, only a hash of it. Roles are bound with 'account role'."
        })
final class BindingCommands {
    private static final int PAGE = 100;

    /** What sort of provider it is, as the schema spells it. */
    enum Kind {
        oidc(ProviderKind.OIDC),
        passkey(ProviderKind.PASSKEY),
        cloud(ProviderKind.CLOUD),
        certificate(ProviderKind.CERTIFICATE);

        private final ProviderKind wire;

        Kind(ProviderKind wire) {
            this.wire = wire;
        }
    }

    private final Context context;

    BindingCommands(Context context) {
        this.context = context;
    }

    @Command(name = "list", description = "List the bindings, disabled ones too, as they are or as they were.")
    void list(
            @Option(names = "--account", paramLabel = "NAME", description = "Only those of this account.") @Nullable
                    String account,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            long sequence = at.sequence(reader);
            List<Json> bindings = new ArrayList<>();
            byte[] after = {};
            do {
                var request = reader.bindingsRequest();
                request.params().setAfter(after);
                request.params().setLimit(PAGE);
                try (var response = request.send().join()) {
                    for (BindingInfo.Reader info : response.get().getBindings()) {
                        if (account == null || info.getAccountName().toString().equals(account)) {
                            then(reader, Shapes.bindingInfo(info), sequence).ifPresent(bindings::add);
                        }
                    }
                    after = response.get().getNext().toArray();
                }
            } while (after.length > 0);
            Json.Arr answer = new Json.Arr(bindings);
            context.output().answer(answer, style -> Views.BINDINGS.render(answer.objects(), style));
        }
    }

    @Command(name = "show", description = "Show one binding, as it is or as it was.")
    void show(
            @Parameters(paramLabel = "ID", description = "Its id, as 'binding list' prints it.") String id,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Obj binding =
                    then(reader, lookup(reader, id), at.sequence(reader)).orElseThrow(RecordVersions::notThen);
            context.output().answer(binding, style -> Views.binding(binding, style));
        }
    }

    @Command(
            name = "history",
            description =
                    "List every version of a binding, oldest first: who changed what, when and under which approval.")
    void history(
            @Parameters(paramLabel = "ID", description = "Its id, as 'binding list' prints it.") String id,
            @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Arr answer = RecordVersions.history(
                    reader, RecordKind.EXTERNAL_BINDING, recordId(lookup(reader, id)), at.sequence(reader));
            context.output().answer(answer, style -> Views.RECORD_HISTORY.render(answer.objects(), style));
        }
    }

    private static Json.Obj lookup(AccountStoreReader.Client reader, String id) {
        var request = reader.bindingRequest();
        request.params().setBindingId(parse(id));
        try (var response = request.send().join()) {
            return Shapes.binding(response.get().getResult());
        }
    }

    /** The binding as it was, with the name that its account has now. */
    private static Optional<Json.Obj> then(AccountStoreReader.Client reader, Json.Obj info, long sequence) {
        return sequence == 0
                ? Optional.of(info)
                : RecordVersions.at(reader, RecordKind.EXTERNAL_BINDING, recordId(info), sequence)
                        .map(version -> info.with("binding", version.object("externalBinding")));
    }

    private static byte[] recordId(Json.Obj info) {
        return RecordVersions.id(info.object("binding").text("recordId"));
    }

    @Command(
            name = "create",
            description = {
                "Admit a subject of an outside provider as an account.",
                "A disabled binding of the same subject to the same account is put in force again; a subject is never bound to another"
                        + " account."
            })
    void create(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Option(
                            names = "--provider",
                            required = true,
                            paramLabel = "PROVIDER",
                            description =
                                    "Issuer, cloud provider or certificate authority, exactly as it states itself.")
                    String provider,
            @Option(
                            names = "--provider-kind",
                            paramLabel = "KIND",
                            defaultValue = "oidc",
                            description = "oidc, passkey, cloud or certificate. Default: oidc.")
                    Kind kind,
            @Option(
                            names = "--tenant",
                            paramLabel = "TENANT",
                            defaultValue = "",
                            description = "Tenant. Default: none.")
                    String tenant,
            @Option(
                            names = "--subject",
                            required = true,
                            paramLabel = "SUBJECT",
                            description = "The provider's stable identifier of the subject, such as the claim 'sub'.")
                    String subject,
            @Option(
                            names = "--claim",
                            paramLabel = "CLAIM",
                            description = "Name of a claim that policy may look at; may be repeated.")
                    @Nullable
                    List<String> claims,
            @Option(
                            names = "--days",
                            paramLabel = "DAYS",
                            defaultValue = "90",
                            description = "For how many days, 1 to 366. Default: 90.")
                    int days,
            @Option(
                            names = "--resource-profile",
                            paramLabel = "PROFILE",
                            defaultValue = "",
                            description = "Quotas of sessions so admitted. Default: external.")
                    String resourceProfile,
            @Option(
                            names = "--policy-profile",
                            paramLabel = "PROFILE",
                            defaultValue = "",
                            description = "Policy of sessions so admitted. Default: external.")
                    String policyProfile,
            @Option(
                            names = "--until",
                            paramLabel = "TIME",
                            description = "Until this time instead, such as 2026-12-24T18:00:00Z.")
                    @Nullable
                    String until,
            @Mixin Once once) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.createBindingRequest();
            request.params().setName(name);
            request.params().setProvider(provider);
            request.params().setProviderKind(kind.wire);
            request.params().setTenant(tenant);
            request.params().setSubject(subject);
            Texts.write(request.params()::initAcceptedClaims, claims == null ? List.of() : claims);
            request.params()
                    .setExpiresAtMs(
                            until == null
                                    ? in(days)
                                    : PointInTime.instant(until).toEpochMilli());
            request.params().setResourceProfile(resourceProfile);
            request.params().setPolicyProfile(policyProfile);
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                printChanged(Shapes.bindingChange(response.get().getResult()));
            }
        }
    }

    @Command(name = "disable", description = "Disable a binding: the subject is admitted no more.")
    void disable(
            @Parameters(paramLabel = "ID", description = "Its id, as 'binding list' prints it.") String id,
            @Mixin Expect expect,
            @Mixin Once once) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.disableBindingRequest();
            request.params().setBindingId(parse(id));
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                printChanged(Shapes.bindingChange(response.get().getResult()));
            }
        }
    }

    private static long in(int days) {
        return InstantSource.system().instant().plus(Duration.ofDays(days)).toEpochMilli();
    }

    private static byte[] parse(String id) {
        try {
            return BindingId.parse(id).toBytes();
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage("\"" + id + "\" is no binding id", "'binding list' prints them");
        }
    }

    private void printChanged(Json.Obj changed) {
        context.output().answer(changed, style -> Views.changedBinding(changed));
    }
}
