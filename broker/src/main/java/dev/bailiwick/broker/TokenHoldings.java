package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CapabilityClient;
import dev.bailiwick.capnp.rpc.CapabilityFactory;
import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.schema.gen.ProgramCaps;
import dev.bailiwick.schema.gen.SecuredDirectories;
import dev.bailiwick.schema.gen.ServiceDirectory;
import dev.bailiwick.schema.gen.TokenHolder;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What a program holds by the token of its own flow of execution: that token, connections to services, and data directories of services. The
 * token is the program's own; the others are of the session's own grants of those slots, go with them, and are not held where the session does not
 * hold them. Thread-safe.
 */
final class TokenHoldings {
    private final Identities identities;
    private final SecuredData data;
    private final Connections connections;

    TokenHoldings(Identities identities, SecuredData data, Connections connections) {
        this.identities = identities;
        this.data = data;
        this.connections = connections;
    }

    /**
     * Writes it.
     *
     * @param membrane the program's
     * @param program how long it runs: what it opens ends with it
     * @param flow one of {@code flows}, which are the session's
     */
    void into(
            ProgramCaps.Builder caps,
            Membrane membrane,
            Lifetime program,
            Session session,
            Flows flows,
            Flows.Entry flow) {
        try (TokenHolder.Client own = TokenHolder.client(
                        new TokenHolderServer(session, flows, flow, identities::nameOf, connections.audit()));
                TokenHolder.Client wrapped = membrane.wrap(own, TokenHolder.factory)) {
            caps.setIdentity(wrapped);
        }
        hold(
                session,
                Slot.SERVICES,
                membrane,
                program,
                life -> ServiceDirectory.client(
                        new ServiceDirectoryServer(new Footing(session, flow, life), connections)),
                ServiceDirectory.factory,
                caps::setServices);
        hold(
                session,
                Slot.SECURED,
                membrane,
                program,
                life -> SecuredDirectories.client(new SecuredDirectoriesServer(new Footing(session, flow, life), data)),
                SecuredDirectories.factory,
                caps::setSecured);
    }

    /** Lasts as long as the grant and the program. Its calls count to the session's limits once, at the program's own membrane. */
    private static <T extends CapabilityClient> void hold(
            Session session,
            Slot slot,
            Membrane membrane,
            Lifetime program,
            Function<Lifetime, T> maker,
            CapabilityFactory<T> factory,
            Consumer<T> setter) {
        session.grant(slot).ifPresent(grant -> {
            Ending life = Ending.within(grant);
            program.onClose(life::end);
            try (T granted = life.guard(maker.apply(life), factory);
                    T wrapped = membrane.wrap(granted, factory)) {
                setter.accept(wrapped);
            }
        });
    }
}
