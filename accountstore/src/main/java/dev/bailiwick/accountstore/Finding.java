package dev.bailiwick.accountstore;

/**
 * One thing that verification found wrong.
 *
 * @param code stable, such as {@code record-hash}
 * @param what the record, entry or index row, in text form
 * @param message what is wrong with it
 */
public record Finding(String code, String what, String message) {
    /** The code of what the operating system refused to read: whether it is damaged, nobody can say. */
    public static final String UNREADABLE = "unreadable";

    /** Whether something is not as it was written, rather than out of reach. */
    public boolean isDamage() {
        return !code.equals(UNREADABLE);
    }
}
