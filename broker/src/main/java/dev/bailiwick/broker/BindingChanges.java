package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStoreManager;
import dev.bailiwick.accountstore.Attribution;
import dev.bailiwick.accountstore.CommitResult;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.ExternalBinding;
import dev.bailiwick.accountstore.NewBinding;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.ProviderKind;
import dev.bailiwick.accountstore.Receipt;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.accountstore.Rejection;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.accountstore.SubjectHash;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ProfileRef;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.BindingId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.AccountStoreManager.CreateBindingParams;
import dev.bailiwick.schema.gen.AccountStoreManager.DisableBindingParams;
import dev.bailiwick.schema.gen.BindingChange;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.capnproto.Data;
import org.capnproto.Text;
import org.capnproto.TextList;

/**
 * Binds outside subjects to accounts (seed 002, {@code ExternalIdentityBinding}). A binding is a way to become the account, so it is
 * held to the rule for one-time codes: not to an administrative role that the administrator lacks. It always ends at some time, and gives
 * the session a profile meant for external ones.
 */
final class BindingChanges {
    private static final String DEFAULT_PROFILE = "external";

    private final Administrator administrator;
    private final StoreRecords.Snapshots snapshots;
    private final AccountStoreManager accounts;
    private final InstantSource clock;

    BindingChanges(
            Administrator administrator,
            StoreRecords.Snapshots snapshots,
            AccountStoreManager accounts,
            InstantSource clock) {
        this.administrator = administrator;
        this.snapshots = snapshots;
        this.accounts = accounts;
        this.clock = clock;
    }

    /** @param admissible refuses accounts that the administrator may not give anybody a way to */
    void create(CreateBindingParams.Reader params, Consumer<Account> admissible, BindingChange.Builder result) {
        answer(result, () -> {
            Attribution by =
                    Requests.attribution(administrator, params.getTransactionId(), CreateBindingParams.factory, params);
            return by.request().flatMap(accounts::answered).orElseGet(() -> {
                Stored<Account> account = named(params.getName().toString());
                requireBindable(account.content());
                admissible.accept(account.content());
                return accounts.bind(binding(params, account.content()), by);
            });
        });
    }

    void disable(DisableBindingParams.Reader params, BindingChange.Builder result) {
        answer(result, () -> {
            Attribution by = Requests.attribution(
                    administrator, params.getTransactionId(), DisableBindingParams.factory, params);
            BindingId id = id(params.getBindingId());
            return by.request()
                    .flatMap(accounts::answered)
                    .orElseGet(() -> accounts.unbind(id, params.getExpect(), by));
        });
    }

    /** The id that somebody sent. */
    static BindingId id(Data.Reader bytes) {
        if (bytes.size() != Id128.BYTES) {
            throw new RefusedException(
                    Refusal.because("invalid-argument", "a binding id has " + Id128.BYTES + " bytes"));
        }
        return BindingId.of(bytes.toArray());
    }

    static Refusal unknown(BindingId id) {
        return new Refusal("not-found", "there is no binding " + id, "list the bindings");
    }

    private NewBinding binding(CreateBindingParams.Reader params, Account account) {
        String provider = text("provider", params.getProvider(), 1);
        String tenant = text("tenant", params.getTenant(), 0);
        String subject = text("subject", params.getSubject(), 1);
        Hash256 hash = SubjectHash.of(kind(params.getProviderKind()), provider, tenant, subject);
        Instant expiresAt = expiry(params.getExpiresAtMs());
        SortedSet<String> claims = claims(params.getAcceptedClaims());
        return snapshots.read(snapshot -> new NewBinding(
                provider,
                hash,
                account.principalId(),
                tenant,
                claims,
                Optional.of(expiresAt),
                ProfileRef.following(policy(snapshot, orDefault(params.getPolicyProfile()))
                        .content()
                        .profile()
                        .profileId()),
                ProfileRef.following(snapshot.resourceProfiles()
                        .byName(orDefault(params.getResourceProfile()))
                        .orElseThrow(() -> new RefusedException(new Refusal(
                                "unknown-profile",
                                "there is no resource profile \"" + orDefault(params.getResourceProfile()) + "\"",
                                "list the profiles")))
                        .content()
                        .profile()
                        .profileId())));
    }

    private static Stored<PolicyProfileContent> policy(StoreSnapshot snapshot, String name) {
        Stored<PolicyProfileContent> profile = snapshot.policy()
                .profileByName(name)
                .orElseThrow(() -> new RefusedException(new Refusal(
                        "unknown-profile", "there is no policy profile \"" + name + "\"", "list the profiles")));
        if (!profile.content().profile().kinds().contains(PrincipalKind.EXTERNAL)) {
            throw new RefusedException(new Refusal(
                    "profile-kind",
                    "policy profile \"" + name + "\" does not serve external sessions",
                    "choose one that does"));
        }
        return profile;
    }

