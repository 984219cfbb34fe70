package dev.bailiwick.broker;

import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.capnp.rpc.Membrane;
import dev.bailiwick.capnp.rpc.MembranePolicy;
import dev.bailiwick.profiles.PrincipalKind;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.PrincipalId;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.EffectGate;
import dev.bailiwick.storage.NamespaceStore;
import dev.bailiwick.storage.OpenResult;
import dev.bailiwick.storage.Quota;
import dev.bailiwick.storage.RemoveResult;
import dev.bailiwick.storage.Share;
import dev.bailiwick.storage.ShareResult;
import dev.bailiwick.storage.ShareTable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets owners of homes share namespaces in them, and recipients use those (seed 002, "Permission Rules": sharing returns an attenuated
 * sub-namespace through a broker and records the grant in audit state).
 *
 * <p>A share is a durable record and no capability. Its recipient gets one by opening it, under the recipient's own grant of a home; a
 * membrane of its own is around it. It closes with that grant, when the share is revoked or expires, and with every change of a record
 * that the owner's own grant of the home would rest on. As with sessions, revocation has no gap: an opening is entered first, then the
 * share and the owner's records are looked at, and it counts only if no commit came in between; revoking closes all openings before it
 * is acknowledged.
 *
 * <p>Thread-safe; methods wait for the store and are meant for virtual threads.
 */
final class Shares {
    /** Where a share is open: once in each grant, so that what can be open is bounded by what can be received. */
    private record Place(Grant grant, Id128 share) {}

    private final ShareTable table;
    private final NamespaceStore namespaces;
    private final Records records;
    private final Function<PrincipalId, Optional<RecordId>> accountOf;
    private final Planner planner;
    private final AuditTrail audit;
    private final InstantSource clock;
    private final RandomGenerator random;

    private final Map<Place, Opening> openings = new HashMap<>(); // guarded by itself
    private long commits; // guarded by openings

    /** @param accountOf the account record of a principal */
    Shares(
            ShareTable table,
            NamespaceStore namespaces,
            Records records,
            Function<PrincipalId, Optional<RecordId>> accountOf,
            Planner planner,
            AuditTrail audit,
            InstantSource clock,
            RandomGenerator random) {
        this.table = table;
        this.namespaces = namespaces;
        this.records = records;
        this.accountOf = accountOf;
        this.planner = planner;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
    }

    /** What came of asking for something. */
    sealed interface Outcome<T> {
        record Done<T>(T value) implements Outcome<T> {}

        record Refused<T>(Refusal refusal) implements Outcome<T> {}
    }

    // ---- the owner's side ----

    Outcome<Share> share(
            Grant grant,
            dev.bailiwick.storage.Namespace home,
            String path,
            String recipientName,
            boolean readOnly,
            Duration duration) {
        if (duration.isNegative() || duration.compareTo(Limits.SHARE_LIFE) > 0) {
            return refused(
                    "invalid-argument",
                    "a share lasts at most " + Limits.SHARE_LIFE.toDays() + " days, or until it is revoked",
                    "give a shorter duration, or none");
        }
        Optional<Dossier> recipient = recipient(grant, recipientName);
        if (recipient.isEmpty()) {
            return refused(
                    "no-recipient",
                    "nobody of that name can receive a share",
                    "name another active account of a person");
        }
        PrincipalId to = recipient.get().account().content().principalId();
        Instant now = clock.instant();
        long expiresAtMs = duration.isZero() ? 0 : now.plus(duration).toEpochMilli();
        Id128 id = new Id128(random.nextLong(), random.nextLong());
        String what = id + (readOnly ? " read-only" : " full") + " to " + to + " " + path;
        // INVARIANT (no share that is not audited): the audit entry is durable first, and one of its failure follows.
        audit.noted(grant.session(), "share.grant", "ok", what);
        ShareResult result = table.add(home, path, id, owner(grant), to, readOnly, now.toEpochMilli(), expiresAtMs);
        return switch (result) {
            case ShareResult.Shared(Share share) -> new Outcome.Done<>(share);
            case Denied denied -> {
                audit.noted(grant.session(), "share.grant", denied.code().text(), id.toString());
                yield new Outcome.Refused<>(Refusal.of(denied));
            }
        };
    }

