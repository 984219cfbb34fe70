package dev.bailiwick.accountstore;

import java.util.Optional;

/** What makes a version of the store's key record a proper successor; the state machine and the verifier ask alike. */
final class KeyRules {
    private KeyRules() {}

    /**
     * Whether the first version names a key and nothing else, or a later one carries the statement of the key before it.
     *
     * @param sequence of the journal entry that writes it
     */
    static boolean continues(StoreKeyContent key, Optional<StoreKeyContent> before, String origin, long sequence) {
        return before.map(old -> key.statement()
                        .flatMap(KeyStatement::open)
                        .filter(said -> said.origin().equals(origin)
                                && said.sequence() == sequence
                                && said.before().equals(old.publicKey())
                                && said.after().equals(key.publicKey()))
                        .isPresent())
                .orElse(key.statement().isEmpty());
    }
}
