package dev.bailiwick.accountstore;

/** Is told how far a verification has come. Called from any thread, a few times a second at most for each of them; must be quick. */
@FunctionalInterface
public interface VerifyProgress {
    /**
     * How far it is.
     *
     * @param rows read so far
     * @param parts finished
     * @param of parts there are; constant
     */
    void at(long rows, int parts, int of);

    /** Nobody looks. */
    static VerifyProgress ignored() {
        return (rows, parts, of) -> {};
    }
}
