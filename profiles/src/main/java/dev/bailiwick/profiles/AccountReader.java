package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.NameKey;
import dev.bailiwick.schema.NameSkeleton;
import dev.bailiwick.schema.PrincipalId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code [[account]]} tables of a manifest against the profiles, roles and credentials it may refer to. One
 * instance reads all accounts of one manifest and remembers what must not occur twice.
 */
final class AccountReader {
    /** An external principal is admitted by a binding to its provider, which no manifest of version 1 states. */
    private static final Set<PrincipalKind> NOT_SEEDABLE = Set.of(PrincipalKind.EXTERNAL);

    /** Sessions of these kinds are cut from the one account of the kind, so a second would be ambiguous. */
    private static final Set<PrincipalKind> ONE_OF_KIND = Set.of(PrincipalKind.GUEST, PrincipalKind.ANONYMOUS);

    /** Kinds that somebody proves to be. */
    private static final Set<PrincipalKind> WITH_CREDENTIALS =
            Set.of(PrincipalKind.HUMAN, PrincipalKind.OPERATOR, PrincipalKind.RECOVERY);

    private final PolicyCatalogue catalogue;
    private final Declared<ResourceProfile> resourceProfiles;
    private final Declared<PolicyProfile> policyProfiles;
    private final Declared<Duration> credentials;
    private final SeedIds ids;
    private final Problems problems;

    private final Map<NameKey, Located<AccountName>> namesSeen = new HashMap<>();
    private final Map<NameSkeleton, Located<AccountName>> looksSeen = new HashMap<>();
    private final Map<PrincipalId, Position> principalsSeen = new HashMap<>();
    private final Map<PrincipalKind, Position> kindsSeen = new EnumMap<>(PrincipalKind.class);
    private final Map<String, Position> credentialsSeen = new HashMap<>();
    private final ServiceReader services;

    AccountReader(
            PolicyCatalogue catalogue,
            Declared<ResourceProfile> resourceProfiles,
            Declared<PolicyProfile> policyProfiles,
            Declared<Duration> credentials,
            SeedIds ids,
            Problems problems) {
        this.catalogue = catalogue;
        this.resourceProfiles = resourceProfiles;
        this.policyProfiles = policyProfiles;
        this.credentials = credentials;
        this.ids = ids;
        this.problems = problems;
        this.services = new ServiceReader(problems);
    }

    /** Every sound account, in the order of the file. */
    List<SeedAccount> accounts(List<TableReader> tables, Position end) {
        List<SeedAccount> accounts = new ArrayList<>();
        for (TableReader table : tables) {
            account(table).ifPresent(accounts::add);
        }
        credentials.declarations().forEach(this::requireUse);
        if (!kindsSeen.containsKey(PrincipalKind.OPERATOR)) {
            problems.add(
                    Code.NO_OPERATOR,
                    end,
                    "no account of kind operator is seeded, so nobody could administer the store",
                    "add one [[account]] with kind = \"operator\"");
        }
        return accounts;
    }

    private Optional<SeedAccount> account(TableReader table) {
        int before = problems.count();
        Located<AccountName> name = name(table);
        PrincipalId principal = principal(table, name);
        Located<String> displayName = table.optionalText("display-name", Limits.PROSE_CHARS);
        Located<PrincipalKind> kind = kind(table);
        SortedMap<String, String> attributes = table.optionalTexts("attributes");
        ResourceProfile resources = resourceProfile(table);
        PolicyProfile policy = policyProfile(table, kind);
        List<Located<String>> roles = table.tokens("roles");
        roles.forEach(role -> checkRole(role, kind, policy));
        List<Located<String>> references = table.optionalTokens("credentials");
        references.forEach(reference -> checkCredential(reference, kind));
        Optional<ServiceIdentity> service = services.service(table, kind == null ? null : kind.value());
        RawCapabilities.refuse(table, problems);
        table.finish();
        if (problems.count() != before || name == null || principal == null || kind == null) {
            return Optional.empty();
        }
        // A profile that is declared but broken has had its problem reported where it is.
        if (resources == null || policy == null || !references.stream().allMatch(this::isSound)) {
            return Optional.empty();
        }
        String key = name.value().key().text();
        return Optional.of(new SeedAccount(
                ids.accountRecord(key),
                principal,
                name.value(),
                displayName == null ? name.value().text() : displayName.value(),
                kind.value(),
                attributes,
                ProfileRef.following(resources.profileId()),
                ProfileRef.following(policy.profileId()),
                roles.stream()
                        .map(Located::value)
                        .sorted(Comparator.naturalOrder())
                        .map(role -> new SeedAccount.Binding(ids.bindingRecord(key, role), role))
                        .toList(),
                references.stream().flatMap(reference -> code(key, reference)).toList(),
                service));
    }

