package dev.bailiwick.identity;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * SIDs that mean the same on every machine, with the name people know them by and, where there is one, their two letters in a descriptor's
 * text (SDDL). Names are matched exactly, as identities are. Source: IDENTITY-FACTS, and MS-DTYP 2.5.1.1 for the letters.
 */
public enum WellKnownSid {
    /** Nobody is this. */
    NOBODY("S-1-0-0", "Nobody", ""),
    /** Everyone, anonymous callers included. */
    EVERYONE("S-1-1-0", "Everyone", "WD"),
    /** Who logged on at this machine. */
    LOCAL("S-1-2-0", "Local", ""),
    /** Who logged on at the console. */
    CONSOLE("S-1-2-1", "ConsoleLogon", ""),
    /** Stands for the creator in entries to be inherited; matches nobody in a check. */
    CREATOR_OWNER("S-1-3-0", "CreatorOwner", "CO"),
    /** Stands for the creator's group in entries to be inherited; matches nobody in a check. */
    CREATOR_GROUP("S-1-3-1", "CreatorGroup", "CG"),
    /** Whoever owns the object; an entry for it replaces what owners may do by themselves. */
    OWNER_RIGHTS("S-1-3-4", "OwnerRights", "OW"),
    /** Who came over the network. */
    NETWORK("S-1-5-2", "Network", "NU"),
    /** Who runs from a queue of jobs. */
    BATCH("S-1-5-3", "Batch", ""),
    /** Who logged on to be present. */
    INTERACTIVE("S-1-5-4", "Interactive", "IU"),
    /** Who was started as a service. */
    SERVICE("S-1-5-6", "Service", "SU"),
    /** Who has not said who they are. */
    ANONYMOUS("S-1-5-7", "Anonymous", "AN"),
    /** Stands for the object itself; matches nobody in a check. */
    SELF("S-1-5-10", "Self", "PS"),
    /** Whoever has proved who they are. */
    AUTHENTICATED_USERS("S-1-5-11", "AuthenticatedUsers", "AU"),
    /** Restricted code. */
    RESTRICTED("S-1-5-12", "Restricted", "RC"),
    /** Who logged on through a remote terminal. */
    REMOTE_INTERACTIVE("S-1-5-14", "RemoteInteractive", ""),
    /** Who is of this organization. */
    THIS_ORGANIZATION("S-1-5-15", "ThisOrganization", ""),
    /** The system itself. */
    SYSTEM("S-1-5-18", "SYSTEM", "SY"),
    /** Services with little local access and no network identity. */
    LOCAL_SERVICE("S-1-5-19", "LocalService", "LS"),
    /** Services that have to prove who they are to other machines. */
    NETWORK_SERVICE("S-1-5-20", "NetworkService", "NS"),
    /** Administrators of this machine. */
    ADMINISTRATORS("S-1-5-32-544", "Administrators", "BA"),
    /** Users of this machine. */
    USERS("S-1-5-32-545", "Users", "BU"),
    /** Guests of this machine. */
    GUESTS("S-1-5-32-546", "Guests", "BG"),
    /** Who may read everything to back it up. */
    BACKUP_OPERATORS("S-1-5-32-551", "BackupOperators", "BO"),
    /** All services; fixed, not derived from a name. */
    ALL_SERVICES("S-1-5-80-0", "AllServices", ""),
    /** Integrity: untrusted. */
    UNTRUSTED_INTEGRITY("S-1-16-0", "UntrustedIntegrity", ""),
    /** Integrity: low. */
    LOW_INTEGRITY("S-1-16-4096", "LowIntegrity", "LW"),
    /** Integrity: medium. */
    MEDIUM_INTEGRITY("S-1-16-8192", "MediumIntegrity", "ME"),
    /** Integrity: high. */
    HIGH_INTEGRITY("S-1-16-12288", "HighIntegrity", "HI"),
    /** Integrity: system. */
    SYSTEM_INTEGRITY("S-1-16-16384", "SystemIntegrity", "SI");

    private static final Map<Sid, WellKnownSid> BY_SID = by(WellKnownSid::sid);
    private static final Map<String, WellKnownSid> BY_NAME = by(WellKnownSid::text);
    private static final Map<String, WellKnownSid> BY_ALIAS = Arrays.stream(values())
            .filter(known -> !known.letters.isEmpty())
            .collect(Collectors.toUnmodifiableMap(known -> known.letters, Function.identity()));

    @SuppressWarnings("Immutable") // A SID is: it shares its array with nobody.
    private final Sid sid;

    private final String text;
    private final String letters;

    WellKnownSid(String sid, String text, String letters) {
        this.sid = Sid.parse(sid);
        this.text = text;
        this.letters = letters;
    }

    /** The SID. */
    public Sid sid() {
        return sid;
    }

    /** Its name, such as {@code LocalService}. */
    public String text() {
        return text;
    }

    /** Its two letters in a descriptor's text, such as {@code LS}. */
    public Optional<String> alias() {
        return letters.isEmpty() ? Optional.empty() : Optional.of(letters);
    }

    /** The entry of that SID. */
    public static Optional<WellKnownSid> of(Sid sid) {
        return Optional.ofNullable(BY_SID.get(sid));
    }

    /** The entry of exactly that name. */
    public static Optional<WellKnownSid> named(String text) {
        return Optional.ofNullable(BY_NAME.get(text));
    }

    /** The entry of exactly those two letters. */
    public static Optional<WellKnownSid> aliased(String letters) {
        return Optional.ofNullable(BY_ALIAS.get(letters));
    }

    private static <K> Map<K, WellKnownSid> by(Function<WellKnownSid, K> key) {
        return Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(key, Function.identity()));
    }
}
