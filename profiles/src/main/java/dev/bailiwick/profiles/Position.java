package dev.bailiwick.profiles;

import org.jspecify.annotations.Nullable;
import org.tomlj.TomlPosition;

/** A place in a manifest, both counted from 1. */
record Position(int line, int column) {
    static final Position START = new Position(1, 1);

    static Position of(@Nullable TomlPosition position, Position otherwise) {
        return position == null ? otherwise : new Position(position.line(), position.column());
    }

    @Override
    public String toString() {
        return "line " + line + ", column " + column;
    }
}
