package dev.bailiwick.profiles;

import static dev.bailiwick.profiles.ManifestText.account;
import static dev.bailiwick.profiles.ManifestText.sound;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.schema.Hash256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a sound manifest turns into. */
class SeedPlanTest {
    @Test
    void quantitiesAreReadInTheirUnits() {
        ResourceProfile basic = sound().plan().resourceProfiles().getFirst().content();
        assertThat(basic.homeQuotaBytes()).isEqualTo(1 << 20);
        assertThat(basic.configQuotaBytes()).isEqualTo(1024);
        assertThat(basic.cacheQuotaBytes()).isEqualTo(1024);
        assertThat(basic.tempQuotaBytes()).isZero();
        assertThat(basic.memoryCommitLimitBytes()).isEqualTo(6 << 20);
        assertThat(basic.logWindow()).isEqualTo(Duration.ofMinutes(13));
        assertThat(basic.cpuBudgetUsPerWindow()).isEqualTo(14_000);
        assertThat(basic.cpuWindowUs()).isEqualTo(1_000_000);
    }

    @Test
    void countsLandInTheirFields() {
        ResourceProfile basic = sound().plan().resourceProfiles().getFirst().content();
        assertThat(new long[] {
                    basic.sessionLimit(),
                    basic.processLimit(),
                    basic.threadLimit(),
                    basic.capLimit(),
                    basic.frameGrantLimitPages(),
                    basic.endpointQueueLimit(),
                    basic.inFlightCallLimit(),
                    basic.pendingIpcSubmissionLimit(),
                    basic.timerWaiterLimit()
                })
                .containsExactly(2, 3, 4, 5, 7, 8, 9, 10, 16);
    }

    @Test
    void anAccountRefersToTheProfilesOfItsManifestByTheirIds() {
        SeedPlan plan = sound().plan();
        SeedAccount ops = plan.accounts().getFirst();
        assertThat(ops.resourceProfile())
                .isEqualTo(ProfileRef.following(
                        plan.resourceProfiles().getFirst().content().profileId()));
        assertThat(ops.policyProfile())
                .isEqualTo(ProfileRef.following(
                        plan.policyProfiles().getFirst().content().profileId()));
    }

    @Test
    void anIdMayBeStated() {
        String id = "prn-00112233445566778899aabbccddeeff";
        assertThat(sound().plus(account("alice", "principal-id = \"" + id + "\""))
                        .plan()
                        .accounts()
                        .getLast()
                        .principalId())
                .hasToString(id);
    }

    @Test
    void anIdThatIsNotStatedIsTheDigestThatTheDocumentationGives() {
        byte[] digest = Hash256.sha256("bailiwick seed id 1\ntest\nprincipal\nops".getBytes(StandardCharsets.UTF_8))
                .toBytes();
        assertThat(sound().plan().accounts().getFirst().principalId().toBytes()).isEqualTo(Arrays.copyOf(digest, 16));
    }

    @Test
    void manifestsOfOtherNamesDeriveOtherIds() {
        SeedPlan other = sound().edit("name = \"test\"", "name = \"other\"").plan();
        assertThat(other.accounts().getFirst().principalId())
                .isNotEqualTo(sound().plan().accounts().getFirst().principalId());
    }

    @Test
    void theDisplayNameIsTheNameUnlessGiven() {
        SeedPlan plan = sound().plus(account("alice", "display-name = \"Alice Ætherling\""))
                .plan();
        assertThat(plan.accounts().stream().map(SeedAccount::displayName)).containsExactly("ops", "Alice Ætherling");
    }

    @Test
    void attributesAndLabelsAreKept() {
        SeedPlan plan = sound().edit("fresh-auth = \"5s\"", "fresh-auth = \"5s\"\nlabels = { level = \"low\" }")
                .plus(account("alice", "attributes = { team = \"blue\" }"))
                .plan();
        assertThat(plan.accounts().getLast().attributes()).isEqualTo(Map.of("team", "blue"));
        assertThat(plan.policyProfiles().getLast().content().labels()).isEqualTo(Map.of("level", "low"));
    }

    @Test
    void theCatalogueIsTheBuiltInOne() {
        assertThat(sound().plan().catalogue().content()).isEqualTo(Catalogue.builtIn());
    }

    @Test
    void theSourceIsTheDigestOfTheFile() {
        assertThat(sound().plan().source())
                .isEqualTo(Hash256.sha256(sound().text().getBytes(StandardCharsets.UTF_8)));
    }
}
