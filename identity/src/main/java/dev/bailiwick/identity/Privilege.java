package dev.bailiwick.identity;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A privilege of a token: its bit in the four masks and its name. Source: IDENTITY-FACTS. */
public enum Privilege {
    CREATE_TOKEN(2, "CreateToken"),
    ASSIGN_PRIMARY_TOKEN(3, "AssignPrimaryToken"),
    LOCK_MEMORY(4, "LockMemory"),
    INCREASE_QUOTA(5, "IncreaseQuota"),
    MACHINE_ACCOUNT(6, "MachineAccount"),
    TCB(7, "Tcb"),
    SECURITY(8, "Security"),
    TAKE_OWNERSHIP(9, "TakeOwnership"),
    LOAD_DRIVER(10, "LoadDriver"),
    SYSTEM_PROFILE(11, "SystemProfile"),
    SYSTEMTIME(12, "Systemtime"),
    PROFILE_SINGLE_PROCESS(13, "ProfileSingleProcess"),
    INCREASE_BASE_PRIORITY(14, "IncreaseBasePriority"),
    CREATE_PAGEFILE(15, "CreatePagefile"),
    CREATE_PERMANENT(16, "CreatePermanent"),
    BACKUP(17, "Backup"),
    RESTORE(18, "Restore"),
    SHUTDOWN(19, "Shutdown"),
    DEBUG(20, "Debug"),
    AUDIT(21, "Audit"),
    SYSTEM_ENVIRONMENT(22, "SystemEnvironment"),
    CHANGE_NOTIFY(23, "ChangeNotify"),
    REMOTE_SHUTDOWN(24, "RemoteShutdown"),
    UNDOCK(25, "Undock"),
    SYNC_AGENT(26, "SyncAgent"),
    ENABLE_DELEGATION(27, "EnableDelegation"),
    MANAGE_VOLUME(28, "ManageVolume"),
    IMPERSONATE(29, "Impersonate"),
    CREATE_GLOBAL(30, "CreateGlobal"),
    TRUSTED_CRED_MAN_ACCESS(31, "TrustedCredManAccess"),
    RELABEL(32, "Relabel"),
    INCREASE_WORKING_SET(33, "IncreaseWorkingSet"),
    TIME_ZONE(34, "TimeZone"),
    CREATE_SYMBOLIC_LINK(35, "CreateSymbolicLink"),
    CREATE_JOB(62, "CreateJob"),
    BIND_PRIVILEGED_PORT(63, "BindPrivilegedPort");

    private static final Map<String, Privilege> BY_TEXT =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Privilege::text, Function.identity()));
    private static final @Nullable Privilege[] BY_BIT = new @Nullable Privilege[Long.SIZE];

    static {
        for (Privilege privilege : values()) {
            BY_BIT[privilege.bit] = privilege;
        }
    }

    private final int bit;
    private final String text;

    Privilege(int bit, String core) {
        this.bit = bit;
        this.text = "Se" + core + "Privilege";
    }

    /** 0 to 63. */
    public int bit() {
        return bit;
    }

    /** The name, such as {@code SeImpersonatePrivilege}. */
    public String text() {
        return text;
    }

    long mask() {
        return 1L << bit;
    }

    /** The privilege of exactly that name. */
    public static Optional<Privilege> named(String text) {
        return Optional.ofNullable(BY_TEXT.get(text));
    }

    /** The privilege of that bit; none if no privilege has it, whatever the number. */
    public static Optional<Privilege> ofBit(int bit) {
        return bit < 0 || bit >= Long.SIZE ? Optional.empty() : Optional.ofNullable(BY_BIT[bit]);
    }

    /** The name. */
    @Override
    public String toString() {
        return text;
    }
}
