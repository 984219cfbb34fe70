package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.ProfileId;
import dev.bailiwick.schema.VersionId;
import dev.bailiwick.schema.gen.Attribute;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import org.capnproto.StructList;

/**
 * Between the values of this module and the records of the schema. Only content is written and read; the chain fields
 * belong to whoever stores the record. Every {@code read} method throws {@link IllegalArgumentException} for content that
 * no {@code write} could have produced, an enum value of a newer schema included: such a record is unreadable, and what it
 * might grant is not granted. Stateless.
 */
public final class ProfileCodecs {
    private ProfileCodecs() {}

    /** Writes the content, and with it which version this is and the policy epoch it was written in. */
    public static void write(
            ResourceProfile profile,
            VersionId version,
            long epoch,
            dev.bailiwick.schema.gen.ResourceProfile.Builder to) {
        to.setProfileId(profile.profileId().toBytes());
        to.setVersionId(version.toBytes());
        to.setEpoch(epoch);
        to.setName(profile.name());
        to.setHomeQuotaBytes(profile.homeQuotaBytes());
        to.setConfigQuotaBytes(profile.configQuotaBytes());
        to.setCacheQuotaBytes(profile.cacheQuotaBytes());
        to.setTempQuotaBytes(profile.tempQuotaBytes());
        to.setSessionLimit(profile.sessionLimit());
        to.setProcessLimit(profile.processLimit());
        to.setThreadLimit(profile.threadLimit());
        to.setCapLimit(profile.capLimit());
        to.setMemoryCommitLimitBytes(profile.memoryCommitLimitBytes());
        to.setFrameGrantLimitPages(profile.frameGrantLimitPages());
        to.setEndpointQueueLimit(profile.endpointQueueLimit());
        to.setInFlightCallLimit(profile.inFlightCallLimit());
        to.setPendingIpcSubmissionLimit(profile.pendingIpcSubmissionLimit());
        to.setRingScratchLimitBytes(profile.ringScratchLimitBytes());
        to.setLogQuotaBytesPerWindow(profile.logQuotaBytesPerWindow());
        to.setLogWindowMs(profile.logWindow().toMillis());
        to.setCpuBudgetUsPerWindow(profile.cpuBudgetUsPerWindow());
        to.setCpuWindowUs(profile.cpuWindowUs());
        to.setTimerWaiterLimit(profile.timerWaiterLimit());
        to.setNetworkProfile(profile.networkProfile());
        to.setLauncherProfile(profile.launcherProfile());
    }

    /** Reads the content. */
    public static ResourceProfile read(dev.bailiwick.schema.gen.ResourceProfile.Reader from) {
        return new ResourceProfile(
                ProfileId.of(from.getProfileId().toArray()),
                from.getName().toString(),
                from.getHomeQuotaBytes(),
                from.getConfigQuotaBytes(),
                from.getCacheQuotaBytes(),
                from.getTempQuotaBytes(),
                from.getSessionLimit(),
                from.getProcessLimit(),
                from.getThreadLimit(),
                from.getCapLimit(),
                from.getMemoryCommitLimitBytes(),
                from.getFrameGrantLimitPages(),
                from.getEndpointQueueLimit(),
                from.getInFlightCallLimit(),
                from.getPendingIpcSubmissionLimit(),
                from.getRingScratchLimitBytes(),
                from.getLogQuotaBytesPerWindow(),
                milliseconds("logWindowMs", from.getLogWindowMs()),
                from.getCpuBudgetUsPerWindow(),
                from.getCpuWindowUs(),
                from.getTimerWaiterLimit(),
                from.getNetworkProfile().toString(),
                from.getLauncherProfile().toString());
    }

