package dev.bailiwick.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SidTest {
    @ParameterizedTest
    @CsvSource({
        // revision, count, authority (big-endian), sub-authorities (little-endian)
        "S-1-0, 01 00 000000000000",
        "S-1-1-0, 01 01 000000000001 00000000",
        "S-1-5-18, 01 01 000000000005 12000000",
        "S-1-5-32-544, 01 02 000000000005 20000000 20020000",
        "S-1-16-12288, 01 01 000000000010 00300000",
        "S-1-5-21-1-2-3-1013, 01 05 000000000005 15000000 01000000 02000000 03000000 f5030000",
        "S-1-4294967295-4294967295, 01 01 0000ffffffff ffffffff",
        "S-1-0x000100000000-7, 01 01 000100000000 07000000",
        "S-1-0xffffffffffff, 01 00 ffffffffffff",
        "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15, 01 0f 000000000005 01000000 02000000 03000000 04000000 05000000"
                + " 06000000 07000000 08000000 09000000 0a000000 0b000000 0c000000 0d000000 0e000000 0f000000",
    })
    void textAndBinaryFormAreTheSameSid(String text, String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(Sid.parse(text).toBytes()).isEqualTo(bytes);
        assertThat(Sid.of(bytes)).isEqualTo(Sid.parse(text)).hasSameHashCodeAs(Sid.parse(text));
        assertThat(Sid.of(bytes)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "S",
                "S-1",
                "S-1-",
                "S-2-5-18",
                "S-0-5-18",
                "s-1-5-18",
                " S-1-5-18",
                "S-1-5-18 ",
                "S-1-5-18\n",
                "S-1-5--18",
                "S-1-5-18-",
                "S-1-5-+18",
                "S-1-5--1",
                "S-1-05-18",
                "S-1-5-018",
                "S-1-5-00",
                "S-1-5-4294967296",
                "S-1-5-99999999999999999999",
                "S-1-4294967296-1",
                "S-1-0x5-18",
                "S-1-0x000000000005-18",
                "S-1-0x0000ffffffff-18",
                "S-1-0x0001000000000-18",
                "S-1-0X000100000000-18",
                "S-1-0x00010000000A-18",
                "S-1-0x00010000000g-18",
                "S-1-5-0x12",
                "S-1-5-1 8",
                "S-1-5-\u0661\u0668",
                "S-1-5-\uff11\uff18",
                "S\u20111-5-18",
                "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
                "SY",
                "SYSTEM"
            })
    void textOfAnyOtherFormIsRefused(String text) {
        assertThatThrownBy(() -> Sid.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isNotEmpty();
    }

    @Test
    void aRefusalQuotesTheTextUnlessItIsTooLong() {
        assertThatThrownBy(() -> Sid.parse("S-1-5-018")).hasMessageContaining("\"S-1-5-018\"");
        assertThatThrownBy(() -> Sid.parse("S-1-5-" + "1".repeat(100_000)))
                .hasMessage("a SID has at most " + Limits.SID_CHARS + " characters, not 100006");
    }

    @Test
    void theLongestTextFitsItsLimit() {
        String text = "S-1-0xffffffffffff" + "-4294967295".repeat(15);
        assertThat(text).hasSize(Limits.SID_CHARS);
        assertThat(Sid.parse(text)).hasToString(text);
        assertThat(Sid.parse(text).toBytes()).hasSize(Sid.MAX_BYTES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "01",
                "0100000000000",
                "01000000000000",
                "0101000000000005",
                "010100000000000512000000ff",
                "0001000000000005120000",
                "000100000000000512000000",
                "020100000000000512000000",
                "010200000000000512000000",
                "01ff00000000000512000000",
                "0180000000000005"
            })
    void bytesOfAnyOtherFormAreRefused(String hex) {
        String even = hex.length() % 2 == 0 ? hex : hex + "0";
        byte[] bytes = HexFormat.of().parseHex(even);
        if (hex.equals("0100000000000")) {
            bytes = Arrays.copyOf(bytes, 7);
        }
        byte[] malformed = bytes;
        assertThatThrownBy(() -> Sid.of(malformed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sixteenSubAuthoritiesAreRefusedInBinaryToo() {
        byte[] bytes = new byte[8 + 64];
        bytes[0] = 1;
        bytes[1] = 16;
        assertThatThrownBy(() -> Sid.of(bytes)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sid.of(5, new long[16])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void partsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> Sid.of(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sid.of(1L << 48)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sid.of(5, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sid.of(5, 1L << 32)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everySidSurvivesItsTextAndItsBytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 10_000; round++) {
            Sid sid = anySid(random);
            assertThat(Sid.parse(sid.toString())).as("seed %d, %s", seed, sid).isEqualTo(sid);
            assertThat(Sid.of(sid.toBytes())).as("seed %d, %s", seed, sid).isEqualTo(sid);
        }
    }

    @Test
    void whateverTextIsAcceptedIsTheTextItPrints() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String characters = "S-10x5289af \u00e9";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(anySid(random).toString());
            for (int edits = random.nextInt(3); edits >= 0; edits--) {
                int at = random.nextInt(text.length());
                char with = characters.charAt(random.nextInt(characters.length()));
                if (random.nextBoolean()) {
                    text.setCharAt(at, with);
                } else {
                    text.insert(at, with);
                }
            }
            try {
                assertThat(Sid.parse(text.toString())).as("seed %d", seed).hasToString(text.toString());
            } catch (IllegalArgumentException refused) {
                assertThat(refused)
                        .as("seed %d, %s", seed, text)
                        .hasMessageMatching("(?s)[a\"\u0080-\uffff].*|the .*|an .*");
            }
        }
    }

    @Test
    void theyAreOrderedAsTheirBytesAre() {
        Random random = new Random(7);
        List<Sid> sids = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            sids.add(anySid(random));
        }
        List<Sid> byBytes = new ArrayList<>(sids);
        byBytes.sort((a, b) -> Arrays.compareUnsigned(a.toBytes(), b.toBytes()));
        Collections.sort(sids);
        assertThat(sids).isEqualTo(byBytes);
    }

    @Test
    void changingAnArrayChangesNoSid() {
        byte[] bytes = Sid.parse("S-1-5-18").toBytes();
        Sid sid = Sid.of(bytes);
        bytes[8] = 19;
        sid.toBytes()[8] = 20;
        assertThat(sid).hasToString("S-1-5-18");
    }

    @ParameterizedTest
    @CsvSource({
        "0, S-1-5-5-0-0",
        "999, S-1-5-5-0-999",
        "4294967296, S-1-5-5-1-0",
        "-1, S-1-5-5-4294967295-4294967295",
        "81985529216486895, S-1-5-5-19088743-2309737967"
    })
    void aLogonSidIsTheTwoHalvesOfTheSession(long session, String text) {
        assertThat(Sid.logon(session)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "S-1-5-21-1-2-3-1013, S-1-5-21-1-2-3, true",
        "S-1-5-21-1-2-3-4-5, S-1-5-21-1-2-3, true",
        "S-1-5-21-1-2-3, S-1-5-21-1-2-3, false",
        "S-1-5-21-1-2, S-1-5-21-1-2-3, false",
        "S-1-5-21-1-2-4-1013, S-1-5-21-1-2-3, false",
        "S-1-6-21-1-2-3-1013, S-1-5-21-1-2-3, false",
        "S-1-5-18, S-1-5, true",
        "S-1-5-21-1-2-300-1013, S-1-5-21-1-2-3, false"
    })
    void aDomainHoldsWhatIsBelowIt(String sid, String domain, boolean within) {
        assertThat(Sid.parse(sid).isWithin(Sid.parse(domain))).isEqualTo(within);
    }

    static Sid anySid(Random random) {
        long authority = switch (random.nextInt(4)) {
            case 0 -> random.nextLong(1L << 48);
            case 1 -> (1L << 32) - 1 + random.nextInt(3);
            default -> random.nextInt(20);
        };
        long[] words = new long[random.nextInt(16)];
        for (int word = 0; word < words.length; word++) {
            words[word] = random.nextInt(3) == 0 ? random.nextInt(100) : random.nextLong(1L << 32);
        }
        return Sid.of(authority, words);
    }
}
