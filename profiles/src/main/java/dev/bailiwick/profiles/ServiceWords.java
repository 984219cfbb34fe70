package dev.bailiwick.profiles;

import dev.bailiwick.identity.Privilege;
import dev.bailiwick.identity.Sddl;
import dev.bailiwick.identity.SddlResult;
import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.Optional;

/**
 * Whether the words of a service's definition mean something to tokens and access checks. The seed manifest and the command that defines a service
 * both ask here, so that neither takes what the other refuses. Stateless.
 */
public final class ServiceWords {
    private ServiceWords() {}

    /**
     * Why a word is refused.
     *
     * @param code its text is stable
     * @param message what was found, quoting it
     * @param hint what to write instead
     */
    public record Fault(Code code, String message, String hint) {}

    /** What is wrong with the name of a privilege; empty if there is one of exactly that name. */
    public static Optional<Fault> privilege(String name) {
        return Privilege.named(name).isPresent()
                ? Optional.empty()
                : Optional.of(new Fault(
                        Code.UNKNOWN_PRIVILEGE,
                        "there is no privilege \"" + Checks.excerpt(name) + "\"",
                        "docs/identity.md lists them; case counts, as in SeImpersonatePrivilege"));
    }

    /**
     * What is wrong with the text of a descriptor; empty if it is SDDL as {@link Sddl} reads it. The empty text, which in a record stands for the
     * default, is none.
     */
    public static Optional<Fault> descriptor(String text) {
        return switch (Sddl.parse(text)) {
            case SddlResult.Parsed _ -> Optional.empty();
            case SddlResult.Malformed(int position, String message) ->
                Optional.of(new Fault(
                        Code.INVALID_DESCRIPTOR,
                        "the descriptor is no SDDL at character " + position + ": " + message,
                        "write it as O:..G:..D:(A;;GA;;;..)"));
        };
    }
}
