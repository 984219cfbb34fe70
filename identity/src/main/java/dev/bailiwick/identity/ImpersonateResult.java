package dev.bailiwick.identity;

/** What came of an impersonation. */
public sealed interface ImpersonateResult permits ImpersonateResult.Impersonating, Refused {
    /** The flow of execution acts under this token until it reverts. */
    record Impersonating(LiveToken token) implements ImpersonateResult {}
}