    /** Whoever has a durable home: guests, services and outsiders have none, or none to receive into. */
    private Optional<Dossier> recipient(Grant grant, String name) {
        return dossier(name)
                .filter(found -> found.account().content().status() == AccountStatus.ACTIVE)
                .filter(found -> isPerson(found.account().content().kind()))
                .filter(found -> !found.account().content().principalId().equals(owner(grant)));
    }

    private Optional<Dossier> dossier(String name) {
        try {
            return records.byName(AccountName.parse(name).key());
        } catch (InvalidNameException notAName) {
            return Optional.empty();
        }
    }

    private static boolean isPerson(PrincipalKind kind) {
        return switch (kind) {
            case HUMAN, OPERATOR -> true;
            case GUEST, ANONYMOUS, EXTERNAL, SERVICE, RECOVERY -> false;
        };
    }

    List<Share> given(Grant grant) {
        return live(table.given(owner(grant)));
    }

    RemoveResult revoke(Grant grant, Id128 id) {
        RemoveResult result = table.remove(owner(grant), id, grant, () -> close(id, "its owner revoked the share"));
        if (result instanceof RemoveResult.Removed) {
            audit.noted(grant.session(), "share.revoke", "ok", id.toString());
        }
        return result;
    }

    // ---- the recipient's side ----

    List<Share> received(Grant grant) {
        return live(table.received(owner(grant)));
    }

    private List<Share> live(List<Share> shares) {
        long now = clock.millis();
        return shares.stream().filter(share -> !share.hasExpired(now)).toList();
    }

