package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.bailiwick.schema.Hash256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The manifest that ships: sound, and pinned, because the ids and profiles of every store seeded from it come from here. */
class ShippedManifestTest {
    private static final Path MANIFEST = Path.of("manifests", "default.toml");

    private final SeedPlan plan = shipped();

    @Test
    void itSeedsTheseAccounts() {
        assertThat(plan.accounts().stream().map(ShippedManifestTest::drawn).collect(Collectors.joining("\n")))
                .isEqualTo("""
                        operator operator [account-admin, local-user, storage-admin] prn-2d905bef90a34d6e80b789f00577750a rec-44515faa293e26a1a7c0c08ccd6da90d
                        recovery recovery [recovery-operator] prn-d777fbb8c47b3d699e5a75e05185092a rec-a8120e32b803a278d0f46d8be32eb65d
                        guest guest [guest] prn-b5d91bc31a6c4ae1ea596f65e8dbaee6 rec-d3ca14484b5c981c6229ad80de965e28
                        anonymous anonymous [] prn-57d4be64f1e7b4be3051eecb7df83747 rec-2c3d40876a116429f15d14026ceb4433
                        health-probe service [service-account] prn-1611feb7288c06568d0452bdbc4d870b rec-9f2b679b5f71187ddae7bb983253a7d8""");
    }

    @Test
    void peopleGetAOneTimeCodeForADayAndNobodyElseGetsOne() {
        assertThat(plan.accounts().stream()
                        .flatMap(account -> account.credentials().stream()
                                .map(code -> account.name().text() + " " + code.label() + " " + code.validFor())))
                .containsExactly("operator operator-first-code PT24H", "recovery recovery-first-code PT24H");
    }

    @Test
    void itsServiceIsMeasuredFromTheScriptShippedBesideIt() throws IOException {
        ServiceIdentity service = plan.accounts().stream()
                .flatMap(account -> account.service().stream())
                .findFirst()
                .orElseThrow();
        byte[] script = Files.readAllBytes(Path.of("manifests", "services", service.serviceName()));
        assertThat(service.binarySha256()).isEqualTo(Hash256.sha256(script));
        assertThat(service.binaryPath()).endsWith("/" + service.serviceName());
    }

    @Test
    void itSeedsThesePolicyProfiles() {
        assertThat(plan.policyProfiles().stream()
                        .map(Seeded::content)
                        .map(profile -> profile.name() + " " + profile.kinds() + " " + profile.fragments() + " "
                                + profile.allowedRoles() + " " + profile.sessionLifetime())
                        .collect(Collectors.joining("\n")))
                .isEqualTo("""
                        operator [HUMAN, OPERATOR] [session] [account-admin, developer, local-user, net-operator, policy-admin, security-auditor, service-operator, storage-admin, system-updater] PT8H
                        standard [HUMAN] [session] [developer, local-user] PT12H
                        guest [GUEST] [session] [guest] PT2H
                        anonymous [ANONYMOUS] [anonymous, session] [] PT10M
                        external [EXTERNAL] [external, session] [] PT4H
                        service [SERVICE] [session] [service-account] PT24H
                        recovery [RECOVERY] [session] [recovery-operator] PT1H""");
    }

    @Test
    void itSeedsTheseResourceProfiles() {
        assertThat(plan.resourceProfiles().stream()
                        .map(Seeded::content)
                        .map(profile -> profile.name() + " home " + Quantities.size(profile.homeQuotaBytes())
                                + " config "
                                + Quantities.size(profile.configQuotaBytes()) + " cache "
                                + Quantities.size(profile.cacheQuotaBytes()) + " tmp "
                                + Quantities.size(profile.tempQuotaBytes()) + " sessions " + profile.sessionLimit()
                                + " network " + profile.networkProfile() + " launcher " + profile.launcherProfile())
                        .collect(Collectors.joining("\n")))
                .isEqualTo("""
                        operator home 256MiB config 16MiB cache 64MiB tmp 64MiB sessions 16 network client launcher approved-apps
                        standard home 64MiB config 4MiB cache 16MiB tmp 16MiB sessions 8 network client launcher approved-apps
                        guest home 4MiB config 0B cache 0B tmp 4MiB sessions 16 network none launcher none
                        anonymous home 0B config 0B cache 0B tmp 0B sessions 256 network none launcher none
                        external home 0B config 0B cache 0B tmp 8MiB sessions 4 network client launcher approved-apps
                        service home 32MiB config 0B cache 0B tmp 0B sessions 2 network none launcher measured-binary
                        recovery home 0B config 0B cache 0B tmp 64MiB sessions 2 network none launcher none""");
    }

    @Test
    void guestsAndAnonymousCallersCanKeepNothing() {
        for (Seeded<ResourceProfile> seeded : plan.resourceProfiles()) {
            ResourceProfile profile = seeded.content();
            if (profile.name().equals("anonymous") || profile.name().equals("guest")) {
                assertThat(profile.configQuotaBytes() + profile.cacheQuotaBytes())
                        .isZero();
                assertThat(profile.launcherProfile()).isEqualTo(ResourceProfile.NO_POSTURE);
                assertThat(profile.networkProfile()).isEqualTo(ResourceProfile.NO_POSTURE);
            }
        }
    }

    @Test
    void itKeepsTheOrdinaryProfilesThatAccountsAreCreatedWith() {
        assertThat(plan.resourceProfiles().stream()
                        .map(seeded -> seeded.content().name()))
                .contains("standard");
        assertThat(plan.policyProfiles().stream()
                        .map(seeded -> seeded.content())
                        .filter(profile -> profile.name().equals("standard")))
                .allSatisfy(profile -> assertThat(profile.kinds()).containsExactly(PrincipalKind.HUMAN))
                .hasSize(1);
    }

    @Test
    void readingItAgainGivesTheSameIds() {
        SeedPlan again = shipped();
        assertThat(again.accounts()).isEqualTo(plan.accounts());
        assertThat(again.resourceProfiles()).isEqualTo(plan.resourceProfiles());
        assertThat(again.policyProfiles()).isEqualTo(plan.policyProfiles());
        assertThat(again.catalogue()).isEqualTo(plan.catalogue());
        assertThat(again.source()).isEqualTo(plan.source());
    }

    @Test
    void everyIdInItIsItsOwn() {
        List<Object> ids = new ArrayList<>();
        ids.add(plan.recordId());
        ids.add(plan.catalogue().recordId());
        plan.resourceProfiles().forEach(seeded -> ids.add(seeded.recordId()));
        plan.policyProfiles().forEach(seeded -> ids.add(seeded.recordId()));
        for (SeedAccount account : plan.accounts()) {
            ids.add(account.recordId());
            account.roles().forEach(role -> ids.add(role.recordId()));
            account.credentials().forEach(code -> ids.add(code.recordId()));
        }
        assertThat(ids).doesNotHaveDuplicates().hasSize(1 + 1 + 7 + 7 + 5 + 6 + 2);
    }

    private static String drawn(SeedAccount account) {
        return account.name().text() + " " + account.kind().text() + " "
                + account.roles().stream().map(SeedAccount.Binding::role).toList() + " " + account.principalId() + " "
                + account.recordId();
    }

    private static SeedPlan shipped() {
        try {
            return switch (SeedManifest.parse(MANIFEST)) {
                case SeedManifest.Parsed(SeedPlan plan) -> plan;
                case SeedManifest.Refused(List<ManifestProblem> problems) -> fail("refused: " + problems);
            };
        } catch (IOException e) {
            return fail("unreadable", e);
        }
    }
}
