package dev.bailiwick.broker;

import dev.bailiwick.profiles.ResourceProfile;
import dev.bailiwick.profiles.Slot;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The limit of one slot.
 *
 * @param name the resource profile's field, as an administrator knows it
 * @param bytes the most it may hold or, with a window, the most written in one
 * @param window the window it counts in; empty for a quota on what is held
 */
record SlotQuota(String name, long bytes, Optional<Duration> window) {
    private static final long KIB = 1L << 10;

    /** The slot's quota in that profile; empty for slots without one of their own. */
    static Optional<SlotQuota> of(Slot slot, ResourceProfile profile) {
        return switch (slot) {
            case HOME -> held("homeQuotaBytes", profile.homeQuotaBytes());
            case CONFIG -> held("configQuotaBytes", profile.configQuotaBytes());
            case CACHE -> held("cacheQuotaBytes", profile.cacheQuotaBytes());
            case TMP -> held("tempQuotaBytes", profile.tempQuotaBytes());
            case LOG_SINK ->
                Optional.of(new SlotQuota(
                        "logQuotaBytesPerWindow", profile.logQuotaBytesPerWindow(), Optional.of(profile.logWindow())));
            case TERMINAL,
                    SESSION,
                    LOGS,
                    LAUNCHER,
                    APPROVAL,
                    CREDENTIALS,
                    KEYRING,
                    STATUS,
                    LOGIN,
                    HELP,
                    ACCOUNT_READER,
                    ACCOUNT_MANAGER,
                    PROFILE_READER,
                    ROLE_DIRECTORY,
                    PLANNER,
                    STORE_INSPECTOR,
                    APPROVAL_REVIEWER,
                    AUDIT_READER,
                    SESSION_DIRECTORY,
                    RESOURCE_PROFILE_MANAGER,
                    POLICY_MANAGER,
                    STORE_MAINTAINER,
                    KEY_BACKUP,
                    IDENTITY,
                    SERVICES,
                    SECURED,
                    SUPERVISOR -> Optional.empty();
        };
    }

    /** The profile with another quota for that slot, which has one of its own; a log quota needs a window to count in. */
    static ResourceProfile with(Slot slot, ResourceProfile profile, long bytes) {
        Duration window =
                slot == Slot.LOG_SINK && profile.logWindow().isZero() ? Duration.ofHours(1) : profile.logWindow();
        return with(slot, profile, bytes, window, profile.launcherProfile());
    }

    /** The profile with another launcher posture. */
    static ResourceProfile launching(ResourceProfile profile, String posture) {
        return with(Slot.LAUNCHER, profile, 0, profile.logWindow(), posture);
    }

    private static ResourceProfile with(
            Slot slot, ResourceProfile profile, long bytes, Duration window, String posture) {
        return new ResourceProfile(
                profile.profileId(),
                profile.name(),
                slot == Slot.HOME ? bytes : profile.homeQuotaBytes(),
                slot == Slot.CONFIG ? bytes : profile.configQuotaBytes(),
                slot == Slot.CACHE ? bytes : profile.cacheQuotaBytes(),
                slot == Slot.TMP ? bytes : profile.tempQuotaBytes(),
                profile.sessionLimit(),
                profile.processLimit(),
                profile.threadLimit(),
                profile.capLimit(),
                profile.memoryCommitLimitBytes(),
                profile.frameGrantLimitPages(),
                profile.endpointQueueLimit(),
                profile.inFlightCallLimit(),
                profile.pendingIpcSubmissionLimit(),
                profile.ringScratchLimitBytes(),
                slot == Slot.LOG_SINK ? bytes : profile.logQuotaBytesPerWindow(),
                window,
                profile.cpuBudgetUsPerWindow(),
                profile.cpuWindowUs(),
                profile.timerWaiterLimit(),
                profile.networkProfile(),
                posture);
    }

    private static Optional<SlotQuota> held(String name, long bytes) {
        return Optional.of(new SlotQuota(name, bytes, Optional.empty()));
    }

    /** For people, for instance {@code 64 MiB} or {@code 4 MiB per 1h}. */
    String text() {
        return window.map(length -> size(bytes) + " per " + span(length)).orElseGet(() -> size(bytes));
    }

    private static String size(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        long whole = bytes;
        int unit = 0;
        // Exact or not at all: a limit is never printed rounded.
        while (unit < units.length - 1 && whole >= KIB && whole % KIB == 0) {
            whole /= KIB;
            unit++;
        }
        return whole + " " + units[unit];
    }

    private static String span(Duration length) {
        return length.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
