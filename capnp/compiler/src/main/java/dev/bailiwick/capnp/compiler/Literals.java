package dev.bailiwick.capnp.compiler;

import java.util.ArrayList;
import java.util.List;

/** Java source for values. */
final class Literals {
    /** Bytes in one string constant; each takes at most two in a class file, whose constants end at 65535. */
    private static final int CHUNK = 16_384;

    /** Bytes on one source line. */
    private static final int LINE = 16;

    private Literals() {}

    /** A string literal, all ASCII. */
    static String string(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c >= ' ' && c < 0x7f) {
                        out.append(c);
                    } else {
                        out.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    /** A string expression for any text, however long. */
    static String text(String text, String stringClass) {
        List<String> chunks = new ArrayList<>();
        for (int at = 0; at < text.length(); at += CHUNK) {
            chunks.add(string(text.substring(at, Math.min(text.length(), at + CHUNK))));
        }
        return joined(chunks, stringClass);
    }

    /** A string expression with one character for each byte, as the runtime's {@code decodeRawBytes} takes it. */
    static String bytes(String bytes, String stringClass) {
        List<String> chunks = new ArrayList<>();
        for (int at = 0; at < bytes.length(); at += CHUNK) {
            List<String> lines = new ArrayList<>();
            for (int line = at; line < Math.min(bytes.length(), at + CHUNK); line += LINE) {
                StringBuilder out = new StringBuilder("\"");
                for (int i = line; i < Math.min(bytes.length(), line + LINE); i++) {
                    out.append(String.format("\\%03o", (int) bytes.charAt(i)));
                }
                lines.add(out.append('"').toString());
            }
            chunks.add("\n        " + String.join("\n                + ", lines));
        }
        return joined(chunks, stringClass);
    }

    /** More than one constant must not be added up with +, which would make them one again. */
    private static String joined(List<String> chunks, String stringClass) {
        return switch (chunks.size()) {
            case 0 -> "\"\"";
            case 1 -> chunks.getFirst();
            default -> stringClass + ".join(\"\", " + String.join(", ", chunks) + ")";
        };
    }

    /** A value of a primitive type, from its bits. */
    static String primitive(FieldType.Primitive type, long bits) {
        return switch (type) {
            case VOID -> throw new IllegalArgumentException("void has no bits");
            case BOOL -> bits == 0 ? "false" : "true";
            case INT8, UINT8 -> "(byte) " + (byte) bits;
            case INT16, UINT16 -> "(short) " + (short) bits;
            case INT32, UINT32 -> Integer.toString((int) bits);
            case INT64, UINT64 -> bits + "L";
            case FLOAT32 -> floatLiteral((int) bits);
            case FLOAT64 -> doubleLiteral(bits);
        };
    }

    /** What a field of a primitive type is exclusive-or-ed with, from the bits of its default. */
    static String mask(FieldType.Primitive type, long bits) {
        return switch (type) {
            case FLOAT32 -> "0x" + Integer.toHexString((int) bits);
            case FLOAT64 -> "0x" + Long.toHexString(bits) + "L";
            case VOID, BOOL, INT8, UINT8, INT16, UINT16, INT32, UINT32, INT64, UINT64 -> primitive(type, bits);
        };
    }

    static String id(long id) {
        return Schema.hex(id) + "L";
    }

    private static String floatLiteral(int bits) {
        float value = Float.intBitsToFloat(bits);
        return Float.isFinite(value) ? value + "f" : "Float.intBitsToFloat(0x" + Integer.toHexString(bits) + ")";
    }

    private static String doubleLiteral(long bits) {
        double value = Double.longBitsToDouble(bits);
        return Double.isFinite(value)
                ? Double.toString(value)
                : "Double.longBitsToDouble(0x" + Long.toHexString(bits) + "L)";
    }
}
