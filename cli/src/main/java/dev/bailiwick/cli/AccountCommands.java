package dev.bailiwick.cli;

import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.gen.AccountRecord;
import dev.bailiwick.schema.gen.AccountStatus;
import dev.bailiwick.schema.gen.AccountStoreManager;
import dev.bailiwick.schema.gen.AccountStoreReader;
import dev.bailiwick.schema.gen.RecordKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code account-admin account ...}: the accounts of the store. */
@Command(name = "account", description = "Create, look up and change accounts.")
final class AccountCommands {
    private static final int PAGE = 100;

    private final Context context;

    AccountCommands(Context context) {
        this.context = context;
    }

    @Command(
            name = "create",
            description = {
                "Create an account and print its one-time enrolment code.",
                "Its owner sets the first password with the code: 'bailiwick enroll NAME'. The code is shown once, here."
            })
    void create(
            @Parameters(
                            paramLabel = "NAME",
                            description = "Login name: 1 to 64 characters, none of @ \\ / : , or space.")
                    String name,
            @Option(names = "--display-name", paramLabel = "TEXT", description = "Name for people to read.") @Nullable
                    String displayName,
            @Option(names = "--role", paramLabel = "ROLE", description = "A role to bind; may be repeated.") @Nullable
                    List<String> roles,
            @Option(names = "--resource-profile", paramLabel = "PROFILE", description = "Quotas. Default: the store's.")
                    @Nullable
                    String resourceProfile,
            @Option(names = "--policy-profile", paramLabel = "PROFILE", description = "Policy. Default: the store's.")
                    @Nullable
                    String policyProfile,
            @Mixin Once once) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.createRequest();
            request.params().setName(name);
            request.params().setDisplayName(displayName == null ? "" : displayName);
            Texts.write(request.params()::initRoles, roles == null ? List.of() : roles);
            request.params().setResourceProfile(resourceProfile == null ? "" : resourceProfile);
            request.params().setPolicyProfile(policyProfile == null ? "" : policyProfile);
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                printCreated(Shapes.created(response.get().getResult()), "created");
            }
        }
    }

    @Command(
            name = "new-code",
            description = {
                "Issue a fresh enrolment code for an account; earlier unspent codes stop working.",
                "For an account whose first code lapsed, or whose owner forgot the password."
            })
    void newCode(@Parameters(paramLabel = "NAME", description = "Whose code.") String name) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.issueEnrolmentRequest();
            request.params().setName(name);
            try (var response = request.send().join()) {
                printCreated(Shapes.created(response.get().getResult()), "new code for");
            }
        }
    }

    @Command(name = "list", description = "List all accounts, by name, as they are or as they were.")
    void list(@Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            List<Json> accounts = new ArrayList<>();
            long sequence = at.sequence(reader);
            String after = "";
            do {
                var request = reader.listRequest();
                request.params().setAfter(after);
                request.params().setLimit(PAGE);
                request.params().setAtSequence(sequence);
                try (var response = request.send().join()) {
                    for (AccountRecord.Reader account : response.get().getAccounts()) {
                        accounts.add(Shapes.account(account));
                    }
                    after = response.get().getNext().toString();
                }
            } while (!after.isEmpty());
            Json.Arr answer = new Json.Arr(accounts);
            context.output().answer(answer, style -> Views.ACCOUNTS.render(answer.objects(), style));
        }
    }

    @Command(
            name = "show",
            description = {
                "Show an account, as it is or as it was.",
                "With --at, NAME is a name of that time; a name that was nobody's then is taken as one of now."
            })
    void show(@Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Obj account = lookup(reader, name, at.sequence(reader));
            context.output().answer(account, style -> Views.account(account, style));
        }
    }

    @Command(
            name = "history",
            description = {
                "List every version of an account, oldest first: who changed what, when and under which approval.",
                "A name that was given up leads to the account that had it last."
            })
    void history(@Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            var request = reader.historyRequest();
            request.params().setName(name);
            request.params().setAtSequence(at.sequence(reader));
            try (var response = request.send().join()) {
                Json.Arr answer = Differences.of(Shapes.history(response.get().getResult()));
                context.output().answer(answer, style -> Views.HISTORY.render(answer.objects(), style));
            }
        }
    }

    @Command(
            name = "credentials",
            description = {
                "List the credentials that an account has or ever had, as they are or as they were, without what proves them.",
                "'record history credential ID' lists the versions of one."
            })
    void credentials(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin PointInTime at) {
        try (Powers powers = context.powers(Powers.Use.READ);
                AccountStoreReader.Client reader = powers.accountReader()) {
            long sequence = at.sequence(reader);
            List<Json> credentials = new ArrayList<>();
            for (byte[] id :
                    RecordVersions.of(reader, RecordKind.CREDENTIAL, principal(lookup(reader, name, sequence)))) {
                RecordVersions.at(reader, RecordKind.CREDENTIAL, id, sequence).ifPresent(credentials::add);
            }
            Json.Arr answer = new Json.Arr(credentials);
            context.output().answer(answer, style -> Views.CREDENTIALS.render(answer.objects(), style));
        }
    }

    private static byte[] principal(Json.Obj account) {
        return PrincipalId.parse(account.text("principalId")).toBytes();
    }

    @Command(
            name = "rename",
            description = {
                "Give an account another name. Ids, roles, sessions and homes stay as they are.",
                "Older states are still found by the name they had: 'account show OLD --at SEQ', 'account history OLD'."
            })
    void rename(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Parameters(paramLabel = "NEW", description = "Its new name.") String newName,
            @Mixin Expect expect,
            @Mixin Once once) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.renameRequest();
            request.params().setName(name);
            request.params().setNewName(newName);
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                printChanged(Shapes.mutation(response.get().getResult()));
            }
        }
    }

    @Command(
            name = "disable",
            description = {
                "Disable an account: nobody can log in to it.",
                "When this answers, every capability of its sessions is revoked, however far it was passed on."
            })
    void disable(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Mixin Expect expect,
            @Mixin Once once) {
        setStatus(name, AccountStatus.DISABLED, expect, once);
    }

    @Command(name = "lock", description = "Lock an account for the time being: no logins, and its sessions end.")
    void lock(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Mixin Expect expect,
            @Mixin Once once) {
        setStatus(name, AccountStatus.LOCKED, expect, once);
    }

    @Command(name = "recovery-only", description = "Let an account log in to recovery flows only.")
    void recoveryOnly(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Mixin Expect expect,
            @Mixin Once once) {
        setStatus(name, AccountStatus.RECOVERY_ONLY, expect, once);
    }

    @Command(
            name = "enable",
            description = "Make a disabled or recovery-only account active again. Revoked capabilities stay so.")
    void enable(@Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin Expect expect) {
        activate(name, expect, EnumSet.of(AccountStatus.DISABLED, AccountStatus.RECOVERY_ONLY), "account unlock");
    }

    @Command(name = "unlock", description = "Make a locked account active again. Revoked capabilities stay so.")
    void unlock(@Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin Expect expect) {
        activate(name, expect, EnumSet.of(AccountStatus.LOCKED), "account enable");
    }

    @Command(name = "set-profile", description = "Give an account another resource profile, policy profile, or both.")
    void setProfile(
            @Parameters(paramLabel = "NAME", description = "Which account.") String name,
            @Option(names = "--resource-profile", paramLabel = "PROFILE", description = "Quotas. Default: as it is.")
                    @Nullable
                    String resourceProfile,
            @Option(names = "--policy-profile", paramLabel = "PROFILE", description = "Policy. Default: as it is.")
                    @Nullable
                    String policyProfile,
            @Mixin Expect expect,
            @Mixin Once once) {
        if (resourceProfile == null && policyProfile == null) {
            throw CommandFailure.usage(
                    "no profile was named", "give --resource-profile PROFILE, --policy-profile PROFILE, or both");
        }
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.setProfilesRequest();
            request.params().setName(name);
            request.params().setResourceProfile(resourceProfile == null ? "" : resourceProfile);
            request.params().setPolicyProfile(policyProfile == null ? "" : policyProfile);
            request.params().setExpect(expect.version());
            request.params().setTransactionId(once.bytes());
            try (var response = request.send().join()) {
                printChanged(Shapes.mutation(response.get().getResult()));
            }
        }
    }

    /** {@code account role ...}: which roles an account has. */
    @Command(name = "role", description = "Bind a role to an account, or remove it.")
    static final class Roles {
        private final AccountCommands accounts;

        Roles(AccountCommands accounts) {
            this.accounts = accounts;
        }

        @Command(name = "add", description = "Bind a role. It takes effect at the next login.")
        void add(
                @Parameters(paramLabel = "NAME", description = "Which account.") String name,
                @Parameters(paramLabel = "ROLE", description = "Which role; 'role list' names them.") String role,
                @Mixin Expect expect,
                @Mixin Once once) {
            try (Powers powers = accounts.context.powers(Powers.Use.CHANGE);
                    AccountStoreManager.Client manager = powers.accountManager()) {
                var request = manager.addRoleRequest();
                request.params().setName(name);
                request.params().setRole(role);
                request.params().setExpect(expect.version());
                request.params().setTransactionId(once.bytes());
                try (var response = request.send().join()) {
                    accounts.printChanged(Shapes.mutation(response.get().getResult()));
                }
            }
        }

        @Command(
                name = "history",
                description =
                        "List what was done to the roles of an account, oldest first: who bound or removed what, when and under which"
                                + " approval.")
        void history(
                @Parameters(paramLabel = "NAME", description = "Which account.") String name, @Mixin PointInTime at) {
            try (Powers powers = accounts.context.powers(Powers.Use.READ);
                    AccountStoreReader.Client reader = powers.accountReader()) {
                long sequence = at.sequence(reader);
                List<Json.Obj> versions = new ArrayList<>();
                for (byte[] id :
                        RecordVersions.of(reader, RecordKind.ROLE_BINDING, principal(lookup(reader, name, sequence)))) {
                    Shapes.found(() -> RecordVersions.history(reader, RecordKind.ROLE_BINDING, id, sequence))
                            .ifPresent(history -> versions.addAll(history.objects()));
                }
                versions.sort(Comparator.comparingLong(version -> version.number("sequence")));
                Json.Arr answer = new Json.Arr(
                        versions.stream().<Json>map(version -> version).toList());
                accounts.context.output().answer(answer, style -> Views.ROLE_BINDINGS.render(answer.objects(), style));
            }
        }

        @Command(name = "remove", description = "Remove a role, and what live sessions held because of it.")
        void remove(
                @Parameters(paramLabel = "NAME", description = "Which account.") String name,
                @Parameters(paramLabel = "ROLE", description = "Which role.") String role,
                @Mixin Expect expect,
                @Mixin Once once) {
            try (Powers powers = accounts.context.powers(Powers.Use.CHANGE);
                    AccountStoreManager.Client manager = powers.accountManager()) {
                var request = manager.removeRoleRequest();
                request.params().setName(name);
                request.params().setRole(role);
                request.params().setExpect(expect.version());
                request.params().setTransactionId(once.bytes());
                try (var response = request.send().join()) {
                    accounts.printChanged(Shapes.mutation(response.get().getResult()));
                }
            }
        }
    }

    private void setStatus(String name, AccountStatus status, Expect expect, Once once) {
        try (Powers powers = context.powers(Powers.Use.CHANGE)) {
            setStatus(powers, name, status, expect.version(), once.bytes());
        }
    }

    private void setStatus(Powers powers, String name, AccountStatus status, long expect, byte[] transactionId) {
        try (AccountStoreManager.Client manager = powers.accountManager()) {
            var request = manager.setStatusRequest();
            request.params().setName(name);
            request.params().setStatus(status);
            request.params().setExpect(expect);
            request.params().setTransactionId(transactionId);
            try (var response = request.send().join()) {
                printChanged(Shapes.mutation(response.get().getResult()));
            }
        }
    }

    /**
     * Makes an account active from one of those states only, so that undoing a lock does not undo a disabling too. The version the
     * state was read at is expected, so the state cannot change in between.
     */
    private void activate(String name, Expect expect, Set<AccountStatus> from, String otherVerb) {
        try (Powers powers = context.powers(Powers.Use.CHANGE);
                AccountStoreReader.Client reader = powers.accountReader()) {
            Json.Obj account = lookup(reader, name, 0);
            String status = account.text("status");
            if (from.stream().noneMatch(state -> Texts.enumName(state).equals(status))) {
                throw CommandFailure.of(
                        ExitStatus.CONFLICT,
                        "conflict",
                        "account \"" + name + "\" is " + status + " at version " + account.get("recordVersion"),
                        status.equals("active") ? "" : "'" + otherVerb + "' undoes that");
            }
            long version = expect.version() == 0 ? account.number("recordVersion") : expect.version();
            setStatus(powers, name, AccountStatus.ACTIVE, version, new byte[0]);
        }
    }

    private static Json.Obj lookup(AccountStoreReader.Client reader, String name, long at) {
        var request = reader.lookupRequest();
        request.params().setName(name);
        request.params().setAtSequence(at);
        try (var response = request.send().join()) {
            return Shapes.account(response.get().getResult());
        }
    }

    private void printCreated(Json.Obj created, String what) {
        context.output().answer(created, style -> Views.created(created, what, style));
    }

    private void printChanged(Json.Obj changed) {
        context.output().answer(changed, style -> Views.changed(changed));
    }
}
