package dev.bailiwick.cli;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/**
 * A value that commands answer with, in the shape of JSON. Tables are projections of the same values, so both outputs say the
 * same. Immutable.
 */
sealed interface Json {
    /** Nothing is here: a struct that is not set. */
    record Null() implements Json {}

    /** True or false. */
    record Bool(boolean value) implements Json {}

    /** A whole number; the bits are those of an unsigned 64-bit integer. */
    record Num(long bits) implements Json {
        @Override
        public String toString() {
            return Long.toUnsignedString(bits);
        }
    }

    /** Text. */
    record Text(String value) implements Json {}

    /** A list. */
    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }

        /** The items, which are all objects. */
        List<Obj> objects() {
            return items.stream().map(Obj.class::cast).toList();
        }
    }

    /** Named values, in order. */
    record Obj(SequencedMap<String, Json> fields) implements Json {
        public Obj {
            fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
        }

        /** The same with one more field at the end. */
        Obj with(String name, Json value) {
            SequencedMap<String, Json> more = new LinkedHashMap<>(fields);
            more.put(name, value);
            return new Obj(more);
        }

        Obj with(String name, String value) {
            return with(name, new Text(value));
        }

        Obj with(String name, long unsigned) {
            return with(name, new Num(unsigned));
        }

        Obj with(String name, boolean value) {
            return with(name, new Bool(value));
        }

        /** The same with the other's fields at the end. */
        Obj with(Obj other) {
            SequencedMap<String, Json> more = new LinkedHashMap<>(fields);
            more.putAll(other.fields);
            return new Obj(more);
        }

        /** A field that is there. */
        Json get(String name) {
            Json value = fields.get(name);
            if (value == null) {
                throw new IllegalArgumentException("no field \"" + name + "\" in " + fields.keySet());
            }
            return value;
        }

        /** A text field. */
        String text(String name) {
            return ((Text) get(name)).value();
        }

        /** A number field; the bits are those of an unsigned 64-bit integer. */
        long number(String name) {
            return ((Num) get(name)).bits();
        }

        /** A boolean field. */
        boolean flag(String name) {
            return ((Bool) get(name)).value();
        }

        /** A list field. */
        Arr list(String name) {
            return (Arr) get(name);
        }

        /** A field that is an object. */
        Obj object(String name) {
            return (Obj) get(name);
        }

        /** The items of a list of texts, separated by {@code ", "}. */
        String joined(String name) {
            List<String> parts = new ArrayList<>();
            for (Json item : list(name).items()) {
                parts.add(((Text) item).value());
            }
            return String.join(", ", parts);
        }
    }

    /** An object without fields, to start from. */
    static Obj object() {
        return new Obj(new LinkedHashMap<>());
    }

    /** A list of texts. */
    static Arr texts(Iterable<String> values) {
        List<Json> items = new ArrayList<>();
        values.forEach(value -> items.add(new Text(value)));
        return new Arr(items);
    }

    /** The value as indented text, with a line feed at the end. */
    default String print() {
        // A separator style is fixed here because scripts and golden files compare the text.
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        return write(new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter));
    }

    /** The value on one line, with a line feed at the end. */
    default String printLine() {
        return write(null);
    }

    /**
     * The value that text states; numbers must be whole.
     *
     * @throws IllegalArgumentException when it is not the text of one such value
     */
    static Json parse(String text) {
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), text)) {
            Json value = read(parser, parser.nextToken());
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("text goes on after a JSON value");
            }
            return value;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Json read(JsonParser from, @Nullable JsonToken token) {
        if (token == null) {
            throw new IllegalArgumentException("text ends where a JSON value is expected");
        }
        return switch (token) {
            case VALUE_NULL -> new Null();
            case VALUE_TRUE -> new Bool(true);
            case VALUE_FALSE -> new Bool(false);
            case VALUE_STRING -> new Text(from.getString());
            case VALUE_NUMBER_INT -> new Num(Long.parseUnsignedLong(from.getString()));
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                for (JsonToken next = from.nextToken(); next != JsonToken.END_ARRAY; next = from.nextToken()) {
                    items.add(read(from, next));
                }
                yield new Arr(items);
            }
            case START_OBJECT -> {
                Obj object = object();
                for (String name = from.nextName(); name != null; name = from.nextName()) {
                    object = object.with(name, read(from, from.nextToken()));
                }
                yield object;
            }
            case NOT_AVAILABLE, END_ARRAY, END_OBJECT, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, VALUE_NUMBER_FLOAT ->
                throw new IllegalArgumentException("not a value of this kind of JSON: " + token);
        };
    }

    private String write(@Nullable PrettyPrinter layout) {
        StringWriter text = new StringWriter();
        ObjectWriteContext context = new ObjectWriteContext.Base() {
            @Override
            public boolean hasPrettyPrinter() {
                return layout != null;
            }

            @Override
            public @Nullable PrettyPrinter getPrettyPrinter() {
                return layout;
            }
        };
        try (JsonGenerator generator = new JsonFactory().createGenerator(context, text)) {
            write(generator, this);
        }
        return text + "\n";
    }

    private static void write(JsonGenerator to, Json value) {
        switch (value) {
            case Null() -> to.writeNull();
            case Bool(boolean flag) -> to.writeBoolean(flag);
            case Num number -> to.writeNumber(number.toString());
            case Text(String text) -> to.writeString(text);
            case Arr(List<Json> items) -> {
                to.writeStartArray();
                items.forEach(item -> write(to, item));
                to.writeEndArray();
            }
            case Obj(SequencedMap<String, Json> fields) -> {
                to.writeStartObject();
                fields.forEach((name, field) -> {
                    to.writeName(name);
                    write(to, field);
                });
                to.writeEndObject();
            }
        }
    }
}
