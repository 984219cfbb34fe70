package dev.bailiwick.identity;

import static dev.bailiwick.identity.Fixtures.sddl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SddlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "D:",
                "D:NO_ACCESS_CONTROL",
                "O:SYD:",
                "O:SYG:BAD:",
                "G:BAD:P",
                "D:PARAI",
                "D:(A;;FA;;;SY)",
                "O:S-1-5-21-1-2-3-4G:S-1-5-21-1-2-3-5D:(A;;FR;;;S-1-5-21-1-2-3-4)",
                "O:SYD:PAI(D;OICINPIOID;FW;;;BG)(A;OICI;FX;;;WD)S:(ML;;NW;;;HI)",
                "D:(A;;GA;;;AN)(A;;GRGW;;;AU)(A;;RCSDWDWO;;;OW)(A;;CCDCLCSWRPWPDTLOCR;;;CO)",
                "D:(A;;0x100000;;;WD)(D;;0x0;;;LS)",
                "D:S:(ML;;NWNRNX;;;SI)",
                "D:S:(ML;;0x0;;;S-1-16-0)",
                // Of real systems: the event log's pipe, and a log file.
                "O:LSG:LSD:P(A;;0x12019b;;;WD)(A;;CC;;;OW)(A;;0x12008f;;;S-1-5-80-880578595-1860270145-482643319-2788375705-1540778122)",
                "D:PAR(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-80-880578595-1860270145-482643319-2788375705-1540778122)"
            })
    void whatIsWrittenInItsFormPrintsTheSame(String text) {
        assertThat(Sddl.print(sddl(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "O:S-1-5-18D:(A;;0x1F01FF;;;S-1-1-0) | O:SYD:(A;;FA;;;WD)",
                "D:AIP(A;CIOI;GWGR;;;SY) | D:PAI(A;OICI;GRGW;;;SY)",
                "D:(A;;0x0000A;;;SY) | D:(A;;DCSW;;;SY)",
                "D:(A;;FAFRFX;;;SY) | D:(A;;FA;;;SY)",
                "D:S:(ML;;NRNW;;;S-1-16-4096) | D:S:(ML;;NWNR;;;LW)"
            })
    void whatIsWrittenOtherwisePrintsInItsForm(String text, String printed) {
        assertThat(Sddl.print(sddl(text))).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 0",
                "O:SY | 4",
                "O:SYG:BA | 8",
                "O: | 2",
                "O:XXD: | 2",
                "O:syD: | 2",
                "O:DAD: | 2",
                "G:SYO:SYD: | 4",
                "D:D: | 2",
                "d: | 0",
                "' D:' | 0",
                "'D: ' | 2",
                "D:(A;;FA;;;SY | 13",
                "D:(A;;FA;;;SY)) | 14",
                "D:A;;FA;;;SY) | 2",
                "D:(X;;FA;;;SY) | 3",
                "D:(OA;;FA;;;SY) | 3",
                "D:(XA;;FA;;;SY;(a==1)) | 3",
                "D:(AU;SA;FA;;;SY) | 3",
                "D:(A;XX;FA;;;SY) | 5",
                "D:(A;SA;FA;;;SY) | 5",
                "D:(A;;;;;SY) | 6",
                "D:(A;;F;;;SY) | 6",
                "D:(A;;FAX;;;SY) | 8",
                "D:(A;;fa;;;SY) | 6",
                "D:(A;;0x;;;SY) | 6",
                "D:(A;;0x123456789;;;SY) | 6",
                "D:(A;;0x-1;;;SY) | 6",
                "D:(A;;0x2000000;;;SY) | 6",
                "D:(A;;0x1000000;;;SY) | 6",
                "D:(A;;0x8000000;;;SY) | 6",
                "D:(A;;FA;guid;;SY) | 8",
                "D:(A;;FA;;;S-1-5-018) | 11",
                "D:(A;;FA;;;) | 11",
                "D:NO_ACCESS_CONTROL(A;;FA;;;SY) | 19",
                "D:S: | 4",
                "D:S:(AU;SA;FA;;;WD) | 4",
                "D:S:(ML;;;;;ME) | 9",
                "D:S:(ML;;NW;;;SY) | 14",
                "D:S:(ML;;NW;;;S-1-16-8448) | 14",
                "D:S:(ML;;NW;;;ME)(ML;;NW;;;HI) | 17"
            })
    void malformedTextIsRefusedWithThePlace(String text, int position) {
        assertThat(Sddl.parse(text)).isInstanceOfSatisfying(SddlResult.Malformed.class, malformed -> {
            assertThat(malformed.message()).isNotEmpty();
            assertThat(malformed.position()).as(malformed.message()).isEqualTo(position);
        });
    }

    @Test
    void aTextWithoutADaclIsRefusedBecauseNoDaclGrantsEverything() {
        assertThat(Sddl.parse("O:SYG:SY"))
                .isInstanceOfSatisfying(
                        SddlResult.Malformed.class,
                        malformed -> assertThat(malformed.message()).contains("D:NO_ACCESS_CONTROL"));
    }

    @Test
    void entriesAndCharactersHaveALimit() {
        String entry = "(A;;FA;;;SY)";
        assertThat(Sddl.parse("D:" + entry.repeat(Limits.ACES))).isInstanceOf(SddlResult.Parsed.class);
        assertThat(Sddl.parse("D:" + entry.repeat(Limits.ACES + 1)))
                .isInstanceOfSatisfying(
                        SddlResult.Malformed.class,
                        malformed -> assertThat(malformed.position()).isEqualTo(2 + Limits.ACES * entry.length()));
        assertThat(Sddl.parse("D:" + "P".repeat(Limits.SDDL_CHARS))).isInstanceOf(SddlResult.Malformed.class);
        assertThatThrownBy(() -> new Dacl(
                        0,
                        new ArrayList<>(Collections.nCopies(Limits.ACES + 1, Ace.allow(1, WellKnownSid.SYSTEM.sid())))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLongestDescriptorFitsItsLimit() {
        Sid longest = Sid.parse("S-1-0xffffffffffff" + "-4294967295".repeat(15));
        List<Ace> entries = Collections.nCopies(
                Limits.ACES, new Ace(Ace.Type.DENY, Ace.FLAGS, AccessMask.GENERIC | 0x1FFFFF, longest));
        SecurityDescriptor descriptor = new SecurityDescriptor(
                Optional.of(longest),
                Optional.of(longest),
                Optional.of(new Dacl(7, entries)),
                Optional.of(new IntegrityLabel(IntegrityLevel.UNTRUSTED, 7)));
        assertThat(Sddl.print(descriptor).length()).isLessThanOrEqualTo(Limits.SDDL_CHARS);
        assertThat(sddl(Sddl.print(descriptor))).isEqualTo(descriptor);
    }

    @Test
    void everyDescriptorSurvivesItsText() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            SecurityDescriptor descriptor = anyDescriptor(random);
            String text = Sddl.print(descriptor);
            assertThat(sddl(text)).as("seed %d, %s", seed, text).isEqualTo(descriptor);
            assertThat(Sddl.print(sddl(text))).as("seed %d", seed).isEqualTo(text);
        }
    }

    @Test
    void noTextMakesTheReaderFailAndWhatItAcceptsItPrintsAndReadsAgain() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String characters = "OGDSAMLPI:();-0x159fFRWXNY \u00df";
        for (int round = 0; round < 10_000; round++) {
            StringBuilder text = new StringBuilder(Sddl.print(anyDescriptor(random)));
            for (int edits = random.nextInt(4); edits > 0 && !text.isEmpty(); edits--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, characters.charAt(random.nextInt(characters.length())));
                    case 1 -> text.insert(at, characters.charAt(random.nextInt(characters.length())));
                    default -> text.setLength(at);
                }
            }
            switch (Sddl.parse(text.toString())) {
                case SddlResult.Parsed(SecurityDescriptor descriptor) ->
                    assertThat(sddl(Sddl.print(descriptor)))
                            .as("seed %d, %s", seed, text)
                            .isEqualTo(descriptor);
                case SddlResult.Malformed(int position, String message) -> {
                    assertThat(position).as("seed %d, %s", seed, text).isBetween(0, text.length());
                    assertThat(message).isNotEmpty();
                }
            }
        }
    }

    static SecurityDescriptor anyDescriptor(Random random) {
        return new SecurityDescriptor(
                maybe(random, anyKnownOrOther(random)),
                maybe(random, anyKnownOrOther(random)),
                random.nextInt(10) == 0
                        ? Optional.empty()
                        : Optional.of(new Dacl(random.nextInt(8), anyEntries(random))),
                maybe(random, new IntegrityLabel(any(random, IntegrityLevel.values()), random.nextInt(8))));
    }

    private static List<Ace> anyEntries(Random random) {
        List<Ace> entries = new ArrayList<>();
        for (int count = random.nextInt(6); count > 0; count--) {
            int mask = random.nextInt() & (AccessMask.GRANTABLE | AccessMask.GENERIC);
            int[] some = {0, 0x1F01FF, 0x120089, 0x120116, 0x1200A0, mask, mask & 0x1FF, mask & AccessMask.GENERIC};
            entries.add(new Ace(
                    random.nextBoolean() ? Ace.Type.ALLOW : Ace.Type.DENY,
                    random.nextInt(32),
                    some[random.nextInt(some.length)],
                    anyKnownOrOther(random)));
        }
        return entries;
    }

    private static Sid anyKnownOrOther(Random random) {
        WellKnownSid[] known = WellKnownSid.values();
        return random.nextBoolean() ? known[random.nextInt(known.length)].sid() : SidTest.anySid(random);
    }

    private static <T> Optional<T> maybe(Random random, T value) {
        return random.nextBoolean() ? Optional.of(value) : Optional.empty();
    }

    private static <T> T any(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
