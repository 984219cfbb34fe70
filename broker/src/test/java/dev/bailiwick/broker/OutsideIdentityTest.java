package dev.bailiwick.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.identity.IdentityAnswer;
import dev.bailiwick.identity.IdentitySource;
import dev.bailiwick.identity.IntegrityLevel;
import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.Token;
import dev.bailiwick.launch.LaunchSite;
import dev.bailiwick.launch.Tools;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.capnproto.Text;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Services that run as somebody whom only a source outside knows. Starts real processes; needs bubblewrap and util-linux. */
@Tag("native-tools")
class OutsideIdentityTest {
    private static final Sid DOMAIN = Sid.parse("S-1-5-21-7-8-9");
    private static final Sid BACKUP = Sid.parse("S-1-5-21-7-8-9-1013");
    private static final Sid KEEPERS = Sid.parse("S-1-5-21-7-8-9-2000");
    private static final String IDENTITY = "CORP\\backup";

    @TempDir
    private Path folder = Path.of("/");

    /** A source that answers so, and remembers what it was asked. */
    private record Source(String name, Sid domain, List<String> asked, Function<String, IdentityAnswer> answer)
            implements IdentitySource {
        static Source of(String name, Sid domain, Function<String, IdentityAnswer> answer) {
            return new Source(name, domain, new ArrayList<>(), answer);
        }

        @Override
        public IdentityAnswer ask(String identity) {
            asked.add(identity);
            return answer.apply(identity);
        }

        @Override
        public Optional<String> displayName(Sid user) {
            return user.equals(BACKUP) ? Optional.of("operator") : Optional.empty();
        }
    }

    private static Source knowing(String known, Sid user, Sid... groups) {
        return Source.of(
                "corp",
                DOMAIN,
                name -> name.equals(known)
                        ? new IdentityAnswer.Asserted(user, List.of(groups))
                        : new IdentityAnswer.Unknown());
    }

    private World world(IdentitySource... sources) throws IOException {
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        return World.launching(
                Shipped.manifest(), new LaunchSite(folder, Optional.empty(), Tools.find(), uid), List.of(sources));
    }

    /** {@code started}, or the denial's code. */
    private String started(World world, Holder operator, String identity, String... privileges) throws IOException {
        Path binary = folder.resolve("vault");
        Files.writeString(binary, "#!/bin/sh\nexec sleep 1000\n");
        var request = operator.manager().defineServiceRequest();
        request.params().setName("vault");
        var definition = request.params().initDefinition();
        definition.setBinaryPath(binary.toString());
        definition.setBinarySha256(Hash256.sha256(Files.readAllBytes(binary)).toBytes());
        definition.setIdentity(identity);
        if (privileges.length > 0) {
            definition.setHasRequiredPrivileges(true);
            var list = definition.initRequiredPrivileges(privileges.length);
            for (int i = 0; i < privileges.length; i++) {
                list.set(i, new Text.Reader(privileges[i]));
            }
        }
        try (var response = request.send().join()) {
            assertThat(Holder.outcome(response.get().getResult())).isEqualTo("committed");
        }
        Grant by = world.broker
                .parts()
                .sessions()
                .byId(SessionId.of(operator.result().getInfo().getSessionId().toArray()))
                .flatMap(session -> session.grant(Slot.ACCOUNT_MANAGER))
                .orElseThrow();
        return switch (world.broker.parts().starts().start(by, "vault")) {
            case ServiceStarts.Outcome.Done _ -> "started";
            case ServiceStarts.Outcome.Refused(Refusal refusal) -> refusal.code();
        };
    }

    private static Token token(World world) {
        return world.broker
                .parts()
                .starts()
                .named("vault")
                .orElseThrow()
                .flows()
                .main()
                .flow()
                .primary()
                .token();
    }

    @Test
    void aServiceRunsAsWhomASourceAsserts() throws IOException {
        Source corp = knowing(IDENTITY, BACKUP, KEEPERS);
        try (World world = world(corp)) {
            assertThat(started(world, world.operator(), IDENTITY)).isEqualTo("started");

            assertThat(token(world).user()).isEqualTo(BACKUP);
            assertThat(token(world).service()).contains(Sid.service("vault"));
            assertThat(token(world).groups())
                    .anyMatch(group -> group.sid().equals(KEEPERS))
                    .noneMatch(group -> group.sid().equals(DOMAIN));
            assertThat(corp.asked()).as("verbatim").containsExactly(IDENTITY);
            assertThat(world.auditEntries())
                    .extracting(entry -> entry.event().newValue())
                    .contains("service \"vault\" as " + BACKUP);
        }
    }

