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
     * @param flow one of {@code flows}, which are the session's
     */
    void into(ProgramCaps.Builder caps, Membrane membrane, Session session, Flows flows, Flows.Entry flow) {
        try (TokenHolder.Client own = TokenHolder.client(
                        new TokenHolderServer(session, flows, flow, identities::nameOf, connections.audit()));
                TokenHolder.Client wrapped = membrane.wrap(own, TokenHolder.factory)) {
            caps.setIdentity(wrapped);
        }
        hold(
                session,
                Slot.SERVICES,
                membrane,
                grant -> ServiceDirectory.client(
                        new ServiceDirectoryServer(new Footing(session, flow, grant), connections)),
                ServiceDirectory.factory,
                caps::setServices);
        hold(
                session,
                Slot.SECURED,
                membrane,
                grant -> SecuredDirectories.client(
                        new SecuredDirectoriesServer(new Footing(session, flow, grant), data)),
                SecuredDirectories.factory,
                caps::setSecured);
    }

    private static <T extends CapabilityClient> void hold(
            Session session,
            Slot slot,
            Membrane membrane,
            Function<Grant, T> maker,
            CapabilityFactory<T> factory,
            Consumer<T> setter) {
        session.grant(slot).ifPresent(grant -> {
            try (T inside = maker.apply(grant);
                    T granted = grant.wrap(inside, factory);
                    T wrapped = membrane.wrap(granted, factory)) {
                setter.accept(wrapped);
            }
        });
    }
}
