package dev.bailiwick.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * A well-formed path: names joined by "/". The empty path has no names and means the namespace itself. Names are compared
 * as bytes and stored as given: no case folding and no Unicode normalisation, so that what was put is what is listed.
 */
record EntryPath(List<EntryName> names) {
    static final EntryPath SELF = new EntryPath(List.of());

    EntryPath {
        names = List.copyOf(names);
    }

    /** What parsing gave. */
    sealed interface Parsed {
        record Valid(EntryPath path) implements Parsed {}

        record Invalid(Denied denied) implements Parsed {}
    }

    static Parsed parse(String text, StorageLimits limits) {
        if (text.isEmpty()) {
            return new Parsed.Valid(SELF);
        }
        // A UTF-8 text is never shorter in bytes than in UTF-16 units: this bounds the work before any is done.
        if (text.length() > limits.pathBytes()) {
            return invalid(text, "it is longer than " + limits.pathBytes() + " bytes");
        }
        List<EntryName> names = new ArrayList<>();
        int bytes = -1;
        for (String part : text.split("/", -1)) {
            if (names.size() == limits.depth()) {
                return invalid(text, "it has more than " + limits.depth() + " names");
            }
            switch (name(part, limits)) {
                case NameParsed.Valid(EntryName name) -> {
                    names.add(name);
                    bytes += 1 + name.length();
                }
                case NameParsed.Invalid(String why) -> {
                    return invalid(text, why);
                }
            }
        }
        return bytes > limits.pathBytes()
                ? invalid(text, "it is longer than " + limits.pathBytes() + " bytes")
                : new Parsed.Valid(new EntryPath(names));
    }

    private sealed interface NameParsed {
        record Valid(EntryName name) implements NameParsed {}

        record Invalid(String why) implements NameParsed {}
    }

    private static NameParsed name(String part, StorageLimits limits) {
        if (part.isEmpty()) {
            return new NameParsed.Invalid("it has an empty name");
        }
        if (part.equals(".") || part.equals("..")) {
            return new NameParsed.Invalid("a name is \"" + part + "\"; there is no way up");
        }
        if (part.indexOf('\0') >= 0) {
            return new NameParsed.Invalid("a name holds a zero byte");
        }
        byte[] utf8;
        try {
            ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(part));
            utf8 = new byte[encoded.remaining()];
            encoded.get(utf8);
        } catch (CharacterCodingException e) {
            return new NameParsed.Invalid("a name is not Unicode text");
        }
        return utf8.length > limits.nameBytes()
                ? new NameParsed.Invalid("a name is longer than " + limits.nameBytes() + " bytes")
                : new NameParsed.Valid(new EntryName(part, utf8.length));
    }

    private static Parsed invalid(String text, String why) {
        return new Parsed.Invalid(Denied.because(
                DenialCode.INVALID_PATH,
                "path " + Quoted.of(text) + " is not valid: " + why,
                "a path is names of 1 to 255 bytes joined by \"/\", with none at the ends"));
    }

    boolean isSelf() {
        return names.isEmpty();
    }

    EntryName last() {
        return names.getLast();
    }

    /** The path's text below {@code base}, the text of the namespace it starts from. */
    String under(String base) {
        StringBuilder text = new StringBuilder(base);
        for (EntryName name : names) {
            text.append(text.isEmpty() ? "" : "/").append(name.text());
        }
        return text.toString();
    }
}
