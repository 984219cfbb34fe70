package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlTable;

/** Reads a whole manifest of version 1. Everything is read before anything is refused. */
final class ManifestReader {
    /** Stands in for a broken manifest name while the rest is checked; no plan comes of it. */
    private static final String NAMELESS = "nameless";

    private final byte[] source;
    private final PolicyCatalogue catalogue;
    private final Problems problems;

    ManifestReader(byte[] source, PolicyCatalogue catalogue, Problems problems) {
        this.source = source;
        this.catalogue = catalogue;
        this.problems = problems;
    }

    /** The plan; empty when there were problems. */
    Optional<SeedPlan> read(TomlTable toml) {
        TableReader root = new TableReader(toml, Position.START, "the manifest", problems);
        TableReader header = root.table("manifest");
        if (header != null && !isReadable(header)) {
            // Another version may mean other things by the same words, so nothing else is judged.
            return Optional.empty();
        }
        Located<String> name = header == null ? null : header.token("name");
        if (header != null) {
            header.finish();
        }
        PolicyCatalogue extended =
                catalogue.with(new ProgramReader(problems, catalogue.programs().values())
                        .programs(root.tables(
                                ProgramReader.KEY,
                                Limits.PROGRAMS - catalogue.programs().size())));
        SeedIds ids = new SeedIds(name == null ? NAMELESS : name.value());
        ProfileReader profiles = new ProfileReader(catalogue, ids, problems);
        Declared<ResourceProfile> resources =
                profiles.resourceProfiles(root.tables(ProfileSort.RESOURCE.key(), Limits.MANIFEST_PROFILES));
        Declared<PolicyProfile> policies =
                profiles.policyProfiles(root.tables(ProfileSort.POLICY.key(), Limits.MANIFEST_PROFILES));
        AccountReader accountReader = new AccountReader(
                catalogue,
                resources,
                policies,
                new CredentialReader(problems).credentials(root.tables("credential", Limits.MANIFEST_CREDENTIALS)),
                ids,
                problems);
        List<SeedAccount> accounts =
                accountReader.accounts(root.tables("account", Limits.MANIFEST_ACCOUNTS), root.at("account"));
        root.finish();
        return problems.count() > 0 || name == null
                ? Optional.empty()
                : Optional.of(plan(name.value(), ids, extended, resources, policies, accounts));
    }

    private SeedPlan plan(
            String name,
            SeedIds ids,
            PolicyCatalogue extended,
            Declared<ResourceProfile> resources,
            Declared<PolicyProfile> policies,
            List<SeedAccount> accounts) {
        return new SeedPlan(
                ids.manifestRecord(),
                name,
                source,
                new Seeded<>(ids.catalogueRecord(), ids.catalogueVersion(), extended),
                resources.contents().stream()
                        .map(profile -> seeded(ids, ProfileSort.RESOURCE, profile.name(), profile))
                        .toList(),
                policies.contents().stream()
                        .map(profile -> seeded(ids, ProfileSort.POLICY, profile.name(), profile))
                        .toList(),
                accounts);
    }

    private static <T> Seeded<T> seeded(SeedIds ids, ProfileSort sort, String name, T profile) {
        return new Seeded<>(ids.profileRecord(sort, name), ids.profileVersion(sort, name), profile);
    }

    private boolean isReadable(TableReader header) {
        @Nullable Object version = header.raw("version");
        if (version instanceof Long number && number != SeedManifest.VERSION) {
            header.problem(
                    Code.UNSUPPORTED_VERSION,
                    "version",
                    "manifest version " + number + " is not known to this build",
                    "this build reads version " + SeedManifest.VERSION);
            return false;
        }
        header.integer("version", SeedManifest.VERSION, SeedManifest.VERSION);
        return true;
    }
}
