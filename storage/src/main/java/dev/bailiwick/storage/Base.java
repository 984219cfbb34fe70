package dev.bailiwick.storage;

/**
 * The namespace a view starts from. It is the namespace itself, not whatever may later have its name.
 *
 * @param node its number; 0 for the root's own
 * @param path its path from the root, for messages; it never changes, since nothing is ever moved
 */
record Base(long node, String path) {
    static final Base ROOT = new Base(0, "");
}