    /** Writes the content, and with it which version this is and the policy epoch it was written in. */
    public static void write(
            PolicyProfile profile, VersionId version, long epoch, dev.bailiwick.schema.gen.PolicyProfile.Builder to) {
        to.setProfileId(profile.profileId().toBytes());
        to.setVersionId(version.toBytes());
        to.setEpoch(epoch);
        to.setName(profile.name());
        WireLists.write(profile.kinds(), to.initKinds(profile.kinds().size()));
        WireLists.write(
                profile.allowedRoles(),
                to.initAllowedRoles(profile.allowedRoles().size()));
        WireLists.write(
                profile.fragments(), to.initFragments(profile.fragments().size()));
        to.setSessionLifetimeMs(profile.sessionLifetime().toMillis());
        to.setIdleTimeoutMs(profile.idleTimeout().toMillis());
        to.setFreshAuthMs(profile.freshAuth().toMillis());
        WireLists.write(profile.labels(), to.initLabels(profile.labels().size()));
    }

    /** Reads the content. */
    public static PolicyProfile read(dev.bailiwick.schema.gen.PolicyProfile.Reader from) {
        return new PolicyProfile(
                ProfileId.of(from.getProfileId().toArray()),
                from.getName().toString(),
                WireLists.readKinds(from.getKinds()),
                WireLists.readTexts("allowedRoles", from.getAllowedRoles()),
                WireLists.readTexts("fragments", from.getFragments()),
                milliseconds("sessionLifetimeMs", from.getSessionLifetimeMs()),
                milliseconds("idleTimeoutMs", from.getIdleTimeoutMs()),
                milliseconds("freshAuthMs", from.getFreshAuthMs()),
                WireLists.readAttributes(from.getLabels()));
    }

    /** Writes the catalogue as a policy version. */
    public static void write(
            PolicyCatalogue catalogue, VersionId version, dev.bailiwick.schema.gen.PolicyVersion.Builder to) {
        to.setVersionId(version.toBytes());
        var roles = to.initRoles(catalogue.roles().size());
        int i = 0;
        for (RoleDefinition role : catalogue.roles().values()) {
            write(role, roles.get(i++));
        }
        var fragments = to.initFragments(catalogue.fragments().size());
        i = 0;
        for (BundleFragment fragment : catalogue.fragments().values()) {
            write(fragment, fragments.get(i++));
        }
        var programs = to.initPrograms(catalogue.programs().size());
        i = 0;
        for (ProgramRule program : catalogue.programs().values()) {
            write(program, programs.get(i++));
        }
    }

    /** Reads the catalogue of a policy version. */
    public static PolicyCatalogue read(dev.bailiwick.schema.gen.PolicyVersion.Reader from) {
        Checks.atMost("roles", from.getRoles().size(), Limits.CATALOGUE_ITEMS);
        List<RoleDefinition> roles = new ArrayList<>();
        for (var role : from.getRoles()) {
            roles.add(read(role));
            requireAscending("roles", roles, RoleDefinition::name);
        }
        Checks.atMost("fragments", from.getFragments().size(), Limits.CATALOGUE_ITEMS);
        List<BundleFragment> fragments = new ArrayList<>();
        for (var fragment : from.getFragments()) {
            fragments.add(read(fragment));
            requireAscending("fragments", fragments, BundleFragment::name);
        }
        Checks.atMost("programs", from.getPrograms().size(), Limits.PROGRAMS);
        List<ProgramRule> programs = new ArrayList<>();
        for (var program : from.getPrograms()) {
            programs.add(read(program));
            requireAscending("programs", programs, ProgramRule::name);
        }
        return PolicyCatalogue.of(roles, fragments, programs);
    }

    /** Writes one role. */
    public static void write(RoleDefinition role, dev.bailiwick.schema.gen.RoleDefinition.Builder to) {
        to.setName(role.name());
        to.setSummary(role.summary());
        to.setAdministrative(role.administrative());
        to.setManifestOnly(role.manifestOnly());
        WireLists.write(role.kinds(), to.initKinds(role.kinds().size()));
        WireLists.write(role.fragments(), to.initFragments(role.fragments().size()));
        WireLists.write(role.leases(), to.initLeases(role.leases().size()));
    }

