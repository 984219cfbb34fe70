package dev.bailiwick.profiles;

/** A value and the place in the manifest that states it. */
record Located<T>(T value, Position at) {
    <U> Located<U> with(U other) {
        return new Located<>(other, at);
    }
}
