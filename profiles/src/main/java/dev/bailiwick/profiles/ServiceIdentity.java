package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;

/**
 * What a service account is bound to (seed 002, "service-account"): a name, a measured binary and a supervisor.
 *
 * @param serviceName lower-case words joined by dashes
 * @param binaryPath absolute path without empty, {@code .} or {@code ..} segments
 * @param binarySha256 the only content of the binary that may run as this service
 * @param supervisor the program that starts it, lower-case words joined by dashes
 */
public record ServiceIdentity(String serviceName, String binaryPath, Hash256 binarySha256, String supervisor) {
    public ServiceIdentity {
        Checks.token("service name", serviceName);
        Checks.token("supervisor", supervisor);
        if (!Checks.isPlainAbsolutePath(binaryPath)) {
            throw new IllegalArgumentException("a binary is named by a plain absolute path: \"" + binaryPath + "\"");
        }
    }
}
