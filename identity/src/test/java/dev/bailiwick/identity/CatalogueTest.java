package dev.bailiwick.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The numbers that others rely on: they may grow, and never change. */
class CatalogueTest {
    @Test
    void privilegesHaveTheseBits() {
        StringBuilder all = new StringBuilder();
        for (Privilege privilege : Privilege.values()) {
            String core = privilege.text().substring(2, privilege.text().length() - "Privilege".length());
            all.append(privilege.bit()).append(' ').append(core).append(", ");
        }
        assertThat(all)
                .hasToString(
                        "2 CreateToken, 3 AssignPrimaryToken, 4 LockMemory, 5 IncreaseQuota, 6 MachineAccount, 7 Tcb,"
                                + " 8 Security, 9 TakeOwnership, 10 LoadDriver, 11 SystemProfile, 12 Systemtime,"
                                + " 13 ProfileSingleProcess, 14 IncreaseBasePriority, 15 CreatePagefile, 16 CreatePermanent,"
                                + " 17 Backup, 18 Restore, 19 Shutdown, 20 Debug, 21 Audit, 22 SystemEnvironment, 23 ChangeNotify,"
                                + " 24 RemoteShutdown, 25 Undock, 26 SyncAgent, 27 EnableDelegation, 28 ManageVolume,"
                                + " 29 Impersonate, 30 CreateGlobal, 31 TrustedCredManAccess, 32 Relabel, 33 IncreaseWorkingSet,"
                                + " 34 TimeZone, 35 CreateSymbolicLink, 62 CreateJob, 63 BindPrivilegedPort, ");
    }

    @ParameterizedTest
    @EnumSource(Privilege.class)
    void aPrivilegeIsFoundByNameAndByBit(Privilege privilege) {
        assertThat(Privilege.named(privilege.text())).contains(privilege);
        assertThat(Privilege.ofBit(privilege.bit())).contains(privilege);
        assertThat(PrivilegeSet.of(privilege).toList()).containsExactly(privilege);
    }

    @ParameterizedTest
    @EnumSource(WellKnownSid.class)
    void aWellKnownSidIsFoundBySidNameAndLetters(WellKnownSid known) {
        assertThat(WellKnownSid.of(known.sid())).contains(known);
        assertThat(WellKnownSid.named(known.text())).contains(known);
        known.alias()
                .ifPresent(letters -> assertThat(WellKnownSid.aliased(letters)).contains(known));
    }

    @ParameterizedTest
    @CsvSource({"localservice", "' SYSTEM'", "sy", "''"})
    void namesAndLettersAreExact(String text) {
        assertThat(WellKnownSid.named(text)).isEmpty();
        assertThat(WellKnownSid.aliased(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"2, interactive", "3, network", "4, batch", "5, service", "8, network-cleartext", "9, new-credentials"})
    void logonTypesHaveTheseCodes(int code, String text) {
        assertThat(LogonType.ofCode(code).map(LogonType::text)).contains(text);
    }
}
