package dev.bailiwick.storage;

/** What must hold of an entry for a write to happen. */
public sealed interface Expectation {
    /** Whatever there is. */
    record Any() implements Expectation {}

    /** Exactly this version; 0: the entry must not exist. */
    record Version(long version) implements Expectation {}

    /** Whatever there is. */
    static Expectation any() {
        return new Any();
    }

    /** Exactly this version; 0: the entry must not exist. */
    static Expectation version(long version) {
        return new Version(version);
    }

    /** The entry must not exist. */
    static Expectation absent() {
        return new Version(0);
    }

    /** Whether an entry with this current version, 0 for none, meets the expectation. */
    default boolean metBy(long current) {
        return switch (this) {
            case Any() -> true;
            case Version(long wanted) -> wanted == current;
        };
    }
}
