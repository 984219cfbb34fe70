package dev.bailiwick.cli;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.capnproto.Data;
import org.capnproto.EnumList;
import org.capnproto.Text;
import org.capnproto.TextList;

/** Between values of messages and their text. */
final class Texts {
    private Texts() {}

    /** The schema's name of an enum value: {@code RECOVERY_ONLY} is {@code recoveryOnly}. */
    static String enumName(Enum<?> value) {
        String name = value.name();
        if (name.startsWith("_")) {
            return "unknown";
        }
        StringBuilder camel = new StringBuilder();
        for (String word : name.split("_", -1)) {
            camel.append(
                    camel.isEmpty()
                            ? word.toLowerCase(Locale.ROOT)
                            : word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT));
        }
        return camel.toString();
    }

    /** A list of texts. */
    static Json.Arr list(TextList.Reader values) {
        List<String> texts = new ArrayList<>();
        for (Text.Reader value : values) {
            texts.add(value.toString());
        }
        return Json.texts(texts);
    }

    /** A list of enum values by their names. */
    static <T extends Enum<T>> Json.Arr names(EnumList.Reader<T> values) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            texts.add(enumName(values.get(i)));
        }
        return Json.texts(texts);
    }

    /** Bytes in lower-case hexadecimal. */
    static String hex(Data.Reader bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }

    /** An id in its text form; empty when it is not set. Sixteen bytes are an id, anything else is shown as it is. */
    static String id(Data.Reader bytes, Function<byte[], ?> type) {
        byte[] raw = bytes.toArray();
        return raw.length == 16 ? type.apply(raw).toString() : HexFormat.of().formatHex(raw);
    }

    /** Fills a list of texts in a message. */
    static void write(IntFunction<TextList.Builder> init, List<String> values) {
        TextList.Builder list = init.apply(values.size());
        for (int i = 0; i < values.size(); i++) {
            list.set(i, new Text.Reader(values.get(i)));
        }
    }
}
