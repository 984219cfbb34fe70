package dev.bailiwick.broker;

/**
 * As whom something is opened, and for how long.
 *
 * @param session whose bundle it comes from
 * @param flow the flow of execution whose token is judged, as it is at each moment
 * @param life what is opened ends with this at the latest
 */
record Footing(Session session, Flows.Entry flow, Lifetime life) {
    /** The token that accesses are decided for now. */
    dev.bailiwick.identity.Token token() {
        return flow.flow().effective().token();
    }
}
