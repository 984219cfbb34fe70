package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** A small machine for tests: ids that count, a boot token, a local identity source, clients and services. */
final class Fixtures {
    static final Sid DOMAIN = Sid.parse("S-1-5-21-11-22-33");
    static final Sid ALICE = Sid.parse("S-1-5-21-11-22-33-1013");
    static final Sid BOB = Sid.parse("S-1-5-21-11-22-33-1014");
    static final Sid STAFF = Sid.parse("S-1-5-21-11-22-33-2001");
    static final TokenSource TEST = new TokenSource("Test", 1);

    /** One for all tests, so that no two tokens share an id. */
    private static final AtomicLong NEXT = new AtomicLong(1000);

    private Fixtures() {}

    static TokenIds ids() {
        return NEXT::getAndIncrement;
    }

    static LiveToken boot() {
        return TokenMinter.boot(ids());
    }

    static LiveToken minted(TokenSpec spec) {
        return switch (TokenMinter.create(boot(), spec, ids())) {
            case MintResult.Minted(LiveToken token) -> token;
            case Refused refused -> throw new AssertionError(refused);
        };
    }

    /** A person at a terminal: medium integrity, two privileges of which one is on. */
    static LiveToken person(Sid user) {
        return minted(personSpec(user));
    }

    static TokenSpec personSpec(Sid user) {
        LogonSession session = new LogonSession(user.subAuthority(user.subAuthorities() - 1), LogonType.INTERACTIVE);
        return TokenSpec.of(user, IntegrityLevel.MEDIUM, session, TEST)
                .withGroups(List.of(
                        Group.always(WellKnownSid.EVERYONE.sid()),
                        Group.always(WellKnownSid.USERS.sid()),
                        Group.always(WellKnownSid.AUTHENTICATED_USERS.sid()),
                        Group.always(WellKnownSid.INTERACTIVE.sid()),
                        Group.logon(session)))
                .withPrivileges(Privileges.of(
                        PrivilegeSet.of(Privilege.CHANGE_NOTIFY, Privilege.SHUTDOWN),
                        PrivilegeSet.of(Privilege.CHANGE_NOTIFY)));
    }

    static LiveToken service(String name) {
        return materialised(ServiceDefinition.of(name));
    }

    static LiveToken materialised(ServiceDefinition definition) {
        return materialised(definition, new ExecContext.Main());
    }

    static LiveToken materialised(ServiceDefinition definition, ExecContext context) {
        return materialised(serviceTokens().materialise(definition, context, boot()));
    }

    static LiveToken materialised(MaterialiseResult result) {
        return switch (result) {
            case MaterialiseResult.Materialised(LiveToken token, String _) -> token;
            case Refused refused -> throw new AssertionError(refused);
        };
    }

    static ServiceTokens serviceTokens(IdentitySource... sources) {
        return new ServiceTokens(new IdentityRouter(List.of(sources)), TokenPolicy.standard(), TEST, ids());
    }

    static ClientConnection connected(LiveToken client, ImpersonationLevel level) {
        return connected(ClientConnection.open(client, level, ids()));
    }

    static ClientConnection connected(ConnectResult result) {
        return switch (result) {
            case ConnectResult.Connected(ClientConnection connection) -> connection;
            case Refused refused -> throw new AssertionError(refused);
        };
    }

    static LiveToken duplicated(LiveToken token, TokenType type, ImpersonationLevel level) {
        return switch (token.duplicate(type, level, ids())) {
            case DuplicateResult.Duplicated(LiveToken duplicate) -> duplicate;
            case Refused refused -> throw new AssertionError(refused);
        };
    }

    static LiveToken impersonating(ExecutionFlow flow, ClientConnection connection) {
        return switch (flow.impersonate(connection, ids())) {
            case ImpersonateResult.Impersonating(LiveToken token) -> token;
            case Refused refused -> throw new AssertionError(refused);
        };
    }

    static SecurityDescriptor sddl(String text) {
        return switch (Sddl.parse(text)) {
            case SddlResult.Parsed(SecurityDescriptor descriptor) -> descriptor;
            case SddlResult.Malformed malformed -> throw new AssertionError(text + ": " + malformed);
        };
    }

    static List<Sid> sids(Token token) {
        return token.groups().stream().map(Group::sid).toList();
    }

    /** A source that knows a few names and remembers what it was asked. */
    static final class Directory implements IdentitySource {
        private final String name;
        private final Sid domain;
        private final Map<String, IdentityAnswer> answers = new HashMap<>();
        final List<String> asked = new ArrayList<>();

        Directory(String name, Sid domain) {
            this.name = name;
            this.domain = domain;
        }

        Directory knows(String identity, Sid user, Sid... groups) {
            return says(identity, new IdentityAnswer.Asserted(user, Arrays.asList(groups)));
        }

        Directory says(String identity, IdentityAnswer answer) {
            answers.put(identity, answer);
            return this;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Sid domain() {
            return domain;
        }

        @Override
        public IdentityAnswer ask(String identity) {
            asked.add(identity);
            return answers.getOrDefault(identity, new IdentityAnswer.Unknown());
        }
    }
}