    /** Reads one role. */
    public static RoleDefinition read(dev.bailiwick.schema.gen.RoleDefinition.Reader from) {
        return new RoleDefinition(
                from.getName().toString(),
                from.getSummary().toString(),
                from.getAdministrative(),
                from.getManifestOnly(),
                WireLists.readKinds(from.getKinds()),
                WireLists.readTexts("fragments", from.getFragments()),
                WireLists.readTexts("leases", from.getLeases()));
    }

    private static void write(BundleFragment fragment, dev.bailiwick.schema.gen.BundleFragment.Builder to) {
        to.setName(fragment.name());
        var slots = to.initSlots(fragment.slots().size());
        int i = 0;
        for (SlotRule rule : fragment.slots()) {
            var slot = slots.get(i++);
            slot.setSlot(toWire(rule.slot()));
            slot.setAccess(toWire(rule.access()));
        }
    }

    private static BundleFragment read(dev.bailiwick.schema.gen.BundleFragment.Reader from) {
        Checks.atMost("slots", from.getSlots().size(), Slot.values().length);
        List<SlotRule> rules = new ArrayList<>();
        for (var slot : from.getSlots()) {
            rules.add(new SlotRule(ofWire(slot.getSlot()), ofWire(slot.getAccess())));
            int last = rules.size() - 1;
            WireLists.requireAscending(
                    "slots",
                    last == 0
                            || rules.get(last - 1)
                                            .slot()
                                            .compareTo(rules.get(last).slot())
                                    < 0);
        }
        return new BundleFragment(from.getName().toString(), rules);
    }

    private static void write(ProgramRule program, dev.bailiwick.schema.gen.ProgramRule.Builder to) {
        to.setName(program.name());
        to.setSummary(program.summary());
        to.setPath(program.path());
        to.setSha256(program.sha256().map(Hash256::toBytes).orElse(new byte[0]));
        to.setArguments(dev.bailiwick.schema.gen.ProgramArguments.valueOf(
                program.arguments().name()));
        WireLists.write(program.patterns(), to.initPatterns(program.patterns().size()));
        to.setMaxArguments(program.maxArguments());
        to.setMaxArgumentBytes(program.maxArgumentBytes());
        WireLists.write(program.postures(), to.initPostures(program.postures().size()));
        var holds = to.initHolds(program.holds().size());
        int i = 0;
        for (Map.Entry<Slot, ProgramAccess> held : program.holds().entrySet()) {
            var holding = holds.get(i++);
            holding.setSlot(toWire(held.getKey()));
            holding.setAccess(dev.bailiwick.schema.gen.ProgramAccess.valueOf(
                    held.getValue().name()));
        }
        WireLists.write(program.reads(), to.initReads(program.reads().size()));
        to.setAsCaller(program.asCaller());
    }

    private static ProgramRule read(dev.bailiwick.schema.gen.ProgramRule.Reader from) {
        byte[] sha256 = from.getSha256().toArray();
        Checks.atMost("holds", from.getHolds().size(), Slot.values().length);
        SortedMap<Slot, ProgramAccess> holds = new TreeMap<>();
        for (var holding : from.getHolds()) {
            Slot slot = ofWire(holding.getSlot());
            WireLists.requireAscending(
                    "holds", holds.isEmpty() || holds.lastKey().compareTo(slot) < 0);
            holds.put(slot, known(ProgramAccess.values(), holding.getAccess(), "program access"));
        }
        return new ProgramRule(
                from.getName().toString(),
                from.getSummary().toString(),
                from.getPath().toString(),
                sha256.length == 0 ? Optional.empty() : Optional.of(Hash256.of(sha256)),
                known(ProgramArguments.values(), from.getArguments(), "rule for arguments"),
                WireLists.readTexts("patterns", from.getPatterns()),
                from.getMaxArguments(),
                from.getMaxArgumentBytes(),
                WireLists.readTexts("postures", from.getPostures()),
                holds,
                WireLists.readTexts("reads", from.getReads()),
                from.getAsCaller());
    }

