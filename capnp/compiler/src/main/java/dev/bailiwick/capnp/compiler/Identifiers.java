package dev.bailiwick.capnp.compiler;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How schema names become Java names: the upstream generator's rules, so that its users find what they expect. */
final class Identifiers {
    private static final Set<String> KEYWORDS = Set.of(
            "abstract",
            "assert",
            "boolean",
            "break",
            "byte",
            "case",
            "catch",
            "char",
            "class",
            "const",
            "continue",
            "default",
            "do",
            "double",
            "else",
            "enum",
            "extends",
            "false",
            "final",
            "finally",
            "float",
            "for",
            "goto",
            "if",
            "implements",
            "import",
            "instanceof",
            "int",
            "interface",
            "long",
            "native",
            "new",
            "null",
            "package",
            "private",
            "protected",
            "public",
            "return",
            "short",
            "static",
            "strictfp",
            "super",
            "switch",
            "synchronized",
            "this",
            "throw",
            "throws",
            "transient",
            "true",
            "try",
            "void",
            "volatile",
            "while");

    private Identifiers() {}

    /** {@code fooBar} to {@code FooBar}: groups, accessors and the structs of parameter lists. */
    static String capitalized(String name) {
        return name.isEmpty() ? name : name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    }

    /** {@code fooBar} to {@code FOO_BAR}: enumerants, union tags and constants. */
    static String constant(String name) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (i > 0 && Character.isUpperCase(c)) {
                out.append('_');
            }
            out.append(Character.toUpperCase(c));
        }
        return out.toString();
    }

    /**
     * The first of {@code name}, {@code name_}, {@code name__} and so on that is not taken. Schema names have no underscore, so
     * only names that were given this way can stand in each other's way.
     */
    static String free(String name, Collection<String> taken) {
        String candidate = name;
        while (taken.contains(candidate)) {
            candidate += "_";
        }
        return candidate;
    }

    /** The Java constants of an enum or of a union's tags, by position. */
    static List<String> constants(List<String> names, Set<String> reserved) {
        Set<String> taken = new LinkedHashSet<>();
        for (String name : names) {
            Set<String> unavailable = new LinkedHashSet<>(reserved);
            unavailable.addAll(taken);
            taken.add(free(constant(name), unavailable));
        }
        return List.copyOf(taken);
    }

    /** A method name: the schema's own, unless Java keeps the word for itself. */
    static String method(String name) {
        return KEYWORDS.contains(name) ? name + "_" : name;
    }

    /** An accessor such as {@code getFoo}. {@code getClass} is every object's own, so a field {@code class} yields. */
    static String accessor(String prefix, String field) {
        String name = prefix + capitalized(field);
        return name.equals("getClass") ? "getClass_" : name;
    }

    static boolean isPackageName(String name) {
        for (String part : name.split("\\.", -1)) {
            if (!isIdentifier(part)) {
                return false;
            }
        }
        return true;
    }

    static boolean isIdentifier(String name) {
        return !name.isEmpty()
                && Character.isJavaIdentifierStart(name.charAt(0))
                && name.chars().allMatch(Character::isJavaIdentifierPart)
                && !KEYWORDS.contains(name);
    }
}