    private @Nullable Located<AccountName> name(TableReader table) {
        Located<String> text = table.text("name", Limits.PROSE_CHARS);
        if (text == null) {
            return null;
        }
        AccountName parsed = parseName(text).orElse(null);
        if (parsed == null) {
            return null;
        }
        Located<AccountName> name = text.with(parsed);
        Located<AccountName> first = namesSeen.putIfAbsent(parsed.key(), name);
        if (first != null) {
            problems.add(
                    Code.DUPLICATE_NAME,
                    text.at(),
                    "the account name \"" + parsed.text() + "\" is the same as \""
                            + first.value().text() + "\" at " + first.at(),
                    "rename one of them");
            return name;
        }
        Located<AccountName> alike = looksSeen.putIfAbsent(parsed.skeleton(), name);
        if (alike != null) {
            problems.add(
                    Code.CONFUSABLE_NAME,
                    text.at(),
                    "the account name \"" + parsed.text() + "\" looks like \""
                            + alike.value().text() + "\" at " + alike.at(),
                    "rename one of them");
        }
        return name;
    }

    private Optional<AccountName> parseName(Located<String> text) {
        try {
            return Optional.of(AccountName.parse(text.value()));
        } catch (InvalidNameException e) {
            problems.add(Code.INVALID_NAME, text.at(), String.valueOf(e.getMessage()), "choose another name");
            return Optional.empty();
        }
    }

    private @Nullable PrincipalId principal(TableReader table, @Nullable Located<AccountName> name) {
        Located<PrincipalId> stated = table.optionalId(
                "principal-id", PrincipalId::parse, "\"prn-\" and 32 hexadecimal digits, or leave it out");
        if (stated != null) {
            return unique(stated);
        }
        if (name == null) {
            return null;
        }
        PrincipalId derived = ids.principal(name.value().key().text());
        // A repeated name derives the same id again; that is reported as the repeated name it is.
        return isFirst(name) ? unique(name.with(derived)) : derived;
    }

    private boolean isFirst(Located<AccountName> name) {
        return name.equals(namesSeen.get(name.value().key()));
    }

    private PrincipalId unique(Located<PrincipalId> id) {
        Position first = principalsSeen.putIfAbsent(id.value(), id.at());
        if (first != null) {
            problems.add(
                    Code.DUPLICATE_PRINCIPAL,
                    id.at(),
                    "the principal id " + id.value() + " is already used at " + first,
                    "give every account its own id, or leave it out");
        }
        return id.value();
    }

    private @Nullable Located<PrincipalKind> kind(TableReader table) {
        Located<PrincipalKind> kind = table.choice("kind", PrincipalKind::ofText, Catalogue.KINDS);
        if (kind == null) {
            return null;
        }
        if (NOT_SEEDABLE.contains(kind.value())) {
            problems.add(
                    Code.KIND_NOT_SEEDABLE,
                    kind.at(),
                    "an account of kind " + kind.value().text() + " cannot be seeded",
                    "such principals are admitted by a binding; seed their profiles only");
        }
        Position first = kindsSeen.putIfAbsent(kind.value(), kind.at());
        if (first != null && ONE_OF_KIND.contains(kind.value())) {
            problems.add(
                    Code.SECOND_OF_KIND,
                    kind.at(),
                    "a second account of kind " + kind.value().text() + ", the first is at " + first,
                    "keep one: every session of the kind is cut from it");
        }
        return kind;
    }

    private @Nullable ResourceProfile resourceProfile(TableReader table) {
        Located<String> name = table.token(ProfileSort.RESOURCE.key());
        if (name == null) {
            return null;
        }
        if (!resourceProfiles.has(name.value())) {
            unresolvable(Code.UNKNOWN_RESOURCE_PROFILE, ProfileSort.RESOURCE, name);
        }
        return resourceProfiles.content(name.value()).orElse(null);
    }

