package dev.bailiwick.profiles;

import dev.bailiwick.schema.Hash256;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a service account is bound to (seed 002, "service-account"; seed 004): a name, a measured binary and a supervisor, as whom its
 * programs run, and who may open its data. What the texts mean is checked by whoever defines a service, with {@link ServiceWords}; here only what a record
 * can hold.
 *
 * @param serviceName lower-case words joined by dashes
 * @param binaryPath absolute path without empty, {@code .} or {@code ..} segments
 * @param binarySha256 the only content of the binary that may run as this service
 * @param supervisor the program that starts it, lower-case words joined by dashes
 * @param identity as whom it runs, verbatim as identity sources are asked; empty for LocalService
 * @param requiredPrivileges what its token keeps; empty leaves the token as its source made it, and an empty set leaves none
 * @param hookIdentity as whom {@code startPre} and {@code startPost} run; empty for {@code identity}
 * @param startPre what runs before the binary, in this order
 * @param startPost what runs once the binary was started, in this order
 * @param healthCheck says whether it is well, by its exit code
 * @param reload makes it read its configuration again
 * @param descriptor of its data directory, as text (SDDL); empty for the default
 * @param reads further paths of the machine that its programs see, read-only, plain and absolute
 */
public record ServiceIdentity(
        String serviceName,
        String binaryPath,
        Hash256 binarySha256,
        String supervisor,
        String identity,
        Optional<SortedSet<String>> requiredPrivileges,
        String hookIdentity,
        List<ServiceProgram> startPre,
        List<ServiceProgram> startPost,
        Optional<ServiceProgram> healthCheck,
        Optional<ServiceProgram> reload,
        String descriptor,
        SortedSet<String> reads) {
    public ServiceIdentity {
        Checks.token("service name", serviceName);
        Checks.token("supervisor", supervisor);
        if (!Checks.isPlainAbsolutePath(binaryPath)) {
            throw new IllegalArgumentException("a binary is named by a plain absolute path: \"" + binaryPath + "\"");
        }
        Checks.text("identity", identity, Limits.IDENTITY_CHARS);
        Checks.text("hook identity", hookIdentity, Limits.IDENTITY_CHARS);
        requiredPrivileges = requiredPrivileges.map(ServiceIdentity::privileges);
        Checks.atMost("hooks before the start", startPre.size(), Limits.SERVICE_HOOKS);
        Checks.atMost("hooks after the start", startPost.size(), Limits.SERVICE_HOOKS);
        startPre = List.copyOf(startPre);
        startPost = List.copyOf(startPost);
        Checks.text("descriptor", descriptor, Limits.DESCRIPTOR_CHARS);
        Checks.atMost("readable paths", reads.size(), Limits.LIST_ITEMS);
        for (String path : reads) {
            if (!Checks.isPlainAbsolutePath(path)) {
                throw new IllegalArgumentException("a readable path is plain and absolute: \"" + path + "\"");
            }
        }
        reads = Collections.unmodifiableSortedSet(new TreeSet<>(reads));
    }

    /** A service that says no more than which binary it is. */
    public ServiceIdentity(String serviceName, String binaryPath, Hash256 binarySha256, String supervisor) {
        this(
                serviceName,
                binaryPath,
                binarySha256,
                supervisor,
                "",
                Optional.empty(),
                "",
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "",
                new TreeSet<>());
    }

    private static SortedSet<String> privileges(SortedSet<String> names) {
        Checks.atMost("required privileges", names.size(), Limits.LIST_ITEMS);
        names.forEach(name -> Checks.text("privilege", name, Limits.TOKEN_CHARS));
        return Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }
}
