@NullMarked
package dev.bailiwick.storage;

import org.jspecify.annotations.NullMarked;
