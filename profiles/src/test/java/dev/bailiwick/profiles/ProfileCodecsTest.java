package dev.bailiwick.profiles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.VersionId;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.capnproto.MessageBuilder;
import org.capnproto.StructFactory;
import org.capnproto.Text;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values survive their records, and records that no value could have written are refused. */
class ProfileCodecsTest {
    private static final VersionId VERSION = new VersionId(new Id128(7, 8));
    private static final Duration HOUR = Duration.ofHours(1);

    @Test
    void everyShippedValueComesBackFromItsRecord() {
        SeedPlan plan = ManifestText.sound().plan();
        plan.resourceProfiles()
                .forEach(seeded ->
                        assertThat(ProfileCodecs.read(record(seeded.content()))).isEqualTo(seeded.content()));
        plan.policyProfiles()
                .forEach(seeded ->
                        assertThat(ProfileCodecs.read(record(seeded.content()))).isEqualTo(seeded.content()));
        assertThat(ProfileCodecs.read(record(plan.catalogue().content())))
                .isEqualTo(plan.catalogue().content());
    }

    @Test
    void everyFieldOfAResourceProfileHasItsOwnPlace() {
        ResourceProfile distinct = Samples.resources(1, 5, HOUR, 18);
        assertThat(ProfileCodecs.read(record(distinct))).isEqualTo(distinct);
    }

    @Test
    void aPolicyProfileKeepsItsLabels() {
        PolicyProfile labelled = Samples.policy(HOUR, HOUR, HOUR);
        assertThat(ProfileCodecs.read(record(labelled))).isEqualTo(labelled);
    }

    @Test
    void theVersionAndEpochAreWrittenBesideTheContent() {
        var record = record(Samples.policy(HOUR, HOUR, HOUR));
        assertThat(VersionId.of(record.getVersionId().toArray())).isEqualTo(VERSION);
        assertThat(record.getEpoch()).isEqualTo(3);
    }

    @Test
    void aReferencePinsAVersionOrFollows() {
        ProfileRef following = ProfileRef.following(Samples.ID);
        ProfileRef pinned = new ProfileRef(Samples.ID, Optional.of(VERSION), 9);
        for (ProfileRef ref : new ProfileRef[] {following, pinned}) {
            assertThat(ProfileCodecs.read(
                            built(dev.bailiwick.schema.gen.ProfileRef.factory, to -> ProfileCodecs.write(ref, to))))
                    .isEqualTo(ref);
        }
    }

    @Test
    void aServiceIdentityComesBack() {
        ServiceIdentity service = new ServiceIdentity("probe", "/p", Hash256.sha256(new byte[0]), "init");
        assertThat(ProfileCodecs.read(built(
                        dev.bailiwick.schema.gen.ServiceIdentity.factory, to -> ProfileCodecs.write(service, to))))
                .isEqualTo(service);
    }

    @Test
    void attributesComeBackInOrder() {
        var attributes = new TreeMap<>(Map.of("b", "2", "a", "1"));
        var record = built(
                dev.bailiwick.schema.gen.AccountRecord.factory,
                to -> ProfileCodecs.write(attributes, to.initAttributes(attributes.size())));
        assertThat(record.getAttributes().get(0).getName().toString()).isEqualTo("a");
        assertThat(ProfileCodecs.readAttributes(record.getAttributes())).isEqualTo(attributes);
    }

    @Test
    void theEnumsListTheSchemasConstantsInItsOrder() {
        assertSameOrder(PrincipalKind.values(), dev.bailiwick.schema.gen.PrincipalKind.values());
        assertSameOrder(Slot.values(), dev.bailiwick.schema.gen.Slot.values());
        assertSameOrder(SlotAccess.values(), dev.bailiwick.schema.gen.SlotAccess.values());
    }

