package dev.bailiwick.identity;

import java.util.Optional;

/** Knows who some names are: the local service accounts, or an outside directory. Only {@link IdentityRouter} asks one, and judges what it says. */
public interface IdentitySource {
    /** For people, and for the receipt of a token. */
    String name();

    /** Every SID it may assert is below this one. */
    Sid domain();

    /** Who that is. The identity comes verbatim from a service's definition. */
    IdentityAnswer ask(String identity);

    /** What people call that principal, if the source has said so when it was asked. It is shown, and decides nothing. */
    default Optional<String> displayName(Sid user) {
        return Optional.empty();
    }
}
