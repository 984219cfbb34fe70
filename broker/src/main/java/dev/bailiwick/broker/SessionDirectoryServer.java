package dev.bailiwick.broker;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.StoreSnapshot;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.Id128;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.RecordId;
import dev.bailiwick.schema.SessionId;
import dev.bailiwick.schema.gen.EndResult;
import dev.bailiwick.schema.gen.SessionDirectory;
import dev.bailiwick.schema.gen.SessionLine;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.capnproto.StructList;
import org.capnproto.Void;

/**
 * Serves the table of live sessions to an account administrator. It shows facts about sessions and ends them; it leads to nothing
 * that they hold.
 *
 * <p>Whoever holds this may end their own sessions, and those in which no administrative role is in force or bound that they lack
 * ({@link Precedence}): an account administrator does not throw a policy administrator out, nor a recovery in progress.
 */
final class SessionDirectoryServer implements SessionDirectory.Server {
    private static final Refusal UNKNOWN = new Refusal(
            "not-found", "there is no such live session", "'account-admin session list' shows those there are");

    private final Grant grant;
    private final Administrator administrator;
    private final StoreRecords.Snapshots snapshots;
    private final Sessions sessions;
    private final Janitor janitor;
    private final AuditTrail audit;
    private final Identities identities;

    SessionDirectoryServer(
            Grant grant,
            StoreRecords.Snapshots snapshots,
            Sessions sessions,
            Janitor janitor,
            AuditTrail audit,
            Identities identities) {
        this.grant = grant;
        this.administrator = Administrator.holding(grant);
        this.snapshots = snapshots;
        this.sessions = sessions;
        this.janitor = janitor;
        this.audit = audit;
        this.identities = identities;
    }

    @Override
    public CompletionStage<?> list(
            CallContext<SessionDirectory.ListParams.Reader, SessionDirectory.ListResults.Builder> call) {
        SessionDirectory.ListParams.Reader params = call.params();
        int limit = Pages.limit(params.getLimit());
        Optional<SessionId> after = id(params.getAfter().toArray());
        String name = params.getName().toString();
        List<Session> page;
        if (name.isEmpty()) {
            page = sessions.after(after, limit);
        } else {
            page = account(name)
                    .map(account -> sessions.of(account, after, limit))
                    .orElse(List.of());
        }
        SessionDirectory.ListResults.Builder results = call.results();
        StructList.Builder<SessionLine.Builder> lines = results.initSessions(page.size());
        for (int i = 0; i < page.size(); i++) {
            write(lines.get(i), page.get(i));
        }
        if (page.size() == limit) {
            results.setNext(page.getLast().identity().id().toBytes());
        }
        return Calls.DONE;
    }

    private static void write(SessionLine.Builder line, Session session) {
        Wire.info(line.initInfo(), session);
        line.setUid(session.identity().uid());
        line.setLastUsedMs(session.lastUsed().toEpochMilli());
        line.setGrants((int) session.grants().stream()
                .filter(held -> held.closed().isEmpty())
                .count());
    }

    @Override
    public CompletionStage<?> end(
            CallContext<SessionDirectory.EndParams.Reader, SessionDirectory.EndResults.Builder> call) {
        EndResult.Builder result = call.results().initResult();
        String reason = call.params().getReason().toString().strip();
        Optional<Session> target = id(call.params().getSessionId().toArray()).flatMap(sessions::byId);
        Optional<Refusal> refusal = target.isEmpty() ? Optional.of(UNKNOWN) : obstacle(target.get(), reason);
        if (refusal.isPresent()) {
            refusal.get().into(result.initDenied());
            return Calls.DONE;
        }
        grant.requireOpen(); // Looking took a while, and this cannot be asked again in the commit lane.
        audit.endedBy(grant.session(), target.get(), reason);
        result.setEnded(Void.VOID);
        String why = "an administrator ended it" + (reason.isEmpty() ? "" : ": " + reason);
        if (target.get().equals(grant.session())) {
            return janitor.end(target.get(), why, grant);
        }
        janitor.end(target.get(), why);
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> flows(
            CallContext<SessionDirectory.FlowsParams.Reader, SessionDirectory.FlowsResults.Builder> call) {
        var result = call.results().initResult();
        Optional<Session> target = id(call.params().getSessionId().toArray())
                .flatMap(sessions::byId)
                .filter(session -> session.endedAt(session.now()).isEmpty());
        if (target.isEmpty()) {
            UNKNOWN.into(result.initDenied());
            return Calls.DONE;
        }
        List<Flows.Entry> all = target.get().flows(identities::logon).all();
        var list = result.initFlows(all.size());
        for (int i = 0; i < all.size(); i++) {
            TokenWire.flow(list.get(i), all.get(i), identities::nameOf);
        }
        return Calls.DONE;
    }

    private Optional<Refusal> obstacle(Session target, String reason) {
        if (reason.length() > Limits.REASON_CHARS || reason.chars().anyMatch(Character::isISOControl)) {
            return Optional.of(Refusal.because(
                    "invalid-argument",
                    "a reason has at most " + Limits.REASON_CHARS + " characters, and no control characters"));
        }
        if (target.endedAt(target.now()).isPresent()) {
            return Optional.of(UNKNOWN);
        }
        if (target.identity().principalId().equals(grant.session().identity().principalId())) {
            return Optional.empty();
        }
        return snapshots
                .read(snapshot -> Precedence.beyond(
                        administrator, snapshot.policy().policy().content().catalogue(), rolesOf(target, snapshot)))
                .map(role -> new Refusal(
                        "administrative-role",
                        "the session's account has the administrative role \"" + role + "\", which you do not have",
                        "ask somebody who has it"));
    }

    /** Those in force in the session, and those bound to its account whether or not they are. */
    private static Set<String> rolesOf(Session target, StoreSnapshot snapshot) {
        Set<String> roles = new TreeSet<>();
        target.plan().ifPresent(plan -> roles.addAll(plan.roles()));
        snapshot.accounts()
                .byId(target.identity().account())
                .map(Stored::content)
                .map(Account::roles)
                .ifPresent(roles::addAll);
        return roles;
    }

    private Optional<RecordId> account(String name) {
        try {
            AccountName parsed = AccountName.parse(name);
            return snapshots.read(
                    snapshot -> snapshot.accounts().byName(parsed.key()).map(Stored::recordId));
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }

    private static Optional<SessionId> id(byte[] bytes) {
        return bytes.length == Id128.BYTES ? Optional.of(SessionId.of(bytes)) : Optional.empty();
    }
}
