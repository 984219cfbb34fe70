package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AccountStatus;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.identity.AccessCheck;
import dev.bailiwick.identity.AccessMask;
import dev.bailiwick.identity.Explanation;
import dev.bailiwick.identity.Sddl;
import dev.bailiwick.identity.SddlResult;
import dev.bailiwick.identity.SecurityDescriptor;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.identity.Token;
import dev.bailiwick.profiles.ServiceIdentity;
import dev.bailiwick.profiles.Slot;
import dev.bailiwick.profiles.SlotAccess;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.gen.Namespace;
import dev.bailiwick.storage.CorruptStorageException;
import dev.bailiwick.storage.Denied;
import dev.bailiwick.storage.NamespaceStore;
import dev.bailiwick.storage.OpenResult;
import dev.bailiwick.storage.Quota;
import dev.bailiwick.storage.SubResult;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The data directories of services, each behind the security descriptor of its definition (seed 000). A data directory is the namespace
 * {@value #DIRECTORY} in its service's state; what the service holds by itself is beside it.
 *
 * <p>A descriptor is read when a directory is opened, and each operation is judged by it and by the token of the flow that opened, as that is
 * then. Changing a service's account closes what was opened of it before the change is acknowledged, so no operation is judged by a descriptor
 * of before: an opening is entered first, and counts only if no commit came in between. Thread-safe; methods wait for the store.
 */
final class SecuredData {
    /** The namespace in a service's state. */
    static final String DIRECTORY = "data";

    /** What came of asking for a directory. */
    sealed interface Outcome {
        /** It is open; the client is the caller's to close. */
        record Opened(Namespace.Client namespace) implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }

    /** What came of asking why. */
    sealed interface Explained {
        record Because(boolean granted, List<String> steps, String descriptor) implements Explained {}

        record Refused(Refusal refusal) implements Explained {}
    }

    private static final int USEFUL =
            AccessMask.READ_DATA | AccessMask.WRITE_DATA | AccessMask.READ_ATTRIBUTES | AccessMask.DELETE_CHILD;

    private final NamespaceStore namespaces;
    private final StoreRecords.Snapshots snapshots;
    private final Records records;
    private final Planner planner;
    private final AuditTrail audit;
    private final InstantSource clock;

    private final Set<Opening> openings = new HashSet<>(); // guarded by itself
    private long commits; // guarded by openings

    SecuredData(
            NamespaceStore namespaces,
            StoreRecords.Snapshots snapshots,
            Records records,
            Planner planner,
            AuditTrail audit,
            InstantSource clock) {
        this.namespaces = namespaces;
        this.snapshots = snapshots;
        this.records = records;
        this.planner = planner;
        this.audit = audit;
        this.clock = clock;
    }

    /** One directory that somebody has open. */
    private record Opening(RecordId account, Ending ending) {}

    /** The descriptor that a definition has, or stands for. A text that cannot be read lets nobody in. */
    static Optional<SecurityDescriptor> descriptor(ServiceIdentity service) {
        if (service.descriptor().isEmpty()) {
            return Optional.of(SecurityDescriptor.ofServiceData(Sid.service(service.serviceName())));
        }
        return switch (Sddl.parse(service.descriptor())) {
            case SddlResult.Parsed(SecurityDescriptor parsed) -> Optional.of(parsed);
            case SddlResult.Malformed _ -> Optional.empty();
        };
    }

    /** Opens the data directory of a service. */
    Outcome open(Footing by, String service) {
        try {
            return opened(by, service);
        } catch (CorruptStoreException damage) {
            return new Outcome.Refused(Refusal.of(damage));
        }
    }

    private Outcome opened(Footing by, String service) {
        for (int attempt = 0; attempt < Limits.REPLANS; attempt++) {
            long seen = commits();
            Optional<Stored<Account>> found = account(service);
            if (found.isEmpty()) {
                return new Outcome.Refused(unknown(service));
            }
            Account account = found.get().content();
            Optional<SecurityDescriptor> descriptor =
                    descriptor(account.service().orElseThrow());
            if (descriptor.isEmpty()) {
                return new Outcome.Refused(UNREADABLE);
            }
            Optional<Refusal> obstacle = obstacle(by, service, descriptor.get(), USEFUL, true);
            if (obstacle.isPresent()) {
                return new Outcome.Refused(obstacle.get());
            }
            if (account.status() != AccountStatus.ACTIVE) {
                return new Outcome.Refused(new Refusal(
                        "owner-unavailable",
                        "the account of service \"" + service + "\" is "
                                + account.status().text(),
                        "ask an account administrator"));
            }
            Optional<SlotQuota> quota = quota(found.get());
            if (account.homeRoot().isEmpty() || quota.isEmpty()) {
                return new Outcome.Refused(none(service));
            }
            Opening opening = new Opening(found.get().recordId(), Ending.within(by.life()));
            Outcome outcome = open(by, service, account, descriptor.get(), quota.get(), opening);
            if (outcome instanceof Outcome.Refused) {
                opening.ending().end("it could not be opened");
                return outcome;
            }
            if (entered(opening, seen)) {
                audit.often(by.session(), "secured.open", "ok", service, "data of service \"" + service + "\"");
                return outcome;
            }
            opening.ending().end("it was never given out");
        }
        return new Outcome.Refused(
                new Refusal("store-busy", "the service's account keeps changing", "try again in a moment"));
    }

    private Outcome open(
            Footing by,
            String service,
            Account account,
            SecurityDescriptor descriptor,
            SlotQuota quota,
            Opening opening) {
        try {
            return switch (namespaces.open(
                    account.homeRoot().orElseThrow().rootObjectId(),
                    account.principalId(),
                    new Quota(quota.name(), quota.bytes()),
                    opening.ending())) {
                case Denied denied -> new Outcome.Refused(Refusal.of(denied));
                case OpenResult.Opened(dev.bailiwick.storage.Namespace state) ->
                    switch (state.sub(DIRECTORY)) {
                        case Denied _ -> new Outcome.Refused(none(service));
                        case SubResult.Opened(dev.bailiwick.storage.Namespace data) ->
                            new Outcome.Opened(guarded(
                                    opening,
                                    new SecuredNamespace(
                                            data,
                                            mask -> obstacle(by, service, descriptor, mask, false),
                                            () -> opening.ending().end("nobody holds it any more"))));
                    };
            };
        } catch (CorruptStorageException damage) {
            return new Outcome.Refused(Refusal.of(damage));
        }
    }

    private Namespace.Client guarded(Opening opening, SecuredNamespace server) {
        opening.ending().onClose(why -> forget(opening));
        return opening.ending().guard(Namespace.client(server), Namespace.factory);
    }

    private Optional<Refusal> obstacle(
            Footing by, String service, SecurityDescriptor descriptor, int mask, boolean anyOfIt) {
        Token token = by.token();
        int asked = anyOfIt ? AccessMask.MAXIMUM_ALLOWED : mask;
        if ((AccessCheck.check(token, descriptor, asked) & mask) != 0) {
            return Optional.empty();
        }
        audit.often(
                by.session(),
                "secured.denied",
                "access-denied",
                service,
                "data of service \"" + service + "\" to " + token.judged().user());
        return Optional.of(new Refusal(
                "access-denied",
                "the data of service \"" + service + "\" is closed to this token: "
                        + String.join("; ", walk(AccessCheck.explain(token, descriptor, asked))),
                "'bailiwick idn show' shows the token; whoever defines the service can let it in"));
    }

    private static List<String> walk(Explanation explanation) {
        return explanation.steps().stream().map(Explanation.Step::text).toList();
    }

    /** Why such an access would be granted to this flow, or not. */
    Explained explain(Footing by, String service, String access) {
        Optional<Integer> mask = mask(access);
        if (mask.isEmpty()) {
            return new Explained.Refused(new Refusal(
                    "invalid-argument",
                    "there is no access " + Refusal.quoted(access),
                    "ask for read, write, delete or full"));
        }
        Optional<Stored<Account>> found;
        try {
            found = account(service);
        } catch (CorruptStoreException damage) {
            return new Explained.Refused(Refusal.of(damage));
        }
        if (found.isEmpty()) {
            return new Explained.Refused(unknown(service));
        }
        Optional<SecurityDescriptor> descriptor =
                descriptor(found.get().content().service().orElseThrow());
        if (descriptor.isEmpty()) {
            return new Explained.Refused(UNREADABLE);
        }
        Explanation explanation = AccessCheck.explain(by.token(), descriptor.get(), mask.get());
        return new Explained.Because(
                explanation.granted() != 0, walk(explanation), descriptor.get().toString());
    }

    private static Optional<Integer> mask(String access) {
        return switch (access) {
            case "read" -> Optional.of(AccessMask.GENERIC_READ);
            case "write" -> Optional.of(AccessMask.GENERIC_WRITE);
            case "delete" -> Optional.of(AccessMask.DELETE_CHILD);
            case "full" -> Optional.of(AccessMask.GENERIC_ALL);
            // A word of nobody's.
            default -> Optional.empty();
        };
    }

    private Optional<Stored<Account>> account(String service) {
        return snapshots.read(snapshot -> snapshot.accounts().service(service));
    }

    /** What the service's own state may take: the data directory is a part of it. */
    private Optional<SlotQuota> quota(Stored<Account> account) {
        return records
                .byId(account.recordId())
                .map(dossier ->
                        planner.plan(dossier.facts(), Circumstances.usual(SessionKind.SERVICE, clock.instant())))
                .stream()
                .flatMap(plan -> plan.granted().stream())
                .filter(decision -> decision.slot() == Slot.HOME && decision.access() == SlotAccess.FULL)
                .findFirst()
                .flatMap(PolicyDecision.Granted::quota);
    }

    static Refusal unknown(String service) {
        return new Refusal(
                "not-found",
                "there is no service " + Refusal.quoted(service),
                "'account-admin service list' shows those there are");
    }

    private static Refusal none(String service) {
        return new Refusal(
                "not-found",
                "service \"" + service + "\" has no data directory yet",
                "it is made when the service is first started");
    }

    private static final Refusal UNREADABLE = new Refusal(
            "access-denied",
            "the descriptor of the service's data cannot be read, and lets nobody in",
            "define the service again with a descriptor that can");

    private long commits() {
        synchronized (openings) {
            return commits;
        }
    }

    private boolean entered(Opening opening, long seen) {
        synchronized (openings) {
            if (commits != seen || opening.ending().closed().isPresent()) {
                return false;
            }
            openings.add(opening);
        }
        if (opening.ending().closed().isPresent()) {
            forget(opening); // It ended while it was entered.
        }
        return true;
    }

    private void forget(Opening opening) {
        synchronized (openings) {
            openings.remove(opening);
        }
    }

    /** Closes what is open of services whose account a commit changed; for the commit lane, before the commit is acknowledged. */
    void moved(List<Moved> changes) {
        List<Opening> closing = new ArrayList<>();
        synchronized (openings) {
            commits++;
            for (Moved change : changes) {
                if (change instanceof Moved.Account account) {
                    openings.stream()
                            .filter(opening -> opening.account().equals(account.recordId()))
                            .forEach(closing::add);
                }
            }
        }
        closing.forEach(opening -> opening.ending().end("the service's account was changed"));
    }
}
