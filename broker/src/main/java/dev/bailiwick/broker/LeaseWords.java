package dev.bailiwick.broker;

import java.time.Duration;

/** How requests for leases are told of in the audit chain. */
final class LeaseWords {
    private LeaseWords() {}

    /** The stable word of what ended a request. */
    static String stepOf(LeaseRequest over) {
        return switch (over.state()) {
            case LeaseRequest.State.Waiting _ -> "lease.request";
            case LeaseRequest.State.Running _ -> "lease.grant";
            case LeaseRequest.State.Over(var how, var _, var _, var _, var _) ->
                switch (how) {
                    case DENIED -> "lease.deny";
                    case EXPIRED -> "lease.expire";
                    case LAPSED -> "lease.lapse";
                    case CUT -> "lease.cut";
                    case GIVEN_BACK -> "lease.give-back";
                    case GROUND_GONE -> "lease.end";
                };
        };
    }

    /** How a request that is over stood before. */
    static String before(LeaseRequest over) {
        return switch (over.state()) {
            case LeaseRequest.State.Waiting _ -> "";
            case LeaseRequest.State.Running running -> running(running.lease());
            case LeaseRequest.State.Over(var _, var _, var _, var _, var lease) ->
                lease.map(LeaseWords::running).orElseGet(() -> waiting(over));
        };
    }

    /** How it stands. */
    static String after(LeaseRequest request) {
        return switch (request.state()) {
            case LeaseRequest.State.Waiting _ -> waiting(request) + ": " + request.reason();
            case LeaseRequest.State.Running running -> running(running.lease());
            case LeaseRequest.State.Over(var _, var _, var _, String why, var _) -> why;
        };
    }

    static String waiting(LeaseRequest request) {
        return "asked for \"" + request.fragment() + "\" for " + text(request.duration());
    }

    static String running(Lease lease) {
        return "\"" + lease.fragment() + "\" leased until " + lease.until() + " by \"" + lease.approver() + "\"";
    }

    /** A duration in its largest whole unit. */
    static String text(Duration duration) {
        if (duration.toMillis() % 3_600_000 == 0) {
            return duration.toHours() + " h";
        }
        if (duration.toMillis() % 60_000 == 0) {
            return duration.toMinutes() + " min";
        }
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
