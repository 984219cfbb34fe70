package dev.bailiwick.broker;

import dev.bailiwick.accountstore.StoreSnapshot;

/** The journal sequence of a state that a caller asks about. Stateless. */
final class AskedSequence {
    private AskedSequence() {}

    /**
     * Checks that there is such a state. Of one that is not there yet nothing can be said, least of all what is so now.
     *
     * @param sequence unsigned; 0 stands for now
     * @throws RefusedException with code {@code not-found} if the journal has no such entry
     */
    static void requireThere(StoreSnapshot snapshot, long sequence) {
        long newest = snapshot.head().journalSize();
        if (Long.compareUnsigned(sequence, newest) > 0) {
            throw new RefusedException(new Refusal(
                    "not-found",
                    "the journal has no entry " + Long.toUnsignedString(sequence) + " yet",
                    "it has " + newest + "; leave the sequence out for now"));
        }
    }
}
