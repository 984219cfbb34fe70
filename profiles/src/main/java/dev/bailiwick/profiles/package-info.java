@NullMarked
package dev.bailiwick.profiles;

import org.jspecify.annotations.NullMarked;
