@NullMarked
package dev.bailiwick.broker;

import org.jspecify.annotations.NullMarked;
