package dev.bailiwick.broker;

import dev.bailiwick.profiles.ResourceProfile;

/**
 * What a resource profile allows the calls of one session (docs/resource-accounting.md). Zero means none.
 *
 * @param capLimit live capabilities that came out of it beyond the bundle's own
 * @param inFlightCallLimit calls not yet answered
 * @param endpointQueueLimit calls waiting at one object
 * @param pendingIpcSubmissionLimit calls taken and not begun, at all objects together
 * @param ringScratchLimitBytes parameters of calls not yet answered
 * @param timerWaiterLimit calls not yet answered of methods that wait for something
 */
record CallLimits(
        int capLimit,
        int inFlightCallLimit,
        int endpointQueueLimit,
        int pendingIpcSubmissionLimit,
        long ringScratchLimitBytes,
        int timerWaiterLimit) {
    /** Those of a session that has no bundle yet. */
    static final CallLimits NONE = new CallLimits(0, 0, 0, 0, 0, 0);

    static CallLimits of(ResourceProfile profile) {
        return new CallLimits(
                profile.capLimit(),
                profile.inFlightCallLimit(),
                profile.endpointQueueLimit(),
                profile.pendingIpcSubmissionLimit(),
                profile.ringScratchLimitBytes(),
                profile.timerWaiterLimit());
    }
}
