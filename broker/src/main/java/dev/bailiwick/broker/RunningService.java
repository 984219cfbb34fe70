package dev.bailiwick.broker;

import dev.bailiwick.identity.Sid;
import dev.bailiwick.launch.ProgramGroup;
import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.ServiceAcceptor;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** One service that runs: its session, its processes, and who is connected to it. Thread-safe. */
final class RunningService {
    private final ServiceIdentity definition;
    private final RecordId account;
    private final long version;
    private final Session session;
    private final Grant launcher;
    private final ProgramGroup group;
    private final Flows flows;
    private final Instant startedAt;
    private final Set<ServiceLink> links = ConcurrentHashMap.newKeySet();
    private final Semaphore places = new Semaphore(Limits.CONNECTIONS_PER_SERVICE);
    private final Semaphore waiting = new Semaphore(Limits.WAITING_CONNECTIONS);
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private volatile @Nullable RunningProgram program;
    private ServiceAcceptor.@Nullable Client acceptor; // guarded by this

    /**
     * @param version of the account, whose definition this is
     * @param group all its processes
     */
    RunningService(
            ServiceIdentity definition,
            RecordId account,
            long version,
            Session session,
            Grant launcher,
            ProgramGroup group,
            Flows flows,
            Instant startedAt) {
        this.definition = definition;
        this.account = account;
        this.version = version;
        this.session = session;
        this.launcher = launcher;
        this.group = group;
        this.flows = flows;
        this.startedAt = startedAt;
        launcher.onClose(this::over);
    }

    String name() {
        return definition.serviceName();
    }

    ServiceIdentity definition() {
        return definition;
    }

    RecordId account() {
        return account;
    }

    long version() {
        return version;
    }

    Session session() {
        return session;
    }

    /** What everything of it rests on. */
    Grant launcher() {
        return launcher;
    }

    ProgramGroup group() {
        return group;
    }

    Flows flows() {
        return flows;
    }

    Instant startedAt() {
        return startedAt;
    }

    Sid sid() {
        return Sid.service(name());
    }

    /** Its binary; empty until that was started. */
    Optional<RunningProgram> program() {
        return Optional.ofNullable(program);
    }

    void runs(RunningProgram started) {
        program = started;
    }

    /** Completes with how it ended, once nothing of it is left. */
    CompletableFuture<String> ended() {
        return ended;
    }

    /** Takes connections with that from now on, which is its own to close. */
    void listen(ServiceAcceptor.Client fresh) {
        ServiceAcceptor.Client old;
        synchronized (this) {
            old = acceptor;
            acceptor = fresh;
        }
        if (old != null) {
            old.close();
        }
        launcher.closed().ifPresent(this::over);
    }

    boolean isListening() {
        synchronized (this) {
            return acceptor != null && launcher.closed().isEmpty();
        }
    }

    /** What takes its connections, as a client of its own; empty if nothing does. */
    Optional<ServiceAcceptor.Client> acceptor() {
        synchronized (this) {
            return launcher.closed().isPresent()
                    ? Optional.empty()
                    : Optional.ofNullable(acceptor).map(ServiceAcceptor.Client::share);
        }
    }

    /** Room for one more connection; whoever got it calls {@link #leave} once. */
    boolean enter() {
        return places.tryAcquire();
    }

    void leave() {
        places.release();
    }

    /** Room for one more connection to wait in; whoever got it calls {@link #waited} once. */
    boolean mayWait() {
        return waiting.tryAcquire();
    }

    void waited() {
        waiting.release();
    }

    void connected(ServiceLink link) {
        links.add(link);
        launcher.closed().ifPresent(link::close);
    }

    void disconnected(ServiceLink link) {
        links.remove(link);
    }

    int connections() {
        return links.size();
    }

    /** Its grant is gone: nobody is connected any more. Does not block. */
    private void over(String why) {
        ServiceAcceptor.Client held;
        synchronized (this) {
            held = acceptor;
            acceptor = null;
        }
        links.forEach(link -> link.close(why));
        if (held != null) {
            held.close();
        }
    }
}