    /** Writes a reference; one that follows the newest version has an empty version id. */
    public static void write(ProfileRef ref, dev.bailiwick.schema.gen.ProfileRef.Builder to) {
        to.setProfileId(ref.profileId().toBytes());
        to.setVersionId(ref.versionId().map(VersionId::toBytes).orElse(new byte[0]));
        to.setEpoch(ref.epoch());
    }

    /** Reads a reference. */
    public static ProfileRef read(dev.bailiwick.schema.gen.ProfileRef.Reader from) {
        byte[] version = from.getVersionId().toArray();
        return new ProfileRef(
                ProfileId.of(from.getProfileId().toArray()),
                version.length == 0 ? Optional.empty() : Optional.of(VersionId.of(version)),
                from.getEpoch());
    }

    /** Writes a service identity. */
    public static void write(ServiceIdentity service, dev.bailiwick.schema.gen.ServiceIdentity.Builder to) {
        to.setServiceName(service.serviceName());
        to.setBinaryPath(service.binaryPath());
        to.setBinarySha256(service.binarySha256().toBytes());
        to.setSupervisor(service.supervisor());
        if (!service.identity().isEmpty()) {
            to.setIdentity(service.identity());
        }
        service.requiredPrivileges().ifPresent(privileges -> {
            to.setHasRequiredPrivileges(true);
            if (!privileges.isEmpty()) {
                WireLists.write(privileges, to.initRequiredPrivileges(privileges.size()));
            }
        });
        if (!service.hookIdentity().isEmpty()) {
            to.setHookIdentity(service.hookIdentity());
        }
        if (!service.startPre().isEmpty()) {
            write(service.startPre(), to.initStartPre(service.startPre().size()));
        }
        if (!service.startPost().isEmpty()) {
            write(service.startPost(), to.initStartPost(service.startPost().size()));
        }
        service.healthCheck().ifPresent(program -> write(program, to.initHealthCheck()));
        service.reload().ifPresent(program -> write(program, to.initReload()));
        if (!service.descriptor().isEmpty()) {
            to.setDescriptor(service.descriptor());
        }
        if (!service.reads().isEmpty()) {
            WireLists.write(service.reads(), to.initReads(service.reads().size()));
        }
    }

    private static void write(
            List<ServiceProgram> programs, StructList.Builder<dev.bailiwick.schema.gen.ServiceProgram.Builder> to) {
        for (int i = 0; i < programs.size(); i++) {
            write(programs.get(i), to.get(i));
        }
    }

    private static void write(ServiceProgram program, dev.bailiwick.schema.gen.ServiceProgram.Builder to) {
        to.setPath(program.path());
        to.setSha256(program.sha256().toBytes());
    }

    private static List<ServiceProgram> readPrograms(
            String what, StructList.Reader<dev.bailiwick.schema.gen.ServiceProgram.Reader> from) {
        Checks.atMost(what, from.size(), Limits.SERVICE_HOOKS);
        List<ServiceProgram> programs = new ArrayList<>();
        for (dev.bailiwick.schema.gen.ServiceProgram.Reader program : from) {
            programs.add(read(program));
        }
        return programs;
    }

    private static ServiceProgram read(dev.bailiwick.schema.gen.ServiceProgram.Reader from) {
        return new ServiceProgram(
                from.getPath().toString(), Hash256.of(from.getSha256().toArray()));
    }

    /** Reads a service identity. */
    public static ServiceIdentity read(dev.bailiwick.schema.gen.ServiceIdentity.Reader from) {
        return read(from, from.getServiceName().toString(), from.getSupervisor().toString());
    }