    private @Nullable PolicyProfile policyProfile(TableReader table, @Nullable Located<PrincipalKind> kind) {
        Located<String> name = table.token(ProfileSort.POLICY.key());
        if (name == null) {
            return null;
        }
        if (!policyProfiles.has(name.value())) {
            unresolvable(Code.UNKNOWN_POLICY_PROFILE, ProfileSort.POLICY, name);
        }
        PolicyProfile profile = policyProfiles.content(name.value()).orElse(null);
        if (profile != null && kind != null && !profile.kinds().contains(kind.value())) {
            problems.add(
                    Code.PROFILE_NOT_FOR_KIND,
                    name.at(),
                    "the policy profile \"" + name.value() + "\" does not serve accounts of kind "
                            + kind.value().text(),
                    "choose a profile whose kinds include it");
        }
        return profile;
    }

    private void unresolvable(Code code, ProfileSort sort, Located<String> name) {
        problems.add(
                code,
                name.at(),
                "there is no " + sort.key() + " \"" + name.value() + "\" in this manifest",
                "define it in a [[" + sort.key() + "]] table, or name another");
    }

    private void checkRole(
            Located<String> name, @Nullable Located<PrincipalKind> kind, @Nullable PolicyProfile policy) {
        RoleDefinition role = catalogue.role(name.value()).orElse(null);
        if (role == null) {
            problems.add(
                    Code.UNKNOWN_ROLE,
                    name.at(),
                    "there is no role \"" + name.value() + "\"",
                    "use one of " + String.join(", ", catalogue.roles().keySet()));
        } else if (kind != null && !role.kinds().contains(kind.value())) {
            boolean service = kind.value() == PrincipalKind.SERVICE;
            problems.add(
                    service ? Code.SERVICE_INTERACTIVE_ROLE : Code.ROLE_NOT_FOR_KIND,
                    name.at(),
                    "the role \"" + name.value() + "\" is not for accounts of kind "
                            + kind.value().text(),
                    service ? "a service carries service-account only" : "remove it, or change the account's kind");
        } else if (policy != null && !policy.allowedRoles().contains(name.value())) {
            problems.add(
                    Code.ROLE_NOT_ALLOWED,
                    name.at(),
                    "the policy profile \"" + policy.name() + "\" does not allow the role \"" + name.value() + "\"",
                    "add it to allowed-roles of the profile, or choose another profile");
        }
    }

    private void checkCredential(Located<String> reference, @Nullable Located<PrincipalKind> kind) {
        if (!credentials.has(reference.value())) {
            problems.add(
                    Code.UNKNOWN_CREDENTIAL,
                    reference.at(),
                    "there is no credential \"" + reference.value() + "\" in this manifest",
                    "define it in a [[credential]] table");
        }
        if (kind != null && !WITH_CREDENTIALS.contains(kind.value())) {
            problems.add(
                    Code.CREDENTIAL_NOT_FOR_KIND,
                    reference.at(),
                    "an account of kind " + kind.value().text() + " has no credentials",
                    "remove the reference");
        }
        Position first = credentialsSeen.putIfAbsent(reference.value(), reference.at());
        if (first != null) {
            problems.add(
                    Code.SHARED_CREDENTIAL,
                    reference.at(),
                    "the credential \"" + reference.value() + "\" is already used at " + first,
                    "define one credential for each account");
        }
    }

    private void requireUse(Located<String> credential) {
        if (!credentialsSeen.containsKey(credential.value())) {
            problems.add(
                    Code.UNUSED_CREDENTIAL,
                    credential.at(),
                    "no account refers to the credential \"" + credential.value() + "\"",
                    "name it in the credentials of an account, or remove it");
        }
    }

    private boolean isSound(Located<String> reference) {
        return credentials.content(reference.value()).isPresent();
    }

    private Stream<SeedAccount.EnrolmentCode> code(String nameKey, Located<String> reference) {
        return credentials.content(reference.value()).stream()
                .map(validFor -> new SeedAccount.EnrolmentCode(
                        ids.credentialRecord(nameKey, reference.value()), reference.value(), validFor));
    }
}
