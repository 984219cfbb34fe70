package dev.bailiwick.schema;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterCategory;
import com.ibm.icu.lang.UCharacterDirection;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.lang.UScript;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A login name in its normalised form, whose {@link NameKey} must be unique. Only that form is kept and shown: as it was typed, {@code aIice}
 * with a capital i would look like {@code alice}, while its {@linkplain #skeleton() skeleton} is another one (ADR 0014).
 *
 * <p>Names follow RFC 8265 UsernameCaseMapped over the IdentifierClass of RFC 8264: letters and digits of any script and the
 * printable ASCII characters, width-mapped, lower-cased and normalised to NFC, with the Bidi rule of RFC 5893. Narrower than
 * the RFC: 1 to {@value #MAX_CHARS} characters, none of {@code @ \ / : ,}, and no joiner except after a virama. The Unicode
 * tables are those of the pinned ICU4J, not the JDK's, which change with the JDK; so keys are made by whoever proposes a
 * change, and the store only ever compares their bytes.
 *
 * @param key the normalised form
 */
public record AccountName(NameKey key) {
    /** Characters (code points) in a name and in its key. */
    public static final int MAX_CHARS = 64;

    private static final String RESERVED = "@\\/:,";

    /**
     * Normalises a name.
     *
     * @throws InvalidNameException with a stable code, if it is not one
     */
    public static AccountName parse(String text) {
        requireLength(text);
        String mapped = normalised(text);
        requireLength(mapped);
        if (!normalised(mapped).equals(mapped)) {
            // Case mapping and normalisation undo each other in a few scripts; such a name has no stable form.
            throw new InvalidNameException(
                    InvalidNameException.Code.UNSTABLE, "name " + quote(text) + " has no stable form");
        }
        int[] codePoints = mapped.codePoints().toArray();
        for (int i = 0; i < codePoints.length; i++) {
            requireAllowed(text, codePoints, i);
        }
        requireBidiRule(text, codePoints);
        return new AccountName(new NameKey(mapped));
    }

    /** The name as it is kept and shown. */
    public String text() {
        return key.text();
    }

    /**
     * What the name looks like, by the confusables of Unicode TS 39 in the pinned tables: {@code раураl} in Cyrillic and
     * {@code paypal}, or {@code modem} and {@code modern}, have one skeleton.
     */
    public NameSkeleton skeleton() {
        return new NameSkeleton(Confusables.CHECKER.getSkeleton(key.text()));
    }

    /** Loaded when the first skeleton is asked for: the tables take a while, and most processes only look names up. */
    private static final class Confusables {
        private static final SpoofChecker CHECKER =
                new SpoofChecker.Builder().setChecks(SpoofChecker.CONFUSABLE).build();
    }

    private static String normalised(String text) {
        String lowerCase = UCharacter.toLowerCase(Locale.ROOT, widthMapped(text));
        return Normalizer2.getNFCInstance().normalize(lowerCase);
    }

    /** Fullwidth and halfwidth characters become what they are compatible with (RFC 8265, 3.3.2, rule 1). */
    private static String widthMapped(String text) {
        StringBuilder mapped = new StringBuilder();
        text.codePoints().forEach(c -> {
            int type = UCharacter.getIntPropertyValue(c, UProperty.DECOMPOSITION_TYPE);
            if (type == UCharacter.DecompositionType.WIDE || type == UCharacter.DecompositionType.NARROW) {
                mapped.append(Normalizer2.getNFKDInstance().getDecomposition(c));
            } else {
                mapped.appendCodePoint(c);
            }
        });
        return mapped.toString();
    }

    private static void requireLength(String text) {
        int length = text.codePointCount(0, text.length());
        if (length < 1 || length > MAX_CHARS) {
            throw new InvalidNameException(
                    InvalidNameException.Code.LENGTH, "a name has 1 to " + MAX_CHARS + " characters, not " + length);
        }
    }

    private static void requireAllowed(String text, int[] name, int at) {
        if (!isAllowed(name, at)) {
            throw new InvalidNameException(
                    InvalidNameException.Code.CHARACTER,
                    "name " + quote(text) + " contains U+" + "%04X".formatted(name[at])
                            + "; use letters, digits and ASCII punctuation other than @ \\ / : ,");
        }
    }

    /** RFC 8264 section 8 (IdentifierClass), in its order. */
    private static boolean isAllowed(int[] name, int at) {
        int c = name[at];
        if (c < 0x80) {
            return c > 0x20 && c < 0x7f && RESERVED.indexOf(c) < 0;
        }
        Optional<Boolean> exception = exception(name, at);
        if (exception.isPresent()) {
            return exception.get();
        }
        return UCharacter.isDefined(c)
                && !isOldHangulJamo(c)
                && !UCharacter.hasBinaryProperty(c, UProperty.DEFAULT_IGNORABLE_CODE_POINT)
                && !UCharacter.hasBinaryProperty(c, UProperty.NONCHARACTER_CODE_POINT)
                && !hasCompatibility(c)
                && isLetterOrDigit(c);
    }

    /** RFC 5892 section 2.6, with the contextual rules of its appendix A. */
    private static Optional<Boolean> exception(int[] name, int at) {
        int c = name[at];
        return switch (c) {
            case 0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007 -> Optional.of(true);
            case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031, 0x3032, 0x3033, 0x3034, 0x3035, 0x303B -> Optional.of(false);
            case 0x00B7 -> Optional.of(at > 0 && name[at - 1] == 'l' && at + 1 < name.length && name[at + 1] == 'l');
            case 0x0375 -> Optional.of(at + 1 < name.length && script(name[at + 1]) == UScript.GREEK);
            case 0x05F3, 0x05F4 -> Optional.of(at > 0 && script(name[at - 1]) == UScript.HEBREW);
            case 0x30FB ->
                Optional.of(has(name, other -> {
                    int script = script(other);
                    return script == UScript.HIRAGANA || script == UScript.KATAKANA || script == UScript.HAN;
                }));
            case 0x200C, 0x200D -> Optional.of(at > 0 && UCharacter.getCombiningClass(name[at - 1]) == 9);
            default -> arabicDigit(name, c);
        };
    }

    /** Arabic-Indic and extended Arabic-Indic digits look alike and must not be mixed. */
    private static Optional<Boolean> arabicDigit(int[] name, int c) {
        if (c >= 0x0660 && c <= 0x0669) {
            return Optional.of(!has(name, other -> other >= 0x06F0 && other <= 0x06F9));
        }
        if (c >= 0x06F0 && c <= 0x06F9) {
            return Optional.of(!has(name, other -> other >= 0x0660 && other <= 0x0669));
        }
        return Optional.empty();
    }

    private static boolean has(int[] name, IntPredicate property) {
        for (int c : name) {
            if (property.test(c)) {
                return true;
            }
        }
        return false;
    }

    private static int script(int c) {
        return UScript.getScript(c);
    }

    private static boolean isOldHangulJamo(int c) {
        return switch (UCharacter.getIntPropertyValue(c, UProperty.HANGUL_SYLLABLE_TYPE)) {
            case UCharacter.HangulSyllableType.LEADING_JAMO,
                    UCharacter.HangulSyllableType.VOWEL_JAMO,
                    UCharacter.HangulSyllableType.TRAILING_JAMO -> true;
            default -> false;
        };
    }

    private static boolean hasCompatibility(int c) {
        String one = Character.toString(c);
        return !Normalizer2.getNFKCInstance().normalize(one).equals(one);
    }

    /** RFC 8264 section 9.1, by general category. */
    private static boolean isLetterOrDigit(int c) {
        int letterDigits = 1 << UCharacterCategory.LOWERCASE_LETTER
                | 1 << UCharacterCategory.UPPERCASE_LETTER
                | 1 << UCharacterCategory.OTHER_LETTER
                | 1 << UCharacterCategory.DECIMAL_DIGIT_NUMBER
                | 1 << UCharacterCategory.MODIFIER_LETTER
                | 1 << UCharacterCategory.NON_SPACING_MARK
                | 1 << UCharacterCategory.COMBINING_SPACING_MARK;
        return (letterDigits >> UCharacter.getType(c) & 1) != 0;
    }

    /** RFC 5893 section 2, for names that contain any right-to-left character. */
    private static void requireBidiRule(String text, int[] name) {
        boolean rightToLeft = false;
        for (int c : name) {
            int direction = UCharacter.getDirection(c);
            rightToLeft |= isRightToLeft(direction) || direction == UCharacterDirection.ARABIC_NUMBER;
        }
        if (rightToLeft && !followsBidiRule(name)) {
            throw new InvalidNameException(
                    InvalidNameException.Code.DIRECTION,
                    "name " + quote(text) + " mixes writing directions in a way that can mislead (RFC 5893)");
        }
    }

    private static boolean followsBidiRule(int[] name) {
        int first = UCharacter.getDirection(name[0]);
        boolean rtl = isRightToLeft(first);
        if (!rtl && first != UCharacterDirection.LEFT_TO_RIGHT) {
            return false;
        }
        boolean europeanNumber = false;
        boolean arabicNumber = false;
        int last = first;
        for (int c : name) {
            int direction = UCharacter.getDirection(c);
            if (!mayContain(rtl, direction)) {
                return false;
            }
            europeanNumber |= direction == UCharacterDirection.EUROPEAN_NUMBER;
            arabicNumber |= direction == UCharacterDirection.ARABIC_NUMBER;
            if (direction != UCharacterDirection.DIR_NON_SPACING_MARK) {
                last = direction;
            }
        }
        boolean number = last == UCharacterDirection.EUROPEAN_NUMBER;
        return rtl
                ? (isRightToLeft(last) || number || last == UCharacterDirection.ARABIC_NUMBER)
                        && !(europeanNumber && arabicNumber)
                : last == UCharacterDirection.LEFT_TO_RIGHT || number;
    }

    private static boolean isRightToLeft(int direction) {
        return direction == UCharacterDirection.RIGHT_TO_LEFT || direction == UCharacterDirection.RIGHT_TO_LEFT_ARABIC;
    }

    private static boolean mayContain(boolean rtl, int direction) {
        return switch (direction) {
            case UCharacterDirection.EUROPEAN_NUMBER,
                    UCharacterDirection.EUROPEAN_NUMBER_SEPARATOR,
                    UCharacterDirection.COMMON_NUMBER_SEPARATOR,
                    UCharacterDirection.EUROPEAN_NUMBER_TERMINATOR,
                    UCharacterDirection.OTHER_NEUTRAL,
                    UCharacterDirection.BOUNDARY_NEUTRAL,
                    UCharacterDirection.DIR_NON_SPACING_MARK -> true;
            case UCharacterDirection.LEFT_TO_RIGHT -> !rtl;
            case UCharacterDirection.RIGHT_TO_LEFT,
                    UCharacterDirection.RIGHT_TO_LEFT_ARABIC,
                    UCharacterDirection.ARABIC_NUMBER -> rtl;
            default -> false;
        };
    }

    private static String quote(String text) {
        return "\"" + text + "\"";
    }

    @Override
    public String toString() {
        return text();
    }
}