    /** The namespace that was shared, as a client of its own, which the caller closes. */
    Outcome<Namespace.Client> open(Grant grant, Id128 id) {
        PrincipalId recipient = owner(grant);
        for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
            Optional<Namespace.Client> again = reopened(new Place(grant, id));
            if (again.isPresent()) {
                return new Outcome.Done<>(again.get());
            }
            long seen = commits();
            Optional<Share> share = table.received(recipient, id).filter(found -> !found.hasExpired(clock.millis()));
            if (share.isEmpty()) {
                return refused("not-found", "there is no such share", "list the shares");
            }
            Optional<PolicyDecision.Granted> home = homeOf(share.get().owner());
            if (home.isEmpty()) {
                return refused(
                        "owner-unavailable",
                        "whoever shares this has no home to share from at present",
                        "ask its owner");
            }
            Opening opening = new Opening(grant, share.get(), home.get());
            SlotQuota quota = home.get().quota().orElseThrow();
            switch (namespaces.openShare(share.get(), new Quota(quota.name(), quota.bytes()), opening)) {
                case Denied denied -> {
                    return new Outcome.Refused<>(Refusal.of(denied));
                }
                case OpenResult.Opened(dev.bailiwick.storage.Namespace opened) ->
                    opening.guard(new NamespaceServer(opened));
            }
            if (entered(opening, seen) && table.received(recipient, id).isPresent()) {
                audit.noted(grant.session(), "share.open", "ok", id.toString());
                return new Outcome.Done<>(opening.capability());
            }
            opening.close("it was never given out");
        }
        return refused("store-busy", "the records this share rests on keep changing", "try again in a moment");
    }

    /** The owner's own grant of a durable home, as a login would give it now. */
    private Optional<PolicyDecision.Granted> homeOf(PrincipalId owner) {
        return accountOf.apply(owner).flatMap(records::byId).flatMap(dossier -> {
            SessionKind kind = SessionKind.of(dossier.account().content().kind());
            BundlePlan plan = planner.plan(dossier.facts(), Circumstances.usual(kind, clock.instant()));
            return plan.granted().stream()
                    .filter(decision -> decision.slot() == Slot.HOME && decision.access() == SlotAccess.FULL)
                    .findFirst();
        });
    }

    private Optional<Namespace.Client> reopened(Place place) {
        synchronized (openings) {
            return Optional.ofNullable(openings.get(place))
                    .filter(opening -> opening.closed().isEmpty())
                    .map(Opening::capability);
        }
    }

    private long commits() {
        synchronized (openings) {
            return commits;
        }
    }

    /** Enters an opening, unless a commit came since; those of ended sessions make room. */
    private boolean entered(Opening opening, long seen) {
        List<Opening> over = new ArrayList<>();
        boolean current;
        synchronized (openings) {
            current = commits == seen;
            if (current) {
                Iterator<Opening> each = openings.values().iterator();
                while (each.hasNext()) {
                    Opening other = each.next();
                    if (other.closed().isPresent()) {
                        over.add(other);
                        each.remove();
                    }
                }
                openings.put(new Place(opening.grant, opening.share.id()), opening);
            }
        }
        over.forEach(other -> other.close("the session is over"));
        return current;
    }

    private void close(Id128 share, String why) {
        List<Opening> closing;
        synchronized (openings) {
            closing = openings.values().stream()
                    .filter(opening -> opening.share.id().equals(share))
                    .toList();
        }
        closing.forEach(opening -> opening.close(why));
    }

    /** Closes what rests on records that a commit changed; for the commit lane, before the commit is acknowledged. */
    void moved(List<Moved> changes) {
        List<Opening> closing;
        synchronized (openings) {
            commits++;
            closing = openings.values().stream()
                    .filter(opening -> changes.stream().anyMatch(opening::restsOn))
                    .toList();
        }
        closing.forEach(opening -> opening.close("what its owner may share was changed"));
    }

    private static PrincipalId owner(Grant grant) {
        return grant.session().identity().principalId();
    }

    private static <T> Outcome<T> refused(String code, String message, String hint) {
        return new Outcome.Refused<>(new Refusal(code, message, hint));
    }

    /** The names of accounts, for lists. */
    String nameOf(PrincipalId principal) {
        return accountOf
                .apply(principal)
                .flatMap(records::byId)
                .map(found -> found.account().content().name())
                .orElse("");
    }

    /** One share in use by one grant: the gate and the membrane around it. INVARIANT (closed is for good). */
    private final class Opening implements MembranePolicy, EffectGate {
        private final Grant grant;
        private final Share share;
        private final Set<RecordId> sources;
        private final Membrane membrane = new Membrane(this, Grant.CATALOGUE);
        private volatile @Nullable String closedBecause;
        private Namespace.@Nullable Client client; // guarded by membrane

        Opening(Grant grant, Share share, PolicyDecision.Granted home) {
            this.grant = grant;
            this.share = share;
            this.sources = home.sources().stream().map(Source::recordId).collect(Collectors.toUnmodifiableSet());
        }

        void guard(NamespaceServer server) {
            try (Namespace.Client inside = Namespace.client(server)) {
                synchronized (membrane) {
                    client = membrane.wrap(inside, Namespace.factory);
                }
            }
        }

        Namespace.Client capability() {
            synchronized (membrane) {
                return client == null
                        ? Namespace.factory.broken(Grant.revoked(closed().orElse("the share has ended")))
                        : client.castAs(Namespace.factory);
            }
        }

        boolean restsOn(Moved change) {
            return switch (change) {
                case Moved.Account account -> sources.contains(account.recordId());
                case Moved.Resources resources -> sources.contains(resources.recordId());
                case Moved.Other other -> sources.contains(other.recordId());
                case Moved.Policy ignored -> true;
            };
        }

        /** Does not block; calls in flight fail with the reason. */
        void close(String why) {
            Namespace.Client held;
            synchronized (membrane) {
                if (closedBecause == null) {
                    closedBecause = why;
                }
                held = client;
                client = null;
            }
            membrane.revoke(why);
            if (held != null) {
                held.close();
            }
        }

        @Override
        public Optional<String> closed() {
            String why = closedBecause;
            if (why != null) {
                return Optional.of(why);
            }
            return share.hasExpired(clock.millis()) ? Optional.of("the share has expired") : grant.closed();
        }

        @Override
        public Decision decide(Crossing crossing) {
            return closed().<Decision>map(why -> Decision.refuse(Grant.revoked(why)))
                    .orElse(Decision.PASS);
        }
    }
}
