package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything one request said: all declarations by id, and the files code is wanted for.
 *
 * @param requested files in command-line order; each has its {@link Declaration.SchemaFile} in {@code declarations}
 */
record Schema(Map<Long, Declaration> declarations, List<RequestedFile> requested) {
    /** {@code annotation dataOnly} in java.capnp. */
    static final long DATA_ONLY_ANNOTATION = 0xb7a1e5d2c0934f68L;

    Schema {
        declarations = new LinkedHashMap<>(declarations);
        requested = List.copyOf(requested);
    }

    /** A file named on the command line, by the name that goes into the header of what is generated for it. */
    record RequestedFile(long id, String name) {}

    /** The declaration with that id; a request that refers to one it does not hold is refused. */
    Declaration declaration(long id) {
        Declaration found = declarations.get(id);
        if (found == null) {
            throw new SchemaException("the request refers to node " + hex(id)
                    + " but does not hold it; send the output of `capnp compile -o-` unchanged");
        }
        return found;
    }

    Declaration.Struct struct(long id) {
        return as(Declaration.Struct.class, id, "struct");
    }

    Declaration.Enumeration enumeration(long id) {
        return as(Declaration.Enumeration.class, id, "enum");
    }

    Declaration.Interface interfaceType(long id) {
        return as(Declaration.Interface.class, id, "interface");
    }

    /**
     * The declarations around one, innermost first.
     *
     * @throws SchemaException if a declaration is inside itself
     */
    List<Declaration> scopes(Declaration declaration) {
        List<Declaration> scopes = new ArrayList<>();
        Declaration at = declarations.get(declaration.header().scopeId());
        while (at != null) {
            scopes.add(at);
            if (scopes.size() > declarations.size()) {
                throw new SchemaException(
                        "the request declares " + declaration.header().displayName() + " inside itself");
            }
            at = declarations.get(at.header().scopeId());
        }
        return scopes;
    }

    /** Whether a declaration is in a file whose types hold no capabilities and are for the stock runtime alone. */
    boolean isDataOnly(Declaration declaration) {
        List<Declaration> scopes = scopes(declaration);
        Declaration outermost = scopes.isEmpty() ? declaration : scopes.getLast();
        return outermost.header().annotations().stream().anyMatch(applied -> applied.id() == DATA_ONLY_ANNOTATION);
    }

    static String hex(long id) {
        return "0x" + HexFormat.of().toHexDigits(id);
    }

    private <T extends Declaration> T as(Class<T> kind, long id, String wanted) {
        Declaration found = declaration(id);
        if (!kind.isInstance(found)) {
            throw new SchemaException("the request uses " + found.header().displayName() + " (" + hex(id) + ") as a "
                    + wanted + ", but declares it as something else");
        }
        return kind.cast(found);
    }
}
