package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.identity.ExecContext;
import dev.bailiwick.identity.IdentityAnswer;
import dev.bailiwick.identity.IdentityRouter;
import dev.bailiwick.identity.IdentitySource;
import dev.bailiwick.identity.LiveToken;
import dev.bailiwick.identity.LogonSession;
import dev.bailiwick.identity.MaterialiseResult;
import dev.bailiwick.identity.MintResult;
import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.PrivilegeSet;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.ServiceDefinition;
import dev.bailiwick.identity.ServiceTokens;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.TokenIds;
import dev.bailiwick.identity.TokenMinter;
import dev.bailiwick.identity.TokenPolicy;
import dev.bailiwick.identity.WellKnownSid;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.PrincipalId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Makes the tokens of this daemon, with the one it started with, which it shares with nobody (seed 004). The planner knows nothing of this: a
 * token never decides what is in a bundle. Thread-safe.
 *
 * <p>The SID of an account is {@code S-1-5-21-}, three words of the SHA-256 of the store's id, and four of the principal's id: unique
 * without a counter, the same after a restart and an export, and inside the store's own domain (ADR 0074).
 */
final class Identities {
    private static final int DOMAIN_WORDS = 3;
    private static final int PRINCIPAL_WORDS = Id128.BYTES / Integer.BYTES;

    private final StoreRecords.Snapshots snapshots;
    private final AtomicLong last;
    private final LiveToken boot;
    private final Sid domain;
    private final ServiceTokens services;
    private final List<IdentitySource> outside;
    /** Of those that were started: a service's SID is a hash, which does not lead back. */
    private final Map<Sid, String> serviceNames = new ConcurrentHashMap<>();

    /**
     * Tokens for a store.
     *
     * @param storeId whose domain it is
     * @param outside sources of the site's configuration, asked after the store's own accounts
     * @param firstId ids go on from here; another one at each start of the daemon, so that ids of an earlier one mean nothing
     * @throws dev.bailiwick.identity.SourcesRefusedException if there are too many outside sources, or a domain overlaps another one or the store's
     */
    Identities(StoreRecords.Snapshots snapshots, String storeId, List<IdentitySource> outside, long firstId) {
        this.snapshots = snapshots;
        this.last = new AtomicLong(firstId);
        this.domain = domainOf(storeId);
        this.boot = TokenMinter.boot(ids());
        this.outside = List.copyOf(outside);
        this.services = new ServiceTokens(
                new IdentityRouter(Stream.concat(Stream.of(new Accounts()), outside.stream())
                        .toList()),
                TokenPolicy.standard(),
                LogonTokens.SOURCE,
                ids());
    }

