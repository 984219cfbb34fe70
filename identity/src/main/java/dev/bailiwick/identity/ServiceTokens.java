package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the tokens that the processes of services run with (seed 004). Pure but for the ids it takes and the sources it asks; as thread-safe as
 * those.
 */
public final class ServiceTokens {
    /** The identity that is made from the minter's own token; compared exactly. */
    public static final String SYSTEM = "SYSTEM";

    /** The identity of a service that names none. */
    public static final String LOCAL_SERVICE = "LocalService";

    private final IdentityRouter router;
    private final TokenPolicy policy;
    private final TokenSource source;
    private final TokenIds ids;

    /** With what the router says about identities, privileges from the policy, and ids from there. */
    public ServiceTokens(IdentityRouter router, TokenPolicy policy, TokenSource source, TokenIds ids) {
        this.router = router;
        this.policy = policy;
        this.source = source;
        this.ids = ids;
    }

    /**
     * A token of its own for one process of a service. SYSTEM is made from the minter's token; an absent or empty identity is LocalService;
     * anything else goes verbatim to the router. Each carries the per-service SID, and has only those privileges present that the definition
     * requires, if it says so. An ad-hoc job gets a duplicate of its caller's token, to which nothing of the service is added.
     *
     * @param minter must hold SeCreateTokenPrivilege, but for an ad-hoc job
     */
    public MaterialiseResult materialise(ServiceDefinition definition, ExecContext context, LiveToken minter) {
        return switch (context) {
            case ExecContext.AdHocJob(LiveToken caller) -> callers(caller);
            case ExecContext.StartPre _, ExecContext.StartPost _ ->
                ofIdentity(
                        definition,
                        definition
                                .hookIdentity()
                                .filter(hook -> !hook.isEmpty())
                                .orElseGet(() -> identity(definition)),
                        minter);
            case ExecContext.Main _, ExecContext.HealthCheck _, ExecContext.Reload _ ->
                ofIdentity(definition, identity(definition), minter);
        };
    }

    private static String identity(ServiceDefinition definition) {
        return definition.identity().filter(identity -> !identity.isEmpty()).orElse(LOCAL_SERVICE);
    }

    private MaterialiseResult callers(LiveToken caller) {
        Token effective = caller.token();
        return switch (caller.duplicate(TokenType.PRIMARY, effective.level(), ids)) {
            case DuplicateResult.Duplicated(LiveToken token) -> new MaterialiseResult.Materialised(token, "caller");
            case Refused refused -> refused;
        };
    }

    private MaterialiseResult ofIdentity(ServiceDefinition definition, String identity, LiveToken minter) {
        if (identity.equals(SYSTEM)) {
            return mint(definition, minter, minter.token(), "system");
        }
        return switch (router.route(identity)) {
            case RouteResult.Routed routed ->
                restricted(definition, TokenMinter.create(minter, specOf(definition, routed), ids), routed.source());
            case Refused refused -> refused;
        };
    }

    /** SYSTEM, with the minter's token as the template. */
    private MaterialiseResult mint(ServiceDefinition definition, LiveToken minter, Token template, String from) {
        if (template.type() != TokenType.PRIMARY || !template.user().equals(WellKnownSid.SYSTEM.sid())) {
            return new Refused(
                    RefusalCode.NOT_SYSTEM,
                    "a token of SYSTEM is made from the primary token of SYSTEM, not of " + template.user(),
                    "let the supervisor that was started as SYSTEM start the service");
        }
        // The SID of a service is that of one service: should the minter have one itself, it does not pass it on.
        List<Group> groups = new ArrayList<>(template.groups());
        groups.removeIf(group -> group.sid().isService());
        TokenSpec spec = new TokenSpec(
                        template.user(),
                        groups,
                        Optional.empty(),
                        template.integrity(),
                        unused(template.privileges()),
                        template.session(),
                        source,
                        template.claims())
                .withService(definition.sid());
        return restricted(definition, TokenMinter.create(minter, spec, ids), from);
    }

    /** A new token has used nothing yet. */
    private static Privileges unused(Privileges template) {
        return new Privileges(template.present(), template.enabled(), template.enabledByDefault(), PrivilegeSet.NONE);
    }

    private TokenSpec specOf(ServiceDefinition definition, RouteResult.Routed routed) {
        LogonSession session = new LogonSession(ids.next(), LogonType.SERVICE);
        TokenPolicy.Grant grant = policy.of(routed.user());
        List<Group> groups = new ArrayList<>();
        routed.groups().forEach(group -> groups.add(Group.always(group)));
        groups.add(Group.always(WellKnownSid.EVERYONE.sid()));
        groups.add(Group.always(WellKnownSid.USERS.sid()));
        groups.add(Group.always(WellKnownSid.AUTHENTICATED_USERS.sid()));
        groups.add(Group.always(session.type().group()));
        groups.add(Group.logon(session));
        return TokenSpec.of(routed.user(), grant.integrity(), session, source)
                .withGroups(groups)
                .withPrivileges(Privileges.of(grant.present(), grant.enabled()))
                .withService(definition.sid());
    }

    private static MaterialiseResult restricted(ServiceDefinition definition, MintResult minted, String from) {
        return switch (minted) {
            case MintResult.Minted(LiveToken token) -> {
                definition.requiredPrivileges().ifPresent(token::restrictPrivileges);
                yield new MaterialiseResult.Materialised(token, from);
            }
            case Refused refused -> refused;
        };
    }
}
