package dev.bailiwick.profiles;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The rules that the constructors of this module share. A broken rule is an {@link IllegalArgumentException}. */
final class Checks {
    private static final Pattern TOKEN = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private static final Pattern PLAIN_PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[^/\\p{Cntrl}]+)+");

    private Checks() {}

    /** True for lower-case words joined by single dashes, at most {@link Limits#TOKEN_CHARS} long: names people type. */
    static boolean isToken(String text) {
        return text.length() <= Limits.TOKEN_CHARS && TOKEN.matcher(text).matches();
    }

    static void token(String what, String text) {
        if (!isToken(text)) {
            throw new IllegalArgumentException(what + " must be lower-case words joined by dashes, at most "
                    + Limits.TOKEN_CHARS + " characters: \"" + text + "\"");
        }
    }

    /** True for an absolute path that can be read only one way: no empty, {@code .} or {@code ..} segment. */
    static boolean isPlainAbsolutePath(String path) {
        return path.length() <= Limits.PATH_CHARS && PLAIN_PATH.matcher(path).matches();
    }

    /** True for text that has a UTF-8 form and fits one line: no lone surrogate, no control character. */
    static boolean isPlainText(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text)
                && text.chars().noneMatch(Character::isISOControl);
    }

    /** As much of a value as a message quotes. */
    static String excerpt(String text) {
        if (text.length() <= Limits.TOKEN_CHARS) {
            return text;
        }
        return text.codePoints()
                .limit(Limits.TOKEN_CHARS)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .append("...")
                .toString();
    }

    static SortedSet<String> tokens(String what, Collection<String> texts) {
        texts.forEach(text -> token(what, text));
        atMost(what, texts.size(), Limits.LIST_ITEMS);
        return Collections.unmodifiableSortedSet(new TreeSet<>(texts));
    }

    /** A copy in natural order: {@code new TreeMap(SortedMap)} would keep the caller's comparator. */
    static <T> SortedMap<String, T> naturallySorted(Map<String, T> map) {
        SortedMap<String, T> copy = new TreeMap<>();
        copy.putAll(map);
        return Collections.unmodifiableSortedMap(copy);
    }

    /** Named inputs to policy: token to one line of text. */
    static SortedMap<String, String> attributes(Map<String, String> attributes) {
        atMost("attributes", attributes.size(), Limits.LIST_ITEMS);
        attributes.forEach((name, value) -> {
            token("attribute name", name);
            text("attribute value", value, Limits.LABEL_CHARS);
        });
        return naturallySorted(attributes);
    }

    static Set<PrincipalKind> kinds(Set<PrincipalKind> kinds) {
        if (kinds.isEmpty()) {
            throw new IllegalArgumentException("at least one principal kind is needed");
        }
        return Collections.unmodifiableSet(EnumSet.copyOf(kinds));
    }

    static void text(String what, String text, int maxChars) {
        atMost(what, text.length(), maxChars);
        if (!isPlainText(text)) {
            throw new IllegalArgumentException(what + " must be Unicode text without control characters");
        }
    }

    static void atMost(String what, long value, long max) {
        range(what, value, 0, max);
    }

    static void range(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + " must be from " + min + " to " + max + ", not " + value);
        }
    }

    /** A positive whole number of milliseconds, at most {@code max}. */
    static void duration(String what, Duration duration, Duration max) {
        if (!duration.isPositive() || duration.compareTo(max) > 0 || duration.toNanosPart() % 1_000_000 != 0) {
            throw new IllegalArgumentException(what
                    + " must be a whole number of milliseconds, more than none and at most " + max + ": " + duration);
        }
    }
}
