package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of a security descriptor, both ways: {@code O:SYG:SYD:P(A;OICI;FA;;;SY)(D;;FW;;;BG)S:(ML;;NW;;;HI)}. Owner, group, DACL and label in that
 * order; owner, group and label may be missing. Source: MS-DTYP 2.5.1, of which it takes what descriptors here can hold:
 *
 * <ul>
 *   <li>entries {@code A} and {@code D}, without object types and conditions; in {@code S:} one {@code ML} entry and no audit;
 *   <li>SIDs as two letters or as text; rights as letters, two each, or as hexadecimal;
 *   <li>{@code D:} must be there. {@code D:NO_ACCESS_CONTROL} grants everything to everybody, which a text that only forgot the part must not.
 * </ul>
 *
 * <p>What is parsed prints as the same text if it was written in the form that {@link #print} writes, and every descriptor survives printing and
 * parsing.
 */
public final class Sddl {
    private static final String OPEN = "NO_ACCESS_CONTROL";
    private static final String[] ACE_FLAGS = {"OI", "CI", "NP", "IO", "ID"};
    private static final String[] DACL_FLAGS = {"P", "AR", "AI"};
    private static final String[] LABEL_POLICY = {"NW", "NR", "NX"};

    private Sddl() {}

    /** The text. */
    public static String print(SecurityDescriptor descriptor) {
        StringBuilder text = new StringBuilder();
        descriptor.owner().ifPresent(owner -> text.append("O:").append(print(owner)));
        descriptor.group().ifPresent(group -> text.append("G:").append(print(group)));
        text.append("D:");
        descriptor.dacl().ifPresentOrElse(dacl -> print(text, dacl), () -> text.append(OPEN));
        descriptor.label().ifPresent(label -> {
            text.append("S:(ML;;");
            if (label.policy() == 0) {
                text.append("0x0");
            } else {
                letters(text, label.policy(), LABEL_POLICY);
            }
            text.append(";;;").append(print(label.level().sid())).append(')');
        });
        return text.toString();
    }

    private static void print(StringBuilder text, Dacl dacl) {
        letters(text, dacl.flags(), DACL_FLAGS);
        for (Ace ace : dacl.entries()) {
            text.append('(').append(letter(ace.type())).append(';');
            letters(text, ace.flags(), ACE_FLAGS);
            text.append(';').append(SddlRights.print(ace.mask())).append(";;;");
            text.append(print(ace.sid())).append(')');
        }
    }

    private static char letter(Ace.Type type) {
        return switch (type) {
            case ALLOW -> 'A';
            case DENY -> 'D';
        };
    }

    private static void letters(StringBuilder text, int bits, String[] names) {
        for (int bit = 0; bit < names.length; bit++) {
            if ((bits & (1 << bit)) != 0) {
                text.append(names[bit]);
            }
        }
    }

    /** Two letters, or the SID's own text. */
    static String print(Sid sid) {
        return WellKnownSid.of(sid).flatMap(WellKnownSid::alias).orElseGet(sid::toString);
    }

    /** Reads a text. */
    public static SddlResult parse(String text) {
        if (text.length() > Limits.SDDL_CHARS) {
            return new SddlResult.Malformed(
                    Limits.SDDL_CHARS,
                    "a descriptor has at most " + Limits.SDDL_CHARS + " characters, not " + text.length());
        }
        try {
            return new SddlResult.Parsed(new Reader(text).descriptor());
        } catch (Unexpected unexpected) {
            return new SddlResult.Malformed(unexpected.position, unexpected.text);
        }
    }

    /** Leaves the reader from any depth; never seen outside. */
    private static final class Unexpected extends Exception {
        private static final long serialVersionUID = 1;

        private final int position;
        private final String text;

        Unexpected(int position, String text) {
            super(text, null, false, false);
            this.position = position;
            this.text = text;
        }
    }

    private static final class Reader {
        private static final int QUOTED = 24;

        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        SecurityDescriptor descriptor() throws Unexpected {
            Optional<Sid> owner = take("O:") ? Optional.of(sid()) : Optional.empty();
            Optional<Sid> group = take("G:") ? Optional.of(sid()) : Optional.empty();
            if (!take("D:")) {
                throw expected("D: and the entries of the DACL; D:" + OPEN + " says that there is none");
            }
            Optional<Dacl> dacl = take(OPEN) ? Optional.empty() : Optional.of(dacl());
            Optional<IntegrityLabel> label = take("S:") ? Optional.of(label()) : Optional.empty();
            if (at < text.length()) {
                throw expected("the end, or parts in the order O: G: D: S:");
            }
            return new SecurityDescriptor(owner, group, dacl, label);
        }

        private Dacl dacl() throws Unexpected {
            int flags = flags(DACL_FLAGS);
            List<Ace> entries = new ArrayList<>();
            while (at < text.length() && text.charAt(at) == '(') {
                if (entries.size() == Limits.ACES) {
                    throw new Unexpected(at, "a DACL has at most " + Limits.ACES + " entries");
                }
                entries.add(ace());
            }
            return new Dacl(flags, entries);
        }

        private Ace ace() throws Unexpected {
            require("(", "an entry");
            Ace.Type type;
            if (take("A;")) {
                type = Ace.Type.ALLOW;
            } else if (take("D;")) {
                type = Ace.Type.DENY;
            } else {
                throw expected("A; or D;, the only kinds of entry in a DACL here");
            }
            int flags = flags(ACE_FLAGS);
            require(";", "flags of OI CI NP IO ID, and ;");
            int mask = rights();
            require(";;;", ";;; because entries here have no object types");
            Sid sid = sid();
            require(")", "the end of the entry");
            return new Ace(type, flags, mask, sid);
        }

        private IntegrityLabel label() throws Unexpected {
            require("(ML;;", "(ML;; and the integrity label; audit entries are not kept");
            int policy = 0;
            if (!take("0x0")) {
                int from = at;
                policy = flags(LABEL_POLICY);
                if (at == from) {
                    throw expected("NW, NR or NX, or 0x0 for none of them");
                }
            }
            require(";;;", ";;; because labels have no object types");
            int from = at;
            Sid sid = sid();
            Optional<IntegrityLevel> level = IntegrityLevel.of(sid);
            if (level.isEmpty()) {
                throw new Unexpected(from, "an integrity level was expected: LW, ME, HI, SI or S-1-16-0, not " + sid);
            }
            require(")", "the end of the label");
            return new IntegrityLabel(level.get(), policy);
        }

        private int flags(String[] names) {
            int flags = 0;
            boolean more = true;
            while (more) {
                more = false;
                for (int bit = 0; bit < names.length; bit++) {
                    if (take(names[bit])) {
                        flags |= 1 << bit;
                        more = true;
                    }
                }
            }
            return flags;
        }

        private int rights() throws Unexpected {
            int end = text.indexOf(';', at);
            int from = at;
            if (end <= at) {
                throw expected("rights: letters such as FA, or hexadecimal such as 0x120089");
            }
            int mask;
            if (text.startsWith("0x", at)) {
                String digits = text.substring(at + 2, end);
                if (!digits.matches("[0-9a-fA-F]{1,8}")) {
                    throw expected("1 to 8 hexadecimal digits");
                }
                mask = Integer.parseUnsignedInt(digits, 16);
                at = end;
            } else {
                mask = 0;
                while (at < end) {
                    var bits = SddlRights.bits(text.substring(at, Math.min(at + 2, text.length())));
                    if (bits.isEmpty()) {
                        throw expected("rights: two letters each, such as FA or GR");
                    }
                    mask |= bits.getAsInt();
                    at += 2;
                }
            }
            if ((mask & ~(AccessMask.GRANTABLE | AccessMask.GENERIC)) != 0) {
                throw new Unexpected(
                        from, "rights that an entry can have were expected, not 0x" + Integer.toHexString(mask));
            }
            return mask;
        }

        private Sid sid() throws Unexpected {
            if (!text.startsWith("S-", at)) {
                String letters = text.substring(at, Math.min(at + 2, text.length()));
                Optional<WellKnownSid> known = WellKnownSid.aliased(letters);
                if (known.isEmpty()) {
                    throw expected("a SID: two letters such as SY, or S-1-5-18");
                }
                at += 2;
                return known.get().sid();
            }
            int end = at;
            while (end < text.length() && isOfSid(end)) {
                end++;
            }
            try {
                Sid sid = Sid.parse(text.substring(at, end));
                at = end;
                return sid;
            } catch (IllegalArgumentException malformed) {
                throw new Unexpected(at, String.valueOf(malformed.getMessage()));
            }
        }

        /** Whether that character goes on with a SID: not if it begins the next part, as the G of {@code O:S-1-5-18G:} does. */
        private boolean isOfSid(int index) {
            char unit = text.charAt(index);
            boolean nextPart = index + 1 < text.length() && text.charAt(index + 1) == ':';
            return unit != ';' && unit != ')' && unit != '(' && !nextPart;
        }

        private boolean take(String expected) {
            if (text.startsWith(expected, at)) {
                at += expected.length();
                return true;
            }
            return false;
        }

        private void require(String expected, String what) throws Unexpected {
            if (!take(expected)) {
                throw expected(what);
            }
        }

        private Unexpected expected(String what) {
            String rest = text.substring(at, Math.min(at + QUOTED, text.length()));
            return new Unexpected(
                    at,
                    what + " was expected at position " + at
                            + (rest.isEmpty() ? ", where the text ends" : ": \"" + rest + "\""));
        }
    }
}
