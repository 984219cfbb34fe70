@NullMarked
package dev.bailiwick.daemon;

import org.jspecify.annotations.NullMarked;
