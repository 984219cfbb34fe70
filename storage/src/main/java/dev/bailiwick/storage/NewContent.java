package dev.bailiwick.storage;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Content about to become an entry's.
 *
 * @param staged the number its first chunks are already stored under, if any are
 * @param tail the bytes not yet stored: all of them, or fewer than a chunk
 */
record NewContent(BlobHash hash, long size, Optional<Long> staged, ByteBuffer tail) {}
