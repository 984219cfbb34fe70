package dev.bailiwick.engine;

/** Receives the rows of a scan in key order. */
@FunctionalInterface
public interface RowVisitor {
    /**
     * Takes one row. The arrays belong to the visitor.
     *
     * @return whether the scan goes on
     */
    boolean visit(byte[] key, byte[] value);
}
