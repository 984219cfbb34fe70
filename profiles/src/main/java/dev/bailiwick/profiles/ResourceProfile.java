package dev.bailiwick.profiles;

import dev.bailiwick.schema.ProfileId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The quota and default-resource template (seed 002, {@code ResourceProfile}). Zero means none of it, never unlimited.
 * The stored record adds the version id, the epoch and the chain fields.
 *
 * <p>Byte quotas go up to {@link Limits#QUOTA_BYTES}, counts up to {@link Limits#COUNT}.
 *
 * @param profileId stays the same through all versions
 * @param name lower-case words joined by dashes
 * @param homeQuotaBytes in the home namespace
 * @param configQuotaBytes in the config namespace
 * @param cacheQuotaBytes in the cache namespace
 * @param tempQuotaBytes in one session's tmp namespace
 * @param sessionLimit live sessions one account may have at once
 * @param processLimit processes of one session
 * @param threadLimit threads of one session
 * @param capLimit capabilities one session may hold
 * @param memoryCommitLimitBytes memory one session may commit
 * @param frameGrantLimitPages page frames one session may be granted
 * @param endpointQueueLimit messages queued on one endpoint
 * @param inFlightCallLimit calls of one session not yet answered
 * @param pendingIpcSubmissionLimit submissions of one session not yet taken up
 * @param ringScratchLimitBytes scratch memory of submission rings
 * @param logQuotaBytesPerWindow log bytes in one window
 * @param logWindow the window that log bytes are counted in; zero only when the log quota is
 * @param cpuBudgetUsPerWindow microseconds of processor time in one window, on all processors together
 * @param cpuWindowUs length of that window in microseconds; zero only when the budget is
 * @param timerWaiterLimit timers one session may wait on
 * @param networkProfile name of the network posture, {@code none} for no network
 * @param launcherProfile name of the launcher posture, {@code none} for an empty launcher
 */
public record ResourceProfile(
        ProfileId profileId,
        String name,
        long homeQuotaBytes,
        long configQuotaBytes,
        long cacheQuotaBytes,
        long tempQuotaBytes,
        int sessionLimit,
        int processLimit,
        int threadLimit,
        int capLimit,
        long memoryCommitLimitBytes,
        long frameGrantLimitPages,
        int endpointQueueLimit,
        int inFlightCallLimit,
        int pendingIpcSubmissionLimit,
        long ringScratchLimitBytes,
        long logQuotaBytesPerWindow,
        Duration logWindow,
        long cpuBudgetUsPerWindow,
        long cpuWindowUs,
        int timerWaiterLimit,
        String networkProfile,
        String launcherProfile) {
    /** The posture of having none: no network, nothing to launch. */
    public static final String NO_POSTURE = "none";

    /** The network postures that exist, weakest first. A reader treats any other as {@link #NO_POSTURE}. */
    public static final List<String> NETWORK_POSTURES = List.of(NO_POSTURE, "client", "listener");

    /** The launcher postures that exist, weakest first. A reader treats any other as {@link #NO_POSTURE}. */
    public static final List<String> LAUNCHER_POSTURES =
            List.of(NO_POSTURE, "measured-binary", "approved-apps", "developer-tools");

    public ResourceProfile {
        Checks.token("resource profile name", name);
        Checks.atMost("homeQuotaBytes", homeQuotaBytes, Limits.QUOTA_BYTES);
        Checks.atMost("configQuotaBytes", configQuotaBytes, Limits.QUOTA_BYTES);
        Checks.atMost("cacheQuotaBytes", cacheQuotaBytes, Limits.QUOTA_BYTES);
        Checks.atMost("tempQuotaBytes", tempQuotaBytes, Limits.QUOTA_BYTES);
        Checks.atMost("sessionLimit", sessionLimit, Limits.SESSIONS_PER_ACCOUNT);
        Checks.atMost("processLimit", processLimit, Limits.COUNT);
        Checks.atMost("threadLimit", threadLimit, Limits.COUNT);
        Checks.atMost("capLimit", capLimit, Limits.COUNT);
        Checks.atMost("memoryCommitLimitBytes", memoryCommitLimitBytes, Limits.QUOTA_BYTES);
        Checks.atMost("frameGrantLimitPages", frameGrantLimitPages, Limits.FRAME_PAGES);
        Checks.atMost("endpointQueueLimit", endpointQueueLimit, Limits.COUNT);
        Checks.atMost("inFlightCallLimit", inFlightCallLimit, Limits.COUNT);
        Checks.atMost("pendingIpcSubmissionLimit", pendingIpcSubmissionLimit, Limits.COUNT);
        Checks.atMost("ringScratchLimitBytes", ringScratchLimitBytes, Limits.QUOTA_BYTES);
        Checks.atMost("logQuotaBytesPerWindow", logQuotaBytesPerWindow, Limits.QUOTA_BYTES);
        window("logWindow", logQuotaBytesPerWindow, logWindow);
        Checks.range("cpuWindowUs", cpuWindowUs, cpuBudgetUsPerWindow == 0 ? 0 : 1, Limits.CPU_WINDOW_US);
        Checks.atMost("cpuBudgetUsPerWindow", cpuBudgetUsPerWindow, Limits.CPU_BUDGET_US);
        Checks.atMost("timerWaiterLimit", timerWaiterLimit, Limits.COUNT);
        Checks.token("networkProfile", networkProfile);
        Checks.token("launcherProfile", launcherProfile);
    }

    /**
     * The first limit, by the name of its component, that leaves more here than there; empty if none does. A quota for each window leaves
     * more if it is higher, and if its window is shorter. Postures that nobody knows are none.
     */
    public Optional<String> limitBeyond(ResourceProfile other) {
        SequencedMap<String, Boolean> beyond = new LinkedHashMap<>();
        beyond.put("homeQuotaBytes", homeQuotaBytes > other.homeQuotaBytes);
        beyond.put("configQuotaBytes", configQuotaBytes > other.configQuotaBytes);
        beyond.put("cacheQuotaBytes", cacheQuotaBytes > other.cacheQuotaBytes);
        beyond.put("tempQuotaBytes", tempQuotaBytes > other.tempQuotaBytes);
        beyond.put("sessionLimit", sessionLimit > other.sessionLimit);
        beyond.put("processLimit", processLimit > other.processLimit);
        beyond.put("threadLimit", threadLimit > other.threadLimit);
        beyond.put("capLimit", capLimit > other.capLimit);
        beyond.put("memoryCommitLimitBytes", memoryCommitLimitBytes > other.memoryCommitLimitBytes);
        beyond.put("frameGrantLimitPages", frameGrantLimitPages > other.frameGrantLimitPages);
        beyond.put("endpointQueueLimit", endpointQueueLimit > other.endpointQueueLimit);
        beyond.put("inFlightCallLimit", inFlightCallLimit > other.inFlightCallLimit);
        beyond.put("pendingIpcSubmissionLimit", pendingIpcSubmissionLimit > other.pendingIpcSubmissionLimit);
        beyond.put("ringScratchLimitBytes", ringScratchLimitBytes > other.ringScratchLimitBytes);
        beyond.put("logQuotaBytesPerWindow", logQuotaBytesPerWindow > other.logQuotaBytesPerWindow);
        beyond.put("logWindow", logQuotaBytesPerWindow > 0 && logWindow.compareTo(other.logWindow) < 0);
        beyond.put("cpuBudgetUsPerWindow", cpuBudgetUsPerWindow > other.cpuBudgetUsPerWindow);
        beyond.put("cpuWindowUs", cpuBudgetUsPerWindow > 0 && cpuWindowUs < other.cpuWindowUs);
        beyond.put("timerWaiterLimit", timerWaiterLimit > other.timerWaiterLimit);
        beyond.put(
                "networkProfile",
                rank(NETWORK_POSTURES, networkProfile) > rank(NETWORK_POSTURES, other.networkProfile));
        beyond.put(
                "launcherProfile",
                rank(LAUNCHER_POSTURES, launcherProfile) > rank(LAUNCHER_POSTURES, other.launcherProfile));
        return beyond.entrySet().stream()
                .filter(Map.Entry::getValue)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private static int rank(List<String> postures, String posture) {
        return Math.max(0, postures.indexOf(posture));
    }

    private static void window(String what, long quota, Duration window) {
        if (quota == 0 && window.isZero()) {
            return;
        }
        Checks.duration(what, window, Limits.WINDOW);
    }
}
