package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code account-admin sid}: pure, so it needs no store and no daemon. */
class SidTest {
    private final TestHost machine = TestHost.host();

    @Test
    void theSidOfAServiceIsComputed() {
        assertThat(machine.accountAdmin("sid", "service", "TrustedInstaller")
                        .ok()
                        .out())
                .startsWith("SID    S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464\nKIND   service\n");
        assertThat(machine.accountAdmin("sid", "service", "app", "-o", "json")
                        .ok()
                        .out())
                .contains("\"service\" : \"app\"")
                .contains("\"S-1-5-80-2426739453-2501902915-3009591593-922485235-2122754908\"");
    }

    @Test
    void whatIsKnownOfASidIsShown() {
        assertThat(machine.accountAdmin("sid", "show", "S-1-5-19").ok().out()).isEqualTo("""
                        SID    S-1-5-19
                        KIND   well-known
                        NAME   LocalService
                        SDDL   LS
                        BYTES  010100000000000513000000
                        """);
        assertThat(machine.accountAdmin("sid", "show", "S-1-5-5-0-999").ok().out())
                .contains("KIND   logon-session\n")
                .contains("NAME   -\n");
        assertThat(machine.accountAdmin("sid", "show", "S-1-5-18", "-o", "json")
                        .ok()
                        .out())
                .contains("\"name\" : \"SYSTEM\"")
                .contains("\"alias\" : \"SY\"")
                .contains("\"bytes\" : \"010100000000000512000000\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SYSTEM", "s-1-5-18", "S-1-5-018", "S-1-5-4294967296", "S-1-5-18-", " "})
    void aMalformedSidIsRefusedAsUsage(String text) {
        TestHost.Ended ended = machine.accountAdmin("sid", "show", text);
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).startsWith("error[usage]: ").contains("hint: ");
    }

    @Test
    void anEmptyNameOfAServiceIsRefusedAsUsage() {
        TestHost.Ended ended = machine.accountAdmin("sid", "service", "");
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).startsWith("error[usage]: a service has a name");
    }
}