    private static void requireBindable(Account account) {
        switch (account.kind()) {
            case HUMAN, OPERATOR, EXTERNAL -> {}
            case GUEST, ANONYMOUS, SERVICE, RECOVERY ->
                throw new RefusedException(Refusal.because(
                        "kind-not-bindable",
                        "an outside subject is not admitted as an account of kind "
                                + account.kind().text()));
        }
    }

    private Instant expiry(long expiresAtMs) {
        Instant now = clock.instant();
        Instant latest = now.plus(Limits.BINDING_LIFE);
        if (expiresAtMs <= now.toEpochMilli() || expiresAtMs > latest.toEpochMilli()) {
            throw new RefusedException(new Refusal(
                    "invalid-argument",
                    "a binding ends in the future, at the latest in " + Limits.BINDING_LIFE.toDays() + " days",
                    "it can be renewed: disable it and create it again"));
        }
        return Instant.ofEpochMilli(expiresAtMs);
    }

    private static ProviderKind kind(dev.bailiwick.schema.gen.ProviderKind kind) {
        return switch (kind) {
            case OIDC -> ProviderKind.OIDC;
            case PASSKEY -> ProviderKind.PASSKEY;
            case CLOUD -> ProviderKind.CLOUD;
            case CERTIFICATE -> ProviderKind.CERTIFICATE;
            case _NOT_IN_SCHEMA ->
                throw new RefusedException(Refusal.because("invalid-argument", "a kind of provider of a newer schema"));
        };
    }

    private static SortedSet<String> claims(TextList.Reader list) {
        if (list.size() > dev.bailiwick.profiles.Limits.LIST_ITEMS) {
            throw new RefusedException(Refusal.because(
                    "too-large", "a binding accepts at most " + dev.bailiwick.profiles.Limits.LIST_ITEMS + " claims"));
        }
        SortedSet<String> claims = new TreeSet<>();
        for (Text.Reader claim : list) {
            claims.add(text("claim", claim, 1));
        }
        return claims;
    }

    private static String text(String what, Text.Reader value, int least) {
        String text = value.toString();
        if (text.length() < least
                || text.length() > Limits.BINDING_TEXT
                || text.codePoints().anyMatch(point -> Character.isISOControl(point) || isSurrogate(point))) {
            throw new RefusedException(Refusal.because(
                    "invalid-argument",
                    "a " + what + " has " + least + " to " + Limits.BINDING_TEXT
                            + " characters and no control characters"));
        }
        return text;
    }

    private static boolean isSurrogate(int point) {
        return Character.getType(point) == Character.SURROGATE;
    }

    private static String orDefault(Text.Reader profile) {
        return profile.size() == 0 ? DEFAULT_PROFILE : profile.toString();
    }

    private Stored<Account> named(String name) {
        try {
            AccountName parsed = AccountName.parse(name);
            return snapshots
                    .read(snapshot -> snapshot.accounts().byName(parsed.key()))
                    .orElseThrow(() -> new RefusedException(Names.unknown(name)));
        } catch (InvalidNameException e) {
            throw new RefusedException(Names.invalid(e));
        }
    }

    private interface Changing {
        CommitResult commit();
    }

    private void answer(BindingChange.Builder result, Changing changing) {
        try {
            switch (changing.commit()) {
                case CommitResult.Committed(Receipt receipt) -> {
                    Written written = snapshots.read(snapshot -> written(snapshot, receipt));
                    BindingChange.Committed.Builder committed = result.initCommitted();
                    Wire.binding(committed.initBinding(), written.binding(), written.accountName());
                    committed.setSequence(receipt.sequence());
                }
                case CommitResult.Conflict(var _, var _, long version, Optional<Hash256> hash) -> {
                    BindingChange.Conflict.Builder conflict = result.initConflict();
                    conflict.setCurrentVersion(version);
                    hash.ifPresent(value -> conflict.setCurrentHash(value.toBytes()));
                }
                case CommitResult.Rejected(Rejection rejection, String message) ->
                    Refusal.of(rejection, message).into(result.initDenied());
            }
        } catch (RefusedException refused) {
            refused.refusal().into(result.initDenied());
        } catch (CorruptStoreException damage) {
            Refusal.of(damage).into(result.initDenied());
        }
    }

    private record Written(Stored<ExternalBinding> binding, String accountName) {}

    private static Written written(StoreSnapshot snapshot, Receipt receipt) {
        RecordId record = receipt.changes().stream()
                .filter(change -> change.kind() == RecordKind.EXTERNAL_BINDING)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a change of a binding that writes none"))
                .recordId();
        Stored<ExternalBinding> binding = snapshot.accounts()
                .externalBinding(record)
                .orElseThrow(() -> new IllegalStateException("a committed binding is not there"));
        return new Written(binding, nameOf(snapshot, binding));
    }

    /** The name of the account that a binding admits to. */
    static String nameOf(StoreSnapshot snapshot, Stored<ExternalBinding> binding) {
        Function<Stored<Account>, String> name = account -> account.content().name();
        return snapshot.accounts()
                .byPrincipal(binding.content().principalId())
                .map(name)
                .orElse("");
    }
}
