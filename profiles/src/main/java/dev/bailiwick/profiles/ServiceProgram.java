package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;

/**
 * A further program of a service: a hook, a health check, a reload. It takes no arguments.
 *
 * @param path plain and absolute
 * @param sha256 the only content of the file that is started
 */
public record ServiceProgram(String path, Hash256 sha256) {
    public ServiceProgram {
        if (!Checks.isPlainAbsolutePath(path)) {
            throw new IllegalArgumentException("a program is named by a plain absolute path: \"" + path + "\"");
        }
    }
}
