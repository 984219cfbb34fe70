package dev.bailiwick.identity;

/**
 * What a client fixed when it connected to a service: who it was then, and how far the service may go with that. Immutable: another level takes
 * another connection (seed 003).
 */
public final class ClientConnection {
    private final ImpersonationLevel level;
    private final Token client;

    private ClientConnection(ImpersonationLevel level, Token client) {
        this.level = level;
        this.client = client;
    }

    /**
     * Connects as whoever that token says. Refused with {@code level-raised} if the token does not reach so far: who acts for a client at level
     * impersonation cannot pass the client on at level delegation. A token that no decisions are made with connects as Anonymous, at level
     * anonymous, because connecting is such a decision.
     */
    public static ConnectResult open(LiveToken effective, ImpersonationLevel level, TokenIds ids) {
        Token token = effective.token();
        if (!token.decides() || level == ImpersonationLevel.ANONYMOUS) {
            return new ConnectResult.Connected(
                    new ClientConnection(ImpersonationLevel.ANONYMOUS, Token.anonymous(new TokenId(ids.next()))));
        }
        if (level.compareTo(token.level()) > 0) {
            return new Refused(
                    RefusalCode.LEVEL_RAISED,
                    "the identity may be passed on at level " + token.level().text() + " at most, not " + level.text(),
                    "connect with --impersonation-level " + token.level().text() + " or lower");
        }
        Token client = LiveToken.duplicate(token, TokenType.IMPERSONATION, level, token.integrity(), ids)
                .token();
        return new ConnectResult.Connected(new ClientConnection(level, client));
    }

    /** The level, recorded when the client connected. */
    public ImpersonationLevel level() {
        return level;
    }

    /** Whether the service may forward the client's identity to another machine: at level delegation only. */
    public boolean forwardable() {
        return client.forwardable();
    }

    /** Who the client is. Refused at level anonymous, of which nothing is kept that could say so. */
    public IdentifyResult identify() {
        if (level == ImpersonationLevel.ANONYMOUS) {
            return new Refused(
                    RefusalCode.ANONYMOUS_CLIENT,
                    "the client connected at level anonymous; who it is cannot be learnt",
                    "let the client connect at level identification or higher");
        }
        return new IdentifyResult.Identified(client);
    }

    // INVARIANT (integrity): a server never acts above its own level, whatever the client's.
    /** The client's token for that server, a new one each time: what one impersonation does to it, no other sees. */
    LiveToken actFor(Token server, TokenIds ids) {
        return LiveToken.duplicate(client, TokenType.IMPERSONATION, level, server.integrity(), ids);
    }

    /** Says the level, and not who. */
    @Override
    public String toString() {
        return "connection at level " + level.text();
    }
}
