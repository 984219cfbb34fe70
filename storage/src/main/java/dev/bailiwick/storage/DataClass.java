package dev.bailiwick.storage;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a class of data, which has keys of its own: 1 to {@value #MAX_CHARS} of a-z, 0-9, "." and "-". Immutable.
 *
 * @param name as it is stored and compared
 */
public record DataClass(String name) {
    /** Characters, which are bytes, of the longest name. */
    public static final int MAX_CHARS = 64;

    private static final Pattern FORM = Pattern.compile("[a-z0-9.-]{1," + MAX_CHARS + "}");

    /** Refuses what {@link #of} finds to be no name. */
    public DataClass {
        if (!FORM.matcher(name).matches()) {
            throw new IllegalArgumentException("not the name of a data class");
        }
    }

    /** The class of that name; empty if it is none. */
    public static Optional<DataClass> of(String name) {
        return FORM.matcher(name).matches() ? Optional.of(new DataClass(name)) : Optional.empty();
    }
}
