package dev.bailiwick.identity;

/** Identity sources that cannot be asked together, or not at all: too many, overlapping domains, a domain that no source may have. */
public final class SourcesRefusedException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    SourcesRefusedException(String message) {
        super(message);
    }
}
