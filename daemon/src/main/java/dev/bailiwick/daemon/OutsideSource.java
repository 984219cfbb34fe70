package dev.bailiwick.daemon;

import dev.bailiwick.identity.Sid;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a daemon asks who outside identities are.
 *
 * @param name for people, and in front of every name that the source gives: lower-case words joined by dashes, at most 64 characters
 * @param domain {@code S-1-5-21-} and three words; every SID that the source may assert is below it
 * @param socket where the source serves {@code IdentitySource}, absolute
 */
public record OutsideSource(String name, Sid domain, Path socket) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final Pattern TEXT = Pattern.compile("(?<name>[^=@]*)=(?<domain>[^=@]*)@(?<socket>.*)");
    private static final int NAME_CHARS = 64;
    private static final int DOMAIN_WORDS = 4;
    private static final int NT_DOMAIN = 21;

    /** Bytes of a Unix socket's path, as the kernel's {@code sockaddr_un} has room for. */
    private static final int SOCKET_BYTES = 107;

    /** @throws IllegalArgumentException if one of them is not as it says above */
    public OutsideSource {
        if (name.length() > NAME_CHARS || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "an identity source is called by lower-case words joined by dashes, not \"" + name + "\"");
        }
        if (domain.authority() != 5 || domain.subAuthorities() != DOMAIN_WORDS || domain.subAuthority(0) != NT_DOMAIN) {
            throw new IllegalArgumentException(
                    "the domain of identity source \"" + name + "\" is S-1-5-21 and three words, not " + domain);
        }
        if (!socket.isAbsolute() || socket.toString().getBytes(StandardCharsets.UTF_8).length > SOCKET_BYTES) {
            throw new IllegalArgumentException("the socket of identity source \"" + name
                    + "\" is an absolute path of at most " + SOCKET_BYTES + " bytes, not \"" + socket + "\"");
        }
    }

    /**
     * Reads {@code NAME=DOMAIN-SID@SOCKET}; a relative socket is one in the working directory.
     *
     * @throws IllegalArgumentException if it is anything else
     */
    public static OutsideSource parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("an identity source is NAME=DOMAIN-SID@SOCKET, not \"" + text + "\"");
        }
        try {
            return new OutsideSource(
                    parts.group("name"),
                    Sid.parse(parts.group("domain")),
                    Path.of(parts.group("socket")).toAbsolutePath().normalize());
        } catch (InvalidPathException invalid) {
            throw new IllegalArgumentException("\"" + parts.group("socket") + "\" is no path", invalid);
        }
    }
}
