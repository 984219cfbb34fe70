package dev.bailiwick.qemu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What a command answers with {@code -o json}, read as a script would read it: by field names, with everything else ignored. */
record Json(Object value) {
    private static final String NULL = "null";

    static Json of(String text) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            parser.nextToken();
            return new Json(read(parser));
        }
    }

    private static Object read(JsonParser parser) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            Map<String, Object> fields = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                parser.nextToken();
                fields.put(name, read(parser));
            }
            return fields;
        }
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            List<Object> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(read(parser));
            }
            return items;
        }
        return parser.currentToken() == JsonToken.VALUE_NULL ? NULL : parser.getString();
    }

    /** The field of an object, followed through inner objects. */
    Json at(String... names) {
        Object inner = value;
        for (String name : names) {
            Object field = inner instanceof Map<?, ?> fields ? fields.get(name) : null;
            if (field == null) {
                throw new AssertionError("no field \"" + name + "\" in " + inner);
            }
            inner = field;
        }
        return new Json(inner);
    }

    /** A string, number or boolean, as it was written. */
    String text(String... names) {
        return at(names).value.toString();
    }

    List<Json> items() {
        if (value instanceof List<?> items) {
            return items.stream().map(item -> new Json((Object) item)).toList();
        }
        throw new AssertionError("not an array: " + value);
    }
}