    /** Reads a service identity that somebody asks for, whose name and supervisor are said elsewhere. */
    public static ServiceIdentity read(
            dev.bailiwick.schema.gen.ServiceIdentity.Reader from, String serviceName, String supervisor) {
        return new ServiceIdentity(
                serviceName,
                from.getBinaryPath().toString(),
                Hash256.of(from.getBinarySha256().toArray()),
                supervisor,
                from.getIdentity().toString(),
                requiredPrivileges(from),
                from.getHookIdentity().toString(),
                readPrograms("hooks before the start", from.getStartPre()),
                readPrograms("hooks after the start", from.getStartPost()),
                from.hasHealthCheck() ? Optional.of(read(from.getHealthCheck())) : Optional.empty(),
                from.hasReload() ? Optional.of(read(from.getReload())) : Optional.empty(),
                from.getDescriptor().toString(),
                WireLists.readTexts("readable paths", from.getReads()));
    }

    /** An empty set and none at all are different things: the one leaves no privilege, the other all of them. */
    private static Optional<SortedSet<String>> requiredPrivileges(
            dev.bailiwick.schema.gen.ServiceIdentity.Reader from) {
        SortedSet<String> names = WireLists.readTexts("required privileges", from.getRequiredPrivileges());
        if (!from.getHasRequiredPrivileges() && !names.isEmpty()) {
            throw new IllegalArgumentException("a service lists required privileges and says that it has none");
        }
        return from.getHasRequiredPrivileges() ? Optional.of(names) : Optional.empty();
    }

    /** Writes named inputs to policy, of an account or as labels of a profile; the list is as long as the map. */
    public static void write(SortedMap<String, String> attributes, StructList.Builder<Attribute.Builder> to) {
        WireLists.write(attributes, to);
    }

    /** Reads named inputs to policy, at most {@link Limits#LIST_ITEMS}. */
    public static SortedMap<String, String> readAttributes(StructList.Reader<Attribute.Reader> from) {
        return Checks.attributes(WireLists.readAttributes(from));
    }

    /** The schema's constant for a kind. */
    public static dev.bailiwick.schema.gen.PrincipalKind toWire(PrincipalKind kind) {
        return dev.bailiwick.schema.gen.PrincipalKind.valueOf(kind.name());
    }

    /** The kind that a constant of the schema stands for. */
    public static PrincipalKind ofWire(dev.bailiwick.schema.gen.PrincipalKind kind) {
        return known(PrincipalKind.values(), kind, "principal kind");
    }

    /** The schema's constant for a slot. */
    public static dev.bailiwick.schema.gen.Slot toWire(Slot slot) {
        return dev.bailiwick.schema.gen.Slot.valueOf(slot.name());
    }

    /** The slot that a constant of the schema stands for. */
    public static Slot ofWire(dev.bailiwick.schema.gen.Slot slot) {
        return known(Slot.values(), slot, "slot");
    }

    /** The schema's constant for an access. */
    public static dev.bailiwick.schema.gen.SlotAccess toWire(SlotAccess access) {
        return dev.bailiwick.schema.gen.SlotAccess.valueOf(access.name());
    }

    /** The access that a constant of the schema stands for. */
    public static SlotAccess ofWire(dev.bailiwick.schema.gen.SlotAccess access) {
        return known(SlotAccess.values(), access, "slot access");
    }

    /** INVARIANT (enums): those of this module have the schema's constants, by the same names; a test holds it. */
    private static <T extends Enum<T>> T known(T[] values, Enum<?> wire, String what) {
        for (T value : values) {
            if (value.name().equals(wire.name())) {
                return value;
            }
        }
        throw new IllegalArgumentException("a " + what + " of a newer schema");
    }

    private static <T> void requireAscending(String what, List<T> items, Function<T, String> nameOf) {
        int last = items.size() - 1;
        WireLists.requireAscending(
                what, last == 0 || nameOf.apply(items.get(last - 1)).compareTo(nameOf.apply(items.get(last))) < 0);
    }

    private static Duration milliseconds(String what, long value) {
        Checks.range(what, value, 0, Limits.SESSION_LIFETIME.toMillis());
        return Duration.ofMillis(value);
    }
}
