package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AnchorMode;
import dev.bailiwick.accountstore.Scrub;
import dev.bailiwick.broker.Broker;
import dev.bailiwick.broker.BrokerConfig;
import dev.bailiwick.broker.KeyringSecret;
import dev.bailiwick.capnp.rpc.ListenerLimits;
import dev.bailiwick.capnp.rpc.UnixListener;
import dev.bailiwick.engine.RocksOptions;
import dev.bailiwick.identity.IdentitySource;
import dev.bailiwick.identity.SourcesRefusedException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running daemon: a store, the broker over it and the socket they are served on. Closing it ends every session, signs a last
 * checkpoint and lets go of the store. Thread-safe.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** A million rows in a quarter of an hour, at a few hundredths of a core. */
    private static final int SCRUBBED_ROWS_PER_SECOND = 1000;

    /** In the store's directory: how far the background check is. */
    private static final String SCRUB_FILE = "scrub";

    private final DaemonConfig config;
    private final OpenedStore store;
    private final Broker broker;
    private final UnixListener listener;

    private final Scrub scrub;
    private final LaunchFolder programs;

    private Daemon(
            DaemonConfig config,
            OpenedStore store,
            Broker broker,
            UnixListener listener,
            Scrub scrub,
            LaunchFolder programs) {
        this.config = config;
        this.store = store;
        this.broker = broker;
        this.listener = listener;
        this.scrub = scrub;
        this.programs = programs;
    }

    /**
     * Opens the store and serves it. Whoever can connect to the socket is served when this returns.
     *
     * @throws DaemonException when the store cannot be opened, or the socket cannot be served on
     */
    public static Daemon start(DaemonConfig config) {
        SocketPlace.prepare(config.socket());
        return StoreProblems.explaining(() -> {
            InstantSource clock = InstantSource.system();
            SecureRandom random = new SecureRandom();
            OpenedStore store = OpenedStore.open(
                    config.store(), RocksOptions.Mode.READ_WRITE, Optional.of(config.socket()), clock, random);
            LaunchFolder programs = LaunchFolder.make();
            try {
                return serve(
                        config,
                        store,
                        brokerConfig(config, store.accounts().clock(), random)
                                .launchingAt(programs.site(config.socket())),
                        programs);
            } catch (RuntimeException e) {
                programs.close();
                store.close();
                throw e;
            }
        });
    }

    private static Daemon serve(
            DaemonConfig config, OpenedStore store, BrokerConfig brokerConfig, LaunchFolder programs) {
        if (config.store().files().mode() instanceof AnchorMode.None) {
            store.accounts().warn("rollback cannot be detected: the store has no anchor");
        }
        EmergencyRecord.takeOver(config.store(), store.accounts()).ifPresent(store.accounts()::warn);
        Broker broker = opened(store, brokerConfig);
        try {
            UnixListener listener = UnixListener.open(
                    config.socket(),
                    SocketPlace.EVERYBODY,
                    broker::bootstrap,
                    config.peer(),
                    ListenerLimits.of( // half to a user, so that none can keep all the others out
                            config.connections(), Math.ceilDiv(config.connections(), 2)));
            LOG.info("serving {} on {}", config.store().directory(), config.socket());
            Scrub scrub = store.accounts()
                    .startScrub(config.store().directory().resolve(SCRUB_FILE), SCRUBBED_ROWS_PER_SECOND);
            return new Daemon(config, store, broker, listener, scrub, programs);
        } catch (BindException taken) {
            broker.close();
            throw new DaemonException(DaemonException.Code.SOCKET_TAKEN, String.valueOf(taken.getMessage()), taken);
        } catch (IOException refused) {
            broker.close();
            throw new DaemonException(
                    DaemonException.Code.BAD_SOCKET,
                    "cannot serve on " + config.socket() + ": " + refused.getMessage(),
                    refused);
        }
    }

    /** The domain of a source may be the store's own, which nobody knew before the store was opened. */
    private static Broker opened(OpenedStore store, BrokerConfig config) {
        try {
            return Broker.open(store.engine(), store.accounts(), config);
        } catch (SourcesRefusedException refused) {
            throw new DaemonException(
                    DaemonException.Code.IDENTITY_SOURCE, String.valueOf(refused.getMessage()), refused);
        }
    }

    private static BrokerConfig brokerConfig(DaemonConfig config, InstantSource clock, SecureRandom random) {
        return new BrokerConfig(
                        config.version(),
                        clock,
                        random,
                        config.hashThreads(),
                        config.sessions(),
                        KeyringSecret.in(config.store().directory()))
                .asking(config.sources().stream()
                        .<IdentitySource>map(SourceClient::new)
                        .toList());
    }

    /** The socket it serves on. */
    public Path socket() {
        return config.socket();
    }

    /**
     * Stops listening, ends every session, signs a checkpoint of the last head and closes the store. Everything acknowledged is
     * durable without this; what it adds is the checkpoint in the log.
     */
    @Override
    public void close() {
        listener.close();
        try (store;
                scrub;
                programs) {
            broker.close();
            LOG.info(
                    "last checkpoint:\n{}",
                    store.accounts().inspector().checkpoint().note().strip());
        }
        LOG.info("stopped serving {}", config.store().directory());
    }
}