    /** The SID that all accounts of the store are below. */
    static Sid domainOf(String storeId) {
        ByteBuffer hash = ByteBuffer.wrap(
                        Hash256.sha256(storeId.getBytes(StandardCharsets.UTF_8)).toBytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        long[] words = new long[1 + DOMAIN_WORDS];
        words[0] = 21;
        for (int i = 1; i < words.length; i++) {
            words[i] = Integer.toUnsignedLong(hash.getInt());
        }
        return Sid.of(5, words);
    }

    TokenIds ids() {
        return last::incrementAndGet;
    }

    /** The SID of an account. */
    Sid userOf(PrincipalId principal) {
        ByteBuffer id = ByteBuffer.wrap(principal.toBytes()).order(ByteOrder.LITTLE_ENDIAN);
        long[] words = new long[1 + DOMAIN_WORDS + PRINCIPAL_WORDS];
        for (int i = 0; i <= DOMAIN_WORDS; i++) {
            words[i] = domain.subAuthority(i);
        }
        for (int i = 0; i < PRINCIPAL_WORDS; i++) {
            words[1 + DOMAIN_WORDS + i] = Integer.toUnsignedLong(id.getInt());
        }
        return Sid.of(5, words);
    }

    /** The principal whose SID that is, if it is one of this store's. */
    private Optional<PrincipalId> principalOf(Sid sid) {
        if (!sid.isWithin(domain) || sid.subAuthorities() != 1 + DOMAIN_WORDS + PRINCIPAL_WORDS) {
            return Optional.empty();
        }
        ByteBuffer id = ByteBuffer.allocate(Id128.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < PRINCIPAL_WORDS; i++) {
            id.putInt((int) sid.subAuthority(1 + DOMAIN_WORDS + i));
        }
        return Optional.of(PrincipalId.of(id.array()));
    }

    /** What people call that SID; empty if it has no name here. */
    String nameOf(Sid sid) {
        return WellKnownSid.of(sid)
                .map(WellKnownSid::text)
                .or(() -> principalOf(sid)
                        .flatMap(principal ->
                                snapshots.read(snapshot -> snapshot.accounts().byPrincipal(principal)))
                        .map(account -> account.content().name()))
                .or(() -> Optional.ofNullable(serviceNames.get(sid)))
                .or(() -> outside.stream()
                        .filter(source -> sid.isWithin(source.domain()))
                        .flatMap(source -> source.displayName(sid).stream()
                                // No name of this store has a backslash, so nobody outside can be mistaken for somebody
                                // here.
                                .map(name -> source.name() + "\\" + name))
                        .findFirst())
                .orElse("");
    }

    /** The flows of a login, which acts as whoever logged in. */
    Flows logon(Session.Identity identity) {
        LogonSession logon = new LogonSession(ids().next(), LogonTokens.type(identity.kind(), identity.source()));
        return new Flows(
                minted(TokenMinter.create(
                        boot,
                        LogonTokens.of(identity.kind(), identity.source(), userOf(identity.principalId()), logon),
                        ids())),
                "session");
    }

    private static LiveToken minted(MintResult result) {
        return switch (result) {
            case MintResult.Minted(LiveToken token) -> token;
            case Refused refused ->
                throw new IllegalStateException("the token of a login was refused: " + refused.message());
        };
    }

    /** A token for one program of a service. */
    MaterialiseResult materialise(ServiceIdentity service, ExecContext context) {
        ServiceDefinition definition = definition(service);
        serviceNames.put(definition.sid(), definition.name());
        return services.materialise(definition, context, boot);
    }

    /** A token for a program that acts as whoever started it: the caller's effective token, as a duplicate. */
    MaterialiseResult job(String program, LiveToken caller) {
        return services.materialise(ServiceDefinition.of(program), new ExecContext.AdHocJob(caller), boot);
    }

    /** What a definition says of identity. Its privileges were checked when it was defined; one that is unknown by now is not had. */
    static ServiceDefinition definition(ServiceIdentity service) {
        return new ServiceDefinition(
                service.serviceName(),
                Optional.of(service.identity()),
                service.requiredPrivileges()
                        .map(names -> PrivilegeSet.of(names.stream()
                                .flatMap(name -> Privilege.named(name).stream())
                                .toList())),
                Optional.of(service.hookIdentity()));
    }

    /** The accounts of services in this store, by their names: what asserts who they are, and nothing more. */
    private final class Accounts implements IdentitySource {
        @Override
        public String name() {
            return "local-accounts";
        }

        @Override
        public Sid domain() {
            return domain;
        }

        @Override
        public IdentityAnswer ask(String identity) {
            try {
                return snapshots
                        .read(snapshot -> snapshot.accounts().service(identity))
                        .map(this::answer)
                        .orElseGet(IdentityAnswer.Unknown::new);
            } catch (CorruptStoreException damage) {
                return new IdentityAnswer.Unavailable(damage.what() + " is damaged");
            }
        }

        private IdentityAnswer answer(Stored<Account> account) {
            return account.content().status() == AccountStatus.ACTIVE
                    ? new IdentityAnswer.Asserted(userOf(account.content().principalId()), List.of())
                    : new IdentityAnswer.Unavailable(
                            "the account is " + account.content().status().text());
        }
    }
}
