package dev.bailiwick.identity;

import java.util.List;

/**
 * Something said about the user beside groups. Kept and shown; no rule of the access check reads it.
 *
 * @param name 1 to {@value Limits#CLAIM_CHARS} UTF-16 units
 * @param values 1 to {@value Limits#CLAIM_VALUES}, all of one kind
 */
public record Claim(String name, List<Value> values) {
    /** @throws IllegalArgumentException if a limit is passed, or the values are of different kinds */
    public Claim {
        if (name.isEmpty() || name.length() > Limits.CLAIM_CHARS) {
            throw new IllegalArgumentException(
                    "the name of a claim has 1 to " + Limits.CLAIM_CHARS + " UTF-16 units, not " + name.length());
        }
        values = List.copyOf(values);
        if (values.isEmpty() || values.size() > Limits.CLAIM_VALUES) {
            throw new IllegalArgumentException(
                    "the claim \"" + name + "\" has 1 to " + Limits.CLAIM_VALUES + " values, not " + values.size());
        }
        Class<?> kind = values.getFirst().getClass();
        if (!values.stream().allMatch(kind::isInstance)) {
            throw new IllegalArgumentException("the claim \"" + name + "\" has values of different kinds");
        }
    }

    /** One value. */
    public sealed interface Value {
        /** At most {@value Limits#CLAIM_CHARS} UTF-16 units. */
        record Text(String text) implements Value {
            /** @throws IllegalArgumentException if the text is too long */
            public Text {
                if (text.length() > Limits.CLAIM_CHARS) {
                    throw new IllegalArgumentException("a value of a claim has at most " + Limits.CLAIM_CHARS
                            + " UTF-16 units, not " + text.length());
                }
            }
        }

        /** A whole number. */
        record Whole(long number) implements Value {}

        /** Yes or no. */
        record Flag(boolean set) implements Value {}

        /** A principal or group. */
        record OfSid(Sid sid) implements Value {}
    }
}