    @Test
    void aConstantOfANewerSchemaIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileCodecs.ofWire(dev.bailiwick.schema.gen.Slot._NOT_IN_SCHEMA));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileCodecs.ofWire(dev.bailiwick.schema.gen.SlotAccess._NOT_IN_SCHEMA));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileCodecs.ofWire(dev.bailiwick.schema.gen.PrincipalKind._NOT_IN_SCHEMA));
    }

    @ParameterizedTest
    @ValueSource(strings = {"b a", "a a"})
    void aListThatIsNotStrictlyAscendingIsRefused(String roles) {
        refused(to -> {
            var list = to.initAllowedRoles(2);
            list.set(0, new Text.Reader(roles.substring(0, 1)));
            list.set(1, new Text.Reader(roles.substring(2)));
        });
    }

    @Test
    void kindsThatAreNotAscendingAreRefused() {
        refused(to -> {
            var kinds = to.initKinds(2);
            kinds.set(0, dev.bailiwick.schema.gen.PrincipalKind.OPERATOR);
            kinds.set(1, dev.bailiwick.schema.gen.PrincipalKind.HUMAN);
        });
    }

    @Test
    void aRecordBeyondTheLimitsIsRefused() {
        refused(to -> to.setSessionLifetimeMs(-1));
        refused(to -> to.setSessionLifetimeMs(Long.MAX_VALUE));
        refused(to -> to.setIdleTimeoutMs(0));
        refused(to -> to.setName("Not A Name"));
        refused(to -> to.setProfileId(new byte[15]));
        refused(to -> to.initAllowedRoles(Limits.LIST_ITEMS + 1));
    }

    @Test
    void anEmptyRecordIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileCodecs.read(built(dev.bailiwick.schema.gen.PolicyProfile.factory, to -> {})));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> ProfileCodecs.read(built(dev.bailiwick.schema.gen.ResourceProfile.factory, to -> {})));
    }

    @Test
    void aCatalogueWhoseRolesAreOutOfOrderIsRefused() {
        PolicyCatalogue catalogue = Catalogue.builtIn();
        var record = built(dev.bailiwick.schema.gen.PolicyVersion.factory, to -> {
            ProfileCodecs.write(catalogue, VERSION, to);
            ProfileCodecs.write(
                    catalogue.role("storage-admin").orElseThrow(), to.getRoles().get(0));
        });
        assertThatIllegalArgumentException().isThrownBy(() -> ProfileCodecs.read(record));
    }

    @Test
    void aProgramKeepsEveryField() {
        PolicyCatalogue catalogue = PolicyCatalogue.of(List.of(), List.of(), List.of(Samples.program("probe")));

        assertThat(ProfileCodecs.read(record(catalogue))).isEqualTo(catalogue);
    }

    @Test
    void aRecordWithAProgramThatNoTableCouldStateIsRefused() {
        PolicyCatalogue catalogue = PolicyCatalogue.of(List.of(), List.of(), List.of(Samples.program("probe")));
        refusedProgram(catalogue, program -> program.setPath("usr/bin/probe"));
        refusedProgram(catalogue, program -> program.setSha256(new byte[31]));
        refusedProgram(catalogue, program -> program.setSha256(new byte[0]));
        refusedProgram(catalogue, program -> program.setMaxArguments(-1));
        refusedProgram(catalogue, program -> program.setMaxArguments(0));
        refusedProgram(catalogue, program -> program.initPostures(0));
        refusedProgram(catalogue, program -> program.initPatterns(0));
        refusedProgram(
                catalogue, program -> program.getHolds().get(0).setSlot(dev.bailiwick.schema.gen.Slot.ACCOUNT_MANAGER));
        refusedProgram(
                catalogue, program -> program.setArguments(dev.bailiwick.schema.gen.ProgramArguments._NOT_IN_SCHEMA));
    }

    private static void refusedProgram(
            PolicyCatalogue catalogue, Consumer<dev.bailiwick.schema.gen.ProgramRule.Builder> damage) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProfileCodecs.read(built(dev.bailiwick.schema.gen.PolicyVersion.factory, to -> {
                    ProfileCodecs.write(catalogue, VERSION, to);
                    damage.accept(to.getPrograms().get(0));
                })));
    }

    private static void refused(Consumer<dev.bailiwick.schema.gen.PolicyProfile.Builder> damage) {
        var record = built(dev.bailiwick.schema.gen.PolicyProfile.factory, to -> {
            ProfileCodecs.write(Samples.policy(HOUR, HOUR, HOUR), VERSION, 3, to);
            damage.accept(to);
        });
        assertThatIllegalArgumentException().isThrownBy(() -> ProfileCodecs.read(record));
    }

    private static void assertSameOrder(Enum<?>[] ours, Enum<?>[] wire) {
        assertThat(Arrays.stream(ours).map(Enum::name))
                .isEqualTo(Arrays.stream(wire)
                        .map(Enum::name)
                        .filter(name -> !name.equals("_NOT_IN_SCHEMA"))
                        .toList());
    }

    private static dev.bailiwick.schema.gen.ResourceProfile.Reader record(ResourceProfile profile) {
        return built(
                dev.bailiwick.schema.gen.ResourceProfile.factory, to -> ProfileCodecs.write(profile, VERSION, 3, to));
    }

    private static dev.bailiwick.schema.gen.PolicyProfile.Reader record(PolicyProfile profile) {
        return built(
                dev.bailiwick.schema.gen.PolicyProfile.factory, to -> ProfileCodecs.write(profile, VERSION, 3, to));
    }

    private static dev.bailiwick.schema.gen.PolicyVersion.Reader record(PolicyCatalogue catalogue) {
        return built(dev.bailiwick.schema.gen.PolicyVersion.factory, to -> ProfileCodecs.write(catalogue, VERSION, to));
    }

    private static <B extends org.capnproto.StructBuilder, R extends org.capnproto.StructReader> R built(
            StructFactory<B, R> factory, Consumer<B> fill) {
        B builder = new MessageBuilder().initRoot(factory);
        fill.accept(builder);
        return factory.asReader(builder);
    }
}
