package dev.bailiwick.broker;

import dev.bailiwick.capnp.rpc.CallContext;
import dev.bailiwick.capnp.rpc.Calls;
import dev.bailiwick.capnp.rpc.IncomingCall;
import dev.bailiwick.identity.AdjustPrivilegesResult;
import dev.bailiwick.identity.Limits;
import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.PrivilegeChange;
import dev.bailiwick.identity.Privileges;
import dev.bailiwick.identity.Refused;
import dev.bailiwick.identity.Sid;
import dev.bailiwick.schema.gen.AdjustResult;
import dev.bailiwick.schema.gen.FlowResult;
import dev.bailiwick.schema.gen.TokenHolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Serves the token of one flow of execution to whoever it is of, and a look at the flows beside it. */
final class TokenHolderServer implements TokenHolder.Server {
    static final Refusal NO_FLOW = new Refusal(
            "not-found", "there is no such flow of execution", "'bailiwick idn threads' shows those there are");

    /** What the audit chain calls it. */
    private static final String CHANGED = "token.privileges";

    private final Session session;
    private final Flows flows;
    private final Flows.Entry own;
    private final Function<Sid, String> nameOf;
    private final AuditTrail audit;

    /**
     * The token of a flow.
     *
     * @param session whose flows they are, and in whose name changes are noted
     */
    TokenHolderServer(Session session, Flows flows, Flows.Entry own, Function<Sid, String> nameOf, AuditTrail audit) {
        this.session = session;
        this.flows = flows;
        this.own = own;
        this.nameOf = nameOf;
        this.audit = audit;
    }

    @Override
    public CompletionStage<?> dispatch(IncomingCall call) throws Exception {
        return StoreTrouble.telling(() -> TokenHolder.Server.super.dispatch(call));
    }

    @Override
    public CompletionStage<?> show(CallContext<TokenHolder.ShowParams.Reader, TokenHolder.ShowResults.Builder> call) {
        long id = call.params().getFlow();
        FlowResult.Builder result = call.results().initResult();
        Optional<Flows.Entry> found = id == 0 ? Optional.of(own) : flows.find(id);
        found.ifPresentOrElse(
                entry -> TokenWire.flow(result.initFlow(), entry, nameOf), () -> NO_FLOW.into(result.initDenied()));
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> flows(
            CallContext<TokenHolder.FlowsParams.Reader, TokenHolder.FlowsResults.Builder> call) {
        List<Flows.Entry> all = flows.all();
        var list = call.results().initFlows(all.size());
        for (int i = 0; i < all.size(); i++) {
            TokenWire.flow(list.get(i), all.get(i), nameOf);
        }
        return Calls.DONE;
    }

    @Override
    public CompletionStage<?> adjustPrivileges(
            CallContext<TokenHolder.AdjustPrivilegesParams.Reader, TokenHolder.AdjustPrivilegesResults.Builder> call) {
        var wanted = call.params().getChanges();
        AdjustResult.Builder result = call.results().initResult();
        if (wanted.size() > Limits.CHANGES) {
            Refusal.because("too-large", "one request changes at most " + Limits.CHANGES + " privileges")
                    .into(result.initDenied());
            return Calls.DONE;
        }
        List<PrivilegeChange> changes = new ArrayList<>();
        List<Privilege> named = new ArrayList<>();
        for (dev.bailiwick.schema.gen.PrivilegeChange.Reader change : wanted) {
            Optional<Privilege> privilege = Privilege.named(change.getName().toString());
            if (privilege.isEmpty()) {
                unknown(change.getName().toString()).into(result.initDenied());
                return Calls.DONE;
            }
            named.add(privilege.get());
            changes.add(
                    switch (change.getAction()) {
                        case DISABLE -> PrivilegeChange.disable(privilege.get());
                        case ENABLE -> PrivilegeChange.enable(privilege.get());
                        case REMOVE -> PrivilegeChange.remove(privilege.get());
                        // Judged by the token, like any other change that there is not.
                        case _NOT_IN_SCHEMA ->
                            new PrivilegeChange(privilege.get().bit(), -1);
                    });
        }
        switch (own.flow().primary().adjustPrivileges(changes, this::note)) {
            case AdjustPrivilegesResult.Adjusted(Privileges previous, var _) ->
                TokenWire.privileges(result.initAdjusted(named.size()), named, previous);
            case Refused refused -> {
                audit.often(
                        session,
                        CHANGED,
                        refused.code().text(),
                        session.identity().id().toString(),
                        (where().isEmpty() ? "" : where() + ": ") + refused.message());
                refusal(refused).into(result.initDenied());
            }
        }
        return Calls.DONE;
    }

    /**
     * Notes what will be otherwise than before; what is changed to what it was is no change. It is durable before the change is made, so what
     * cannot be noted does not happen: a privilege that is removed could not be given back.
     */
    private void note(Privileges previous, Privileges now) {
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        for (Privilege privilege : Privilege.values()) {
            String was = state(privilege, previous);
            String is = state(privilege, now);
            if (!was.equals(is)) {
                before.add(was);
                after.add(is);
            }
        }
        audit.changed(session, CHANGED, where(), before, after);
    }

    private static String state(Privilege privilege, Privileges privileges) {
        return privilege.text() + "="
                + (!privileges.present().has(privilege)
                        ? "absent"
                        : privileges.enabled().has(privilege) ? "enabled" : "disabled");
    }

    /** Which of the session's tokens it is: those of a service's programs are in flows beside its own. */
    private String where() {
        return own.id() == 0 ? "" : "flow " + own.id() + ", " + own.description();
    }

    private static Refusal unknown(String name) {
        return new Refusal(
                "unknown-privilege",
                "there is no privilege " + Refusal.quoted(name),
                "'bailiwick idn privileges' shows those of your token");
    }

    @Override
    public CompletionStage<?> resetPrivileges(
            CallContext<TokenHolder.ResetPrivilegesParams.Reader, TokenHolder.ResetPrivilegesResults.Builder> call) {
        var _ = own.flow().primary().resetPrivileges(this::note);
        TokenWire.flow(call.results().initResult().initFlow(), own, nameOf);
        return Calls.DONE;
    }

    /** What the identity rules refused. */
    static Refusal refusal(Refused refused) {
        return new Refusal(refused.code().text(), refused.message(), refused.hint());
    }
}
