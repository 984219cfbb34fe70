package dev.bailiwick.broker;

import dev.bailiwick.schema.AccountName;
import dev.bailiwick.schema.InvalidNameException;
import dev.bailiwick.schema.NameKey;
import java.util.Optional;
import java.util.function.Function;

/** Account names as callers send them. */
final class Names {
    private Names() {}

    /** Goes on with the name's key; the refusal, if it is no name or if going on gives one. */
    static Optional<Refusal> withKey(String name, Function<NameKey, Optional<Refusal>> then) {
        AccountName parsed;
        try {
            parsed = AccountName.parse(name);
        } catch (InvalidNameException e) {
            return Optional.of(invalid(e));
        }
        return then.apply(parsed.key());
    }

    static Refusal invalid(InvalidNameException reason) {
        return new Refusal(
                "invalid-name",
                Optional.ofNullable(reason.getMessage()).orElse("not an account name"),
                "names are 1 to " + AccountName.MAX_CHARS + " letters, digits and punctuation other than @ \\ / : ,");
    }

    static Refusal unknown(String name) {
        return new Refusal("not-found", "there is no account \"" + name + "\"", "list the accounts");
    }
}
