package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStore;
import dev.bailiwick.accountstore.Actor;
import dev.bailiwick.accountstore.AuditEvent;
import dev.bailiwick.accountstore.Credential;
import dev.bailiwick.accountstore.EmergencyLog;
import dev.bailiwick.accountstore.ExternalBinding;
import dev.bailiwick.accountstore.Mutation;
import dev.bailiwick.accountstore.PolicyProfileContent;
import dev.bailiwick.accountstore.PolicyVersion;
import dev.bailiwick.accountstore.ResourceProfileContent;
import dev.bailiwick.accountstore.RoleBinding;
import dev.bailiwick.accountstore.SeedManifestContent;
import dev.bailiwick.accountstore.StoreKeyContent;
import dev.bailiwick.broker.Broker;
import dev.bailiwick.broker.BrokerConfig;
import dev.bailiwick.broker.KeyringSecret;
import dev.bailiwick.broker.SessionSource;
import dev.bailiwick.capnp.rpc.UnixListener;
import dev.bailiwick.engine.Engine;
import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.SeedPlan;
import dev.bailiwick.schema.PrincipalId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served while a store refuses to open: the manifest's recovery operator may log in, on the local console, and gets the
 * recovery bundle; nobody else gets anything (seed 002, "bounded emergency mode").
 *
 * <p>Nothing of the refused store is read or written, but who starts this, who logs in and what they get is recorded beside it before it is
 * answered ({@link EmergencyRecord}). What is served lives in memory and ends with the process: a store of the
 * manifest's recovery accounts alone, whose one-time codes are drawn anew and shown to whoever starts this. The local console is a
 * socket that only the user who runs this can open; whoever can do that could open the store's directory as well.
 */
