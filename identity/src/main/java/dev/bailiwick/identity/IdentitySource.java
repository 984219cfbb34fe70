package dev.bailiwick.identity;

/** Knows who some names are: the local service accounts, or an outside directory. Only {@link IdentityRouter} asks one, and judges what it says. */
public interface IdentitySource {
    /** For people, and for the receipt of a token. */
    String name();

    /** Every SID it may assert is below this one. */
    Sid domain();

    /** Who that is. The identity comes verbatim from a service's definition. */
    IdentityAnswer ask(String identity);
}
