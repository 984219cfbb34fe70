package dev.bailiwick.identity;

/** Where ids of tokens and logon sessions come from: the module makes none up. Implementations are thread-safe and never give a number twice. */
@FunctionalInterface
public interface TokenIds {
    /** A number not given before. */
    long next();
}