public final class EmergencyDaemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmergencyDaemon.class);

    private final Engine engine;
    private final AccountStore store;
    private final Broker broker;
    private final UnixListener listener;
    private final EmergencyLog log;
    private final String reason;
    private final List<IssuedCode> codes;

    private EmergencyDaemon(
            Engine engine,
            AccountStore store,
            Broker broker,
            UnixListener listener,
            EmergencyLog log,
            String reason,
            List<IssuedCode> codes) {
        this.engine = engine;
        this.store = store;
        this.broker = broker;
        this.listener = listener;
        this.log = log;
        this.reason = reason;
        this.codes = codes;
    }

    /**
     * Serves emergency sessions in place of a store that refuses to open.
     *
     * @param uid whoever does this, unsigned
     * @param record where it is recorded who did this, who logs in and what they get; empty for {@code <store>.emergency}
     * @throws DaemonException {@code NO_EMERGENCY} if the store opens or there is none, or the manifest states no recovery operator;
     *     {@code EMERGENCY_LOG} if it cannot be recorded; otherwise as {@link Daemon#start}
     */
    public static EmergencyDaemon start(DaemonConfig config, SeedPlan manifest, int uid, Optional<Path> record) {
        SocketPlace.prepare(config.socket());
        String reason = refusal(config.store());
        SecureRandom random = new SecureRandom();
        InstantSource clock = InstantSource.system();
        Seeding seeding = recoveryOnly(Seeding.of(manifest, Instant.ofEpochMilli(clock.millis()), random), manifest);
        if (seeding.codes().isEmpty()) {
            throw new DaemonException(
                    DaemonException.Code.NO_EMERGENCY, "the manifest states no recovery operator with a one-time code");
        }
        return StoreProblems.explaining(() -> {
            Engine engine = RamEngine.open();
            try {
                AccountStore store = AccountStore.createInMemory(engine, seeding.records(), clock, random);
                store.warn("emergency: the store is not served (" + reason
                        + "); recover it with 'account-admin store recover', or put it right, and restart");
                EmergencyLog log = EmergencyRecord.keep(
                        store, config.store(), record.orElseGet(() -> EmergencyRecord.placeOf(config.store())));
                try {
                    begin(store, uid, reason);
                    return serve(config, engine, store, log, reason, seeding.codes(), random);
                } catch (RuntimeException e) {
                    log.close();
                    throw e;
                }
            } catch (RuntimeException e) {
                engine.close();
                throw e;
            }
        });
    }

    private static void begin(AccountStore store, int uid, String reason) {
        store.auditLog()
                .append(List.of(
                        AuditEvent.of(store.clock().instant(), "begin", "ok", Optional.of(new Actor.Offline(uid)))
                                .withNewValue(AuditEvent.shortened(reason))));
    }

    /** Why the store does not open. One that does is to be served, not gone around. */
    private static String refusal(StoreLocation location) {
        try {
            StoreProblems.explaining(() -> OpenedStore.open(
                            location,
                            RocksOptions.Mode.READ_ONLY,
                            Optional.empty(),
                            InstantSource.system(),
                            new SecureRandom()))
                    .close();
        } catch (DaemonException refused) {
            return switch (refused.code()) {
                case CORRUPT,
                        RECORD_REPLACED,
                        ENTRIES_MISSING,
                        STORE_KEY,
                        FILE_MISSING,
                        ROLLED_BACK,
                        FORKED,
                        ANCHOR_MISSING,
                        ANCHOR_FOREIGN,
                        ANCHOR_OLDER,
                        ANCHOR_CORRUPT,
                        CLOCK_SET_BACK,
                        INTERRUPTED -> refused.code().word() + ": " + refused.getMessage();
                case BAD_SOCKET,
                        SOCKET_TAKEN,
                        STORE_MISSING,
                        STORE_EXISTS,
                        STORE_BUSY,
                        SEEDS_REFUSED,
                        OTHER_MANIFEST,
                        ANCHOR_EXISTS,
                        FILE_EXISTS,
                        EXPORT_FORMAT,
                        EXPORT_DAMAGED,
                        EXPORT_KEY,
                        EXPORT_OLDER,
                        EXPORT_FORKED,
                        UNREADABLE,
                        EMERGENCY_LOG,
                        NO_EMERGENCY,
                        IDENTITY_SOURCE,
                        IO -> throw refused;
            };
        }
        throw new DaemonException(
                DaemonException.Code.NO_EMERGENCY, "the store opens, so there is no emergency; serve it as usual");
    }

    /** Of the manifest's records, the policy, the profiles and what belongs to its recovery accounts. */
    private static Seeding recoveryOnly(Seeding all, SeedPlan manifest) {
        Set<PrincipalId> principals = manifest.accounts().stream()
                .filter(account -> account.kind() == PrincipalKind.RECOVERY)
                .map(account -> account.principalId())
                .collect(Collectors.toSet());
        Set<String> names = manifest.accounts().stream()
                .filter(account -> account.kind() == PrincipalKind.RECOVERY)
                .map(account -> account.name().text())
                .collect(Collectors.toSet());
        List<Mutation> records = all.records().stream()
                .filter(record -> switch (record.content()) {
                    case Account account -> principals.contains(account.principalId());
                    case RoleBinding binding -> principals.contains(binding.principalId());
                    case Credential credential -> principals.contains(credential.principalId());
                    case SeedManifestContent stated -> false;
                    case ExternalBinding binding -> false;
                    case PolicyVersion policy -> true;
                    case PolicyProfileContent profile -> true;
                    case ResourceProfileContent profile -> true;
                    case StoreKeyContent key -> false;
                })
                .toList();
        return new Seeding(
                records,
                all.codes().stream().filter(code -> names.contains(code.name())).toList());
    }

    private static EmergencyDaemon serve(
            DaemonConfig config,
            Engine engine,
            AccountStore store,
            EmergencyLog log,
            String reason,
            List<IssuedCode> codes,
            SecureRandom random) {
        Broker broker = Broker.open(
                engine,
                store,
                new BrokerConfig(
                        config.version(),
                        store.clock(),
                        random,
                        config.hashThreads(),
                        config.sessions(),
                        KeyringSecret.inMemory()));
        try {
            UnixListener listener = UnixListener.open(
                    config.socket(),
                    SocketPlace.OWNER,
                    peer -> broker.bootstrap(peer.uid(), SessionSource.CONSOLE),
                    config.peer(),
                    config.connections());
            LOG.warn("emergency: serving the recovery operator alone on {}, because {}", config.socket(), reason);
            return new EmergencyDaemon(engine, store, broker, listener, log, reason, codes);
        } catch (IOException refused) {
            broker.close();
            throw new DaemonException(
                    DaemonException.Code.BAD_SOCKET,
                    "cannot serve on " + config.socket() + ": " + refused.getMessage(),
                    refused);
        }
    }

    /** Why the store is not served. */
    public String reason() {
        return reason;
    }

    /** For the recovery operator; they exist nowhere else. */
    public List<IssuedCode> codes() {
        return codes;
    }

    @Override
    public void close() {
        listener.close();
        broker.close();
        store.close();
        engine.close();
        log.close();
    }
}
