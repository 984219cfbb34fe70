@NullMarked
package dev.bailiwick.accountstore;

import org.jspecify.annotations.NullMarked;
