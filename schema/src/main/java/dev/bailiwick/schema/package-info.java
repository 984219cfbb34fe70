@NullMarked
package dev.bailiwick.schema;

import org.jspecify.annotations.NullMarked;
