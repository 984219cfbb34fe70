@NullMarked
package dev.bailiwick.engine;

import org.jspecify.annotations.NullMarked;
