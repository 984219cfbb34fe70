/**
 * The templates that sessions are cut from: resource profiles, policy profiles, the role catalogue and the seed manifest
 * that brings the first of them into a store. Everything here is immutable data that selects and limits; none of it is
 * authority.
 */
@NullMarked
package dev.bailiwick.profiles;

import org.jspecify.annotations.NullMarked;
