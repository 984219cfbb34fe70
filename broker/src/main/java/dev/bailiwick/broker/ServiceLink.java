package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityFactory;
import dev.bailiwick.identity.ClientConnection;
import dev.bailiwick.schema.gen.ConnectionInfo;
import dev.bailiwick.schema.gen.ServiceFront;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a client to a service. What the client fixed when it connected, {@link ClientConnection}, never changes. It ends with the
 * client's footing, with the service, and when the client lets go; everything the service holds of it is behind a membrane of its own, and goes
 * with it. Thread-safe.
 */
final class ServiceLink {
    private final long id;
    private final RunningService server;
    private final ClientConnection connection;
    private final Ending ending;
    private final Semaphore requests = new Semaphore(Limits.REQUESTS_PER_CONNECTION);
    private ServiceFront.@Nullable Client front; // guarded by this

    /**
     * @param client whoever connects; the link ends with it
     * @param after to be done once, when it is over
     */
    ServiceLink(long id, RunningService server, ClientConnection connection, Lifetime client, Runnable after) {
        this.id = id;
        this.server = server;
        this.connection = connection;
        this.ending = Ending.within(client);
        ending.onClose(why -> {
            server.disconnected(this);
            letGo();
        });
        AtomicBoolean done = new AtomicBoolean();
        ending.onClose(why -> {
            if (done.compareAndSet(false, true)) {
                after.run();
            }
        });
    }

    long id() {
        return id;
    }

    RunningService server() {
        return server;
    }

    ClientConnection connection() {
        return connection;
    }

    /** How long it lasts. */
    Lifetime life() {
        return ending;
    }

    /** Places for requests under way. */
    Semaphore requests() {
        return requests;
    }

    /** What the service holds of it, as it is given out. */
    <T extends CapabilityClient> T guard(T inside, CapabilityFactory<T> factory) {
        return ending.guard(inside, factory);
    }

    /** The service answers with that, which is the link's to close. */
    void answeredBy(ServiceFront.Client taken) {
        synchronized (this) {
            front = taken;
        }
        ending.closed().ifPresent(why -> letGo());
    }

    /** What answers, as a client of its own; empty if nothing does any more. */
    Optional<ServiceFront.Client> front() {
        synchronized (this) {
            return Optional.ofNullable(front).map(ServiceFront.Client::share);
        }
    }

    private void letGo() {
        ServiceFront.Client held;
        synchronized (this) {
            held = front;
            front = null;
        }
        if (held != null) {
            held.close();
        }
    }

    /** Ends it. Does not block. */
    void close(String why) {
        ending.end(why);
    }

    void describe(ConnectionInfo.Builder info) {
        info.setId(id);
        info.setService(server.name());
        info.setLevel(TokenWire.level(connection.level()));
    }
}
