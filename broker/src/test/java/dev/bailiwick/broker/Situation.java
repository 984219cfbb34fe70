package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.RecordKind;
import dev.bailiwick.profiles.Catalogue;
import dev.bailiwick.profiles.PolicyCatalogue;
import dev.bailiwick.profiles.PolicyProfile;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.VersionId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Builds what a plan is made from: {@code Situation.of(HUMAN).profiles("standard").role("local-user").plan()}. */
final class Situation {
    static final Instant NOW = Instant.parse("2026-11-21T08:00:00Z");

    private static final PolicyCatalogue BUILT_IN = Catalogue.builtIn();

    private static final VersionId VERSION = new VersionId(new Id128(7, 7));

    private final PrincipalKind kind;
    private final List<Facts.Binding> bindings = new ArrayList<>();
    private SessionKind sessionKind;
    private Optional<ServiceIdentity> service = Optional.empty();
    private SessionSource source;
    private AuthStrength strength;
    private boolean hasTerminal = true;
    private AccountStatus status = AccountStatus.ACTIVE;
    private Facts.Lookup<ResourceProfile> resources =
            new Facts.Lookup.Missing<>(PlanCode.UNKNOWN_PROFILE, "none named");
    private Facts.Lookup<PolicyProfile> policy = new Facts.Lookup.Missing<>(PlanCode.UNKNOWN_PROFILE, "none named");
    private Facts.Lookup<PolicyCatalogue> catalogue =
            new Facts.Lookup.Found<>(BUILT_IN, source(RecordKind.POLICY_VERSION, "policy"), VERSION);

    private Situation(PrincipalKind kind) {
        this.kind = kind;
        this.sessionKind = SessionKind.of(kind);
        this.source = kind == PrincipalKind.RECOVERY ? SessionSource.CONSOLE : SessionSource.UNIX_SOCKET;
        this.strength = kind == PrincipalKind.GUEST || kind == PrincipalKind.ANONYMOUS
                ? AuthStrength.NONE
                : AuthStrength.PASSWORD;
    }

    static Situation of(PrincipalKind kind) {
        return new Situation(kind);
    }

    /** The shipped account, profiles and roles of that name, as their owner's login sees them. */
    static Situation shipped(String account) {
        var seeded = Shipped.manifest().accounts().stream()
                .filter(candidate -> candidate.name().text().equals(account))
                .findFirst()
                .orElseThrow();
        Situation situation = of(seeded.kind()).profiles(account.equals("health-probe") ? "service" : account);
        seeded.service().ifPresent(situation::service);
        seeded.roles().forEach(binding -> situation.role(binding.role()));
        return situation;
    }

    Situation service(ServiceIdentity identity) {
        service = Optional.of(identity);
        return this;
    }

    Situation profiles(String name) {
        return resources(Shipped.resources(name)).policy(Shipped.policy(name));
    }

    Situation resources(ResourceProfile profile) {
        resources = new Facts.Lookup.Found<>(profile, source(RecordKind.RESOURCE_PROFILE, profile.name()), VERSION);
        return this;
    }

    Situation policy(PolicyProfile profile) {
        policy = new Facts.Lookup.Found<>(profile, source(RecordKind.POLICY_PROFILE, profile.name()), VERSION);
        return this;
    }

    Situation withoutResources(PlanCode code) {
        resources = new Facts.Lookup.Missing<>(code, "no such profile");
        return this;
    }

    Situation catalogue(PolicyCatalogue content) {
        catalogue = new Facts.Lookup.Found<>(content, source(RecordKind.POLICY_VERSION, "policy"), VERSION);
        return this;
    }

    Situation withoutCatalogue() {
        catalogue = new Facts.Lookup.Missing<>(PlanCode.UNKNOWN_POLICY, "no policy version");
        return this;
    }

    Situation role(String role) {
        bindings.add(new Facts.Binding(source(RecordKind.ROLE_BINDING, role), role, Optional.empty()));
        return this;
    }

    Situation roleFor(String role, Duration left) {
        bindings.add(new Facts.Binding(source(RecordKind.ROLE_BINDING, role), role, Optional.of(NOW.plus(left))));
        return this;
    }

    Situation status(AccountStatus value) {
        status = value;
        return this;
    }

    Situation session(SessionKind value) {
        sessionKind = value;
        return this;
    }

    Situation from(SessionSource value) {
        source = value;
        return this;
    }

    Situation proven(AuthStrength value) {
        strength = value;
        return this;
    }

    Situation withoutTerminal() {
        hasTerminal = false;
        return this;
    }

    Circumstances circumstances() {
        return new Circumstances(sessionKind, source, strength, hasTerminal, NOW);
    }

    Facts facts() {
        Facts.Account account = new Facts.Account(
                source(RecordKind.ACCOUNT, "alice"),
                new PrincipalId(new Id128(1, 1)),
                "alice",
                "Alice",
                kind,
                status,
                bindings,
                service);
        return new Facts(account, resources, policy, catalogue, 17);
    }

    BundlePlan plan() {
        return new Planner(Planner.OFFERED).plan(facts(), circumstances());
    }

    static Source source(RecordKind kind, String name) {
        return new Source(
                kind,
                new RecordId(new Id128(kind.name().hashCode(), name.hashCode())),
                1,
                Hash256.of(new byte[Hash256.BYTES]),
                name);
    }
}
