package dev.bailiwick.profiles;

import static dev.bailiwick.profiles.Samples.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bailiwick.schema.Hash256;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the constructors of this module hold. */
class ProfileValuesTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "1a", "a-", "-a", "a--b", "a b", "a_b", "é", "a\n"})
    void aNameThatCannotBeTypedPlainlyIsRefused(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new BundleFragment(name, List.of()));
    }

    @Test
    void aNameIsAtMost64CharactersLong() {
        assertThat(new BundleFragment("a".repeat(64), List.of()).name()).hasSize(64);
        assertThatIllegalArgumentException().isThrownBy(() -> new BundleFragment("a".repeat(65), List.of()));
    }

    @Test
    void aFragmentKeepsItsSlotsInBundleOrder() {
        SlotRule tmp = new SlotRule(Slot.TMP, SlotAccess.EPHEMERAL);
        SlotRule home = new SlotRule(Slot.HOME, SlotAccess.FULL);
        assertThat(new BundleFragment("both", List.of(tmp, home)).slots()).containsExactly(home, tmp);
    }

    @Test
    void aFragmentNamesASlotOnce() {
        List<SlotRule> twice =
                List.of(new SlotRule(Slot.HOME, SlotAccess.FULL), new SlotRule(Slot.HOME, SlotAccess.EPHEMERAL));
        assertThatIllegalArgumentException().isThrownBy(() -> new BundleFragment("twice", twice));
    }

    @Test
    void collectionsAreCopiedAndCannotBeChanged() {
        List<SlotRule> slots = new ArrayList<>(List.of(new SlotRule(Slot.HOME, SlotAccess.FULL)));
        BundleFragment fragment = new BundleFragment("fragment", slots);
        slots.clear();
        assertThat(fragment.slots()).hasSize(1).isUnmodifiable();
    }

    @Test
    void namesAreInNaturalOrderWhateverOrderTheCallerHad() {
        SortedSet<String> reversed = new TreeSet<>(Comparator.reverseOrder());
        reversed.addAll(List.of("a", "b"));
        RoleDefinition role =
                new RoleDefinition("role", "", false, false, Set.of(PrincipalKind.HUMAN), reversed, names());
        assertThat(role.fragments()).containsExactly("a", "b").isUnmodifiable();
        TreeMap<String, RoleDefinition> filed = new TreeMap<>(Comparator.reverseOrder());
        filed.put("role", role);
        filed.put(
                "other", new RoleDefinition("other", "", false, false, Set.of(PrincipalKind.HUMAN), names(), names()));
        TreeMap<String, BundleFragment> fragments = new TreeMap<>();
        fragments.put("a", new BundleFragment("a", List.of()));
        fragments.put("b", new BundleFragment("b", List.of()));
        assertThat(new PolicyCatalogue(filed, fragments).roles().keySet()).containsExactly("other", "role");
    }

    @Test
    void aRoleIsForAtLeastOneKind() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RoleDefinition("role", "", false, false, Set.of(), names(), names()));
    }

    @Test
    void aCatalogueHasEveryFragmentAndLeaseItsRolesName() {
        RoleDefinition adds =
                new RoleDefinition("adds", "", false, false, Set.of(PrincipalKind.HUMAN), names("absent"), names());
        RoleDefinition leases =
                new RoleDefinition("leases", "", false, false, Set.of(PrincipalKind.HUMAN), names(), names("absent"));
        assertThatIllegalArgumentException().isThrownBy(() -> PolicyCatalogue.of(List.of(adds), List.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> PolicyCatalogue.of(List.of(leases), List.of()));
        assertThat(PolicyCatalogue.of(List.of(adds, leases), List.of(new BundleFragment("absent", List.of())))
                        .roles())
                .hasSize(2);
    }

    @Test
    void aSessionIsNeitherIdleNorFreshForLongerThanItLives() {
        assertThat(Samples.policy(HOUR, HOUR, HOUR).idleTimeout()).isEqualTo(HOUR);
        Duration longer = HOUR.plusMillis(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.policy(HOUR, longer, HOUR));
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.policy(HOUR, HOUR, longer));
    }

    @Test
    void aSessionLivesForSomeWholeMillisecondsAndNotForever() {
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.policy(Duration.ZERO, HOUR, HOUR));
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.policy(HOUR.plusNanos(1), HOUR, HOUR));
        Duration forever = Limits.SESSION_LIFETIME.plusMillis(1);
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.policy(forever, HOUR, HOUR));
    }

    @Test
    void aQuotaIsBounded() {
        assertThat(Samples.resources(0, 0, HOUR, 1).homeQuotaBytes()).isZero();
        assertThat(Samples.resources(Limits.QUOTA_BYTES, 1, HOUR, 1).homeQuotaBytes())
                .isEqualTo(1L << 50);
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.resources(-1, 1, HOUR, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.resources(Limits.QUOTA_BYTES + 1, 1, HOUR, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Samples.resources(1, Limits.SESSIONS_PER_ACCOUNT + 1, HOUR, 1));
    }

    @Test
    void aBudgetNeedsAWindowToCountIn() {
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.resources(1, 1, Duration.ZERO, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Samples.resources(1, 1, HOUR, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/usr/bin/true", "/a", "/opt/..hidden", "/opt/a b"})
    void aPlainAbsolutePathNamesABinary(String path) {
        assertThat(service(path).binaryPath()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "/", "bin/true", "/usr//bin", "/usr/./bin", "/usr/../bin", "/usr/..", "/usr/", "/a\u0000b"})
    void aPathThatCouldMeanSomethingElseDoesNot(String path) {
        assertThatIllegalArgumentException().isThrownBy(() -> service(path));
    }

    private static ServiceIdentity service(String path) {
        return new ServiceIdentity("probe", path, Hash256.sha256(new byte[0]), "supervisor");
    }

    @Test
    void everyLimitOfAResourceProfileIsComparedWithThatOfAnother() throws ReflectiveOperationException {
        ResourceProfile profile = Samples.resources(1, 5, HOUR, 18);
        assertThat(profile.limitBeyond(profile)).isEmpty();
        for (RecordComponent limit : ResourceProfile.class.getRecordComponents()) {
            if (Set.of("profileId", "name").contains(limit.getName())) {
                continue;
            }
            ResourceProfile more = withMore(profile, limit);

            assertThat(more.limitBeyond(profile)).contains(limit.getName());
            assertThat(profile.limitBeyond(more)).as(limit.getName()).isEmpty();
        }
    }

    private static ResourceProfile withMore(ResourceProfile profile, RecordComponent limit)
            throws ReflectiveOperationException {
        RecordComponent[] components = ResourceProfile.class.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            Object value = components[i].getAccessor().invoke(profile);
            values[i] = components[i].getName().equals(limit.getName()) ? more(limit.getName(), value) : value;
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        return ResourceProfile.class.getDeclaredConstructor(types).newInstance(values);
    }

    private static Object more(String limit, Object value) {
        return switch (limit) {
            case "networkProfile" -> "listener";
            case "launcherProfile" -> "developer-tools";
            case "logWindow" -> ((Duration) value).minusMinutes(1);
            case "cpuWindowUs" -> (long) value - 1;
            default -> value instanceof Integer count ? (Object) (count + 1) : (Object) ((long) value + 1);
        };
    }

    @Test
    void aWindowOfNothingIsNotCompared() {
        ResourceProfile hourly = Samples.resources(1, 5, HOUR, 18);
        assertThat(withoutLog(hourly).limitBeyond(hourly)).isEmpty();
        assertThat(hourly.limitBeyond(withoutLog(hourly))).contains("logQuotaBytesPerWindow");
    }

    private static ResourceProfile withoutLog(ResourceProfile of) {
        return new ResourceProfile(
                of.profileId(),
                of.name(),
                of.homeQuotaBytes(),
                of.configQuotaBytes(),
                of.cacheQuotaBytes(),
                of.tempQuotaBytes(),
                of.sessionLimit(),
                of.processLimit(),
                of.threadLimit(),
                of.capLimit(),
                of.memoryCommitLimitBytes(),
                of.frameGrantLimitPages(),
                of.endpointQueueLimit(),
                of.inFlightCallLimit(),
                of.pendingIpcSubmissionLimit(),
                of.ringScratchLimitBytes(),
                0,
                Duration.ZERO,
                of.cpuBudgetUsPerWindow(),
                of.cpuWindowUs(),
                of.timerWaiterLimit(),
                of.networkProfile(),
                of.launcherProfile());
    }
}
