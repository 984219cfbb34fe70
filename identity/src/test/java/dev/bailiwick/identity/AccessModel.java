package dev.bailiwick.identity;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of the access check once more, bit by bit and slowly, written from their text and sharing nothing with {@link AccessCheck} but the
 * data: no table of SIDs, no masks combined, its own numbers.
 */
final class AccessModel {
    private static final String ANONYMOUS = "S-1-5-7";
    private static final String EVERYONE = "S-1-1-0";
    private static final String OWNER_RIGHTS = "S-1-3-4";

    private AccessModel() {}

    /** Which bits, 0 to 31, are granted; none if it is denied. */
    static List<Integer> check(Token token, SecurityDescriptor descriptor, int desired) {
        List<Integer> asked = bits(desired);
        boolean maximum = asked.contains(25);
        asked.removeIf(bit -> bit == 25);
        List<Integer> wanted = mapped(asked);
        if (desired == 0) {
            return List.of();
        }
        List<Integer> granted = new ArrayList<>();
        for (int bit = 0; bit < 21; bit++) {
            if (isGranted(token, descriptor, bit, wanted)) {
                granted.add(bit);
            }
        }
        if (!granted.containsAll(wanted)) {
            return List.of();
        }
        return maximum ? granted : wanted;
    }

    private static boolean isGranted(Token token, SecurityDescriptor descriptor, int bit, List<Integer> wanted) {
        if (!labelLets(token, descriptor, bit)) {
            return false;
        }
        if (descriptor.dacl().isEmpty()) {
            // Without a DACL there are all bits of a file, and what was asked for by name.
            return mapped(List.of(28)).contains(bit) || wanted.contains(bit);
        }
        List<Ace> entries = descriptor.dacl().get().entries();
        boolean owns = descriptor.owner().isPresent()
                && isFor(token, descriptor.owner().get().toString(), false);
        if (owns && (bit == 17 || bit == 18) && entries.stream().noneMatch(AccessModel::isOwnerRights)) {
            return true;
        }
        for (Ace ace : entries) {
            if ((ace.flags() & 8) != 0 || !mapped(bits(ace.mask())).contains(bit)) {
                continue;
            }
            boolean denies = ace.type() == Ace.Type.DENY;
            String whom = ace.sid().toString();
            if (whom.equals(OWNER_RIGHTS)) {
                if (descriptor.owner().isEmpty()) {
                    continue;
                }
                whom = descriptor.owner().get().toString();
            }
            if (isFor(token, whom, denies)) {
                return !denies;
            }
        }
        return false;
    }

    private static boolean isOwnerRights(Ace ace) {
        return (ace.flags() & 8) == 0 && ace.sid().toString().equals(OWNER_RIGHTS);
    }

    private static boolean onlyIdentifies(Token token) {
        return token.type() == TokenType.IMPERSONATION
                && (token.level() == ImpersonationLevel.ANONYMOUS
                        || token.level() == ImpersonationLevel.IDENTIFICATION);
    }

    private static boolean isFor(Token token, String sid, boolean denies) {
        if (onlyIdentifies(token)) {
            return sid.equals(ANONYMOUS) || sid.equals(EVERYONE);
        }
        if (sid.equals(token.user().toString())) {
            return true;
        }
        for (Group group : token.groups()) {
            if (group.sid().toString().equals(sid)) {
                boolean enabled = (group.attributes() & 0x4) != 0;
                boolean denyOnly = (group.attributes() & 0x10) != 0;
                return denies ? (enabled || denyOnly) : (enabled && !denyOnly);
            }
        }
        return false;
    }

    private static boolean labelLets(Token token, SecurityDescriptor descriptor, int bit) {
        int level = onlyIdentifies(token) ? 0 : number(token.integrity());
        int needed =
                descriptor.label().isPresent() ? number(descriptor.label().get().level()) : 8192;
        int policy = descriptor.label().isPresent() ? descriptor.label().get().policy() : 1;
        if (level >= needed) {
            return true;
        }
        boolean reads = mapped(List.of(31)).contains(bit);
        boolean runs = mapped(List.of(29)).contains(bit);
        boolean writes = mapped(List.of(30)).contains(bit) || (!reads && !runs);
        return (reads && (policy & 2) == 0) || (runs && (policy & 4) == 0) || (writes && (policy & 1) == 0);
    }

    /** The last number of its SID. */
    private static int number(IntegrityLevel level) {
        return Integer.parseInt(level.sid().toString().substring("S-1-16-".length()));
    }

    private static List<Integer> bits(int mask) {
        List<Integer> bits = new ArrayList<>();
        for (int bit = 0; bit < 32; bit++) {
            if (((mask >>> bit) & 1) == 1) {
                bits.add(bit);
            }
        }
        return bits;
    }

    /** Files: read is data, extended and plain attributes; and so on, each with READ_CONTROL (17) and SYNCHRONIZE (20). */
    private static List<Integer> mapped(List<Integer> bits) {
        List<Integer> mapped = new ArrayList<>();
        for (int bit : bits) {
            List<Integer> means = switch (bit) {
                case 31 -> List.of(0, 3, 7, 17, 20);
                case 30 -> List.of(1, 2, 4, 8, 17, 20);
                case 29 -> List.of(5, 7, 17, 20);
                case 28 -> List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 19, 20);
                default -> List.of(bit);
            };
            for (int each : means) {
                if (!mapped.contains(each)) {
                    mapped.add(each);
                }
            }
        }
        return mapped;
    }
}
