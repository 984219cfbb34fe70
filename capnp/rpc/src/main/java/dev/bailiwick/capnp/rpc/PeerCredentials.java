package dev.bailiwick.capnp.rpc;

/**
 * Who is at the other end of a Unix-domain socket, as the kernel noted when the peer connected ({@code SO_PEERCRED}, see
 * unix(7)). The process may have ended and its id been used again since; user and group are what it had then.
 *
 * @param pid the process id; 0 if it is not visible from this process's namespace
 * @param uid the effective user id
 * @param gid the effective group id
 */
public record PeerCredentials(int pid, int uid, int gid) {}
