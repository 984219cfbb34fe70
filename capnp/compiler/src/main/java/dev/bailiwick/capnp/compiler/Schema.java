package dev.bailiwick.capnp.compiler;

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
