package dev.bailiwick.identity;

/**
 * A typed refusal: nothing was done.
 *
 * @param code stable
 * @param message for people: what was refused and why
 * @param hint for people: what to do next; may be empty
 */
public record Refused(RefusalCode code, String message, String hint)
        implements AdjustPrivilegesResult,
                AdjustGroupsResult,
                MintResult,
                DuplicateResult,
                ConnectResult,
                IdentifyResult,
                ImpersonateResult,
                RouteResult,
                MaterialiseResult {}
