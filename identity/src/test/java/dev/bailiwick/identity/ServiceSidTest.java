package dev.bailiwick.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Per-service SIDs. Those of real systems are published in many places; the others were computed with Python's hashlib and full upper case. */
class ServiceSidTest {
    @ParameterizedTest
    @CsvSource({
        "TrustedInstaller, S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
        "MSSQLSERVER, S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003",
        "SQLSERVERAGENT, S-1-5-80-344959196-2060754871-2302487193-2804545603-1466107430",
        "WdiServiceHost, S-1-5-80-3139157870-2983391045-3678747466-658725712-1809340420",
        "EventLog, S-1-5-80-880578595-1860270145-482643319-2788375705-1540778122"
    })
    void servicesOfRealSystemsHaveTheSidsTheyHaveThere(String name, String sid) {
        assertThat(Sid.service(name)).hasToString(sid);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "app,S-1-5-80-2426739453-2501902915-3009591593-922485235-2122754908",
                "APP,S-1-5-80-2426739453-2501902915-3009591593-922485235-2122754908",
                "aPp,S-1-5-80-2426739453-2501902915-3009591593-922485235-2122754908",
                "app ,S-1-5-80-2212211729-970173323-649555484-3100513412-2922636532",
                "stra\u00dfe,S-1-5-80-3559530425-67736298-3855857694-1371103170-2639996927",
                "STRASSE,S-1-5-80-3559530425-67736298-3855857694-1371103170-2639996927",
                "istanbul,S-1-5-80-2723979141-2147998515-1977561194-2545070381-3705454870",
                "\u0131x,S-1-5-80-2398489939-4286810651-1770260068-3185904933-199912006",
                "\u0130x,S-1-5-80-2856257656-1833067855-1068512721-118871883-3905509528",
                "\u0149,S-1-5-80-4002425753-2873960974-3098745582-2138926863-988525812",
                "\ufb01le,S-1-5-80-476832621-4144804572-3243692361-3141724970-241011569",
                "\u03a9mega,S-1-5-80-4061127393-957377396-2817974804-2763917506-3312786783",
                "\u0390,S-1-5-80-1849513906-527231207-4221099628-1602364547-1387857141",
                "\ud801\udc28,S-1-5-80-136814198-3941942386-4146074180-2077938836-2561904933",
                "\u00e9,S-1-5-80-2949611724-1504420935-4108455256-3760699660-405816195",
                "e\u0301,S-1-5-80-3463124818-809235189-3132324302-1015487388-238413070",
                "\u01c5,S-1-5-80-625207374-2673050824-514542046-3169268739-1272510951"
            })
    void theNameIsUpperCasedInFullAndHashed(String name, String sid) {
        assertThat(Sid.service(name)).hasToString(sid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "az", "lt", "el", "de-CH", "hy"})
    void theLocaleOfTheMachineChangesNoSid(String tag) {
        Map<String, Sid> before = new HashMap<>();
        for (String name :
                new String[] {"istanbul", "wdiservicehost", "IDENTITY", "i\u0307x", "\u0149", "\u0390", "stra\u00dfe"
                }) {
            before.put(name, Sid.service(name));
        }
        Locale original = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag(tag));
            before.forEach((name, sid) -> assertThat(Sid.service(name)).as(name).isEqualTo(sid));
        } finally {
            Locale.setDefault(original);
        }
    }

    @Test
    void anEmptyNameIsRefused() {
        assertThatThrownBy(() -> Sid.service(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a service has a name; an empty one makes no SID");
    }

    @Test
    void spacesAreNeitherTrimmedNorFolded() {
        assertThat(Sid.service(" ")).isNotEqualTo(Sid.service("  "));
        assertThat(Sid.service("app\u00a0")).isNotEqualTo(Sid.service("app "));
        assertThat(Sid.service(" app")).isNotEqualTo(Sid.service("app"));
    }

    @Test
    void halfACharacterIsRefusedBecauseTwoSuchNamesWouldBeOne() {
        assertThatThrownBy(() -> Sid.service("a\ud801"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("position 1");
        assertThatThrownBy(() -> Sid.service("\udc28a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sid.service("\udc28\ud801")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLengthHasALimit() {
        assertThat(Sid.service("x".repeat(Limits.SERVICE_NAME_CHARS)).isService())
                .isTrue();
        assertThatThrownBy(() -> Sid.service("x".repeat(Limits.SERVICE_NAME_CHARS + 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 256");
    }

    @Test
    void theGroupOfAllServicesIsFixedAndNotTheSidOfAService() {
        assertThat(WellKnownSid.ALL_SERVICES.sid()).hasToString("S-1-5-80-0");
        assertThat(WellKnownSid.ALL_SERVICES.sid().isService()).isFalse();
        assertThat(Sid.service("app").isService()).isTrue();
        assertThat(Sid.parse("S-1-5-80-1-2-3-4-5-6").isService()).isFalse();
        assertThat(Sid.parse("S-1-5-81-1-2-3-4-5").isService()).isFalse();
        assertThat(Sid.parse("S-1-6-80-1-2-3-4-5").isService()).isFalse();
    }

    /**
     * A change in this digest means that another edition of Unicode gives names of existing services other SIDs, which descriptors that are stored do
     * not know. Do not update it without a way to carry those over (ADR 0071).
     */
    @Test
    void theTableOfUpperCaseIsTheOneThatStoredSidsWereMadeWith() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
                String one = Character.toString(point);
                String upper = Sid.upperCase(one);
                if (!upper.equals(one)) {
                    digest.update((one + "=" + upper + "\n").getBytes(UTF_8));
                }
            }
        }
        assertThat(HexFormat.of().formatHex(digest.digest()))
                .isEqualTo("9b84d7702b8792bd63af26c4ba2d3aade1e7fe462960db34ad6856f5f420c76d");
    }

    @Test
    void asciiNeedsNoTableAndComesOutTheSame() {
        StringBuilder all = new StringBuilder();
        for (char unit = 0; unit < 0x80; unit++) {
            all.append(unit);
        }
        assertThat(Sid.upperCase(all.toString())).isEqualTo(all.toString().toUpperCase(Locale.ROOT));
    }
}