    @Test
    void nothingThatASourceSaysGivesAPrivilegeOrIntegrity() throws IOException {
        try (World world = world(knowing(IDENTITY, BACKUP, KEEPERS))) {
            assertThat(started(world, world.operator(), IDENTITY, "SeImpersonatePrivilege", "SeTcbPrivilege"))
                    .isEqualTo("started");

            assertThat(token(world).privileges().present().isEmpty()).isTrue();
            assertThat(token(world).integrity()).isEqualTo(IntegrityLevel.MEDIUM);
        }
        try (World world = world(knowing(IDENTITY, BACKUP))) {
            assertThat(started(world, world.operator(), IDENTITY)).isEqualTo("started");
            assertThat(token(world).privileges().present().toList()).containsExactly(Privilege.CHANGE_NOTIFY);
        }
    }

    @Test
    void aSidOutsideOfTheDomainStartsNothing() throws IOException {
        for (Sid claimed : List.of(Sid.parse("S-1-5-18"), Sid.parse("S-1-5-21-7-8-10-1013"), Sid.service("vault"))) {
            try (World world = world(knowing(IDENTITY, claimed))) {
                assertThat(started(world, world.operator(), IDENTITY))
                        .as(claimed.toString())
                        .isEqualTo("outside-domain");
                assertThat(world.broker.parts().starts().named("vault")).isEmpty();
                assertThat(world.audit()).contains("service.start outside-domain");
            }
        }
    }

    @Test
    void aSourceThatCannotSayEndsTheSearch() throws IOException {
        Source away = Source.of("away", Sid.parse("S-1-5-21-1-2-3"), name -> new IdentityAnswer.Unavailable("away"));
        Source corp = knowing(IDENTITY, BACKUP);
        try (World world = world(away, corp)) {
            assertThat(started(world, world.operator(), IDENTITY)).isEqualTo("identity-unavailable");
            assertThat(corp.asked()).isEmpty();
            assertThat(world.broker.parts().starts().named("vault")).isEmpty();
        }
        try (World world = world(corp, away)) {
            assertThat(started(world, world.operator(), IDENTITY)).isEqualTo("started");
        }
    }

    @Test
    void whatIsKnownHereIsNotAskedOutside() throws IOException {
        Source corp = Source.of("corp", DOMAIN, name -> new IdentityAnswer.Asserted(BACKUP, List.of()));
        try (World world = world(corp)) {
            Holder operator = world.operator();
            for (String known : List.of("", "LocalService", "NetworkService", "SYSTEM", "health-probe")) {
                assertThat(started(world, operator, known)).as(known).isEqualTo("started");
                assertThat(token(world).user()).isNotEqualTo(BACKUP);
                stop(world, operator);
            }
            assertThat(corp.asked()).isEmpty();
        }
    }

    private static void stop(World world, Holder operator) {
        Grant by = world.broker
                .parts()
                .sessions()
                .byId(SessionId.of(operator.result().getInfo().getSessionId().toArray()))
                .flatMap(session -> session.grant(Slot.ACCOUNT_MANAGER))
                .orElseThrow();
        assertThat(world.broker.parts().starts().stop(by, "vault", "")).isInstanceOf(ServiceStarts.Outcome.Done.class);
    }

    @Test
    void nobodyOutsideCanBeMistakenForSomebodyHere() {
        Source corp = knowing(IDENTITY, BACKUP);
        try (World world = World.seeded()) {
            Identities identities = new Identities(world.store::read, "sto-x", List.of(corp), 1);

            assertThat(identities.nameOf(BACKUP)).isEqualTo("corp\\operator");
            assertThat(identities.nameOf(KEEPERS)).isEmpty();
        }
    }

    @Test
    void aDomainOfAnotherSourceOrOfTheStoreIsRefused() {
        Source own = Source.of("own", Identities.domainOf("sto-x"), name -> new IdentityAnswer.Unknown());
        Source corp = knowing(IDENTITY, BACKUP);
        Source twin = Source.of("twin", DOMAIN, name -> new IdentityAnswer.Unknown());
        try (World world = World.seeded()) {
            assertThatThrownBy(() -> new Identities(world.store::read, "sto-x", List.of(own), 1))
                    .hasMessageContaining("overlap");
            assertThatThrownBy(() -> new Identities(world.store::read, "sto-x", List.of(corp, twin), 1))
                    .hasMessageContaining("overlap");
        }
    }
}
