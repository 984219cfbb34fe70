package dev.bailiwick.identity;

/**
 * Who made a token.
 *
 * @param name 1 to 8 characters of printable ASCII
 * @param id of the maker's instance
 */
public record TokenSource(String name, long id) {
    /** @throws IllegalArgumentException if the name is not 1 to 8 characters of printable ASCII */
    public TokenSource {
        if (name.isEmpty() || name.length() > 8 || !name.chars().allMatch(unit -> unit > ' ' && unit < 0x7F)) {
            throw new IllegalArgumentException(
                    "the source of a token has a name of 1 to 8 characters of printable ASCII: \"" + name + "\"");
        }
    }
}
