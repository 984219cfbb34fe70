package dev.bailiwick.profiles;

import dev.bailiwick.schema.gen.Attribute;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.capnproto.EnumList;
import org.capnproto.StructList;
import org.capnproto.Text;
import org.capnproto.TextList;

/**
 * The set-like lists of records. They are written sorted and read back only if they are strictly ascending, so that equal
 * sets have equal bytes and a record whose list says something twice is refused.
 */
final class WireLists {
    private WireLists() {}

    static void write(Collection<String> sorted, TextList.Builder list) {
        int i = 0;
        for (String text : sorted) {
            list.set(i++, new Text.Reader(text));
        }
    }

    static SortedSet<String> readTexts(String what, TextList.Reader list) {
        Checks.atMost(what, list.size(), Limits.LIST_ITEMS);
        SortedSet<String> texts = new TreeSet<>();
        for (int i = 0; i < list.size(); i++) {
            String text = list.get(i).toString();
            requireAscending(what, texts.isEmpty() || texts.last().compareTo(text) < 0);
            texts.add(text);
        }
        return texts;
    }

    static void write(Set<PrincipalKind> kinds, EnumList.Builder<dev.bailiwick.schema.gen.PrincipalKind> list) {
        int i = 0;
        for (PrincipalKind kind : kinds) {
            list.set(i++, ProfileCodecs.toWire(kind));
        }
    }

    static Set<PrincipalKind> readKinds(EnumList.Reader<dev.bailiwick.schema.gen.PrincipalKind> list) {
        EnumSet<PrincipalKind> kinds = EnumSet.noneOf(PrincipalKind.class);
        PrincipalKind last = null;
        for (int i = 0; i < list.size(); i++) {
            PrincipalKind kind = ProfileCodecs.ofWire(list.get(i));
            requireAscending("kinds", last == null || last.compareTo(kind) < 0);
            last = kind;
            kinds.add(kind);
        }
        return kinds;
    }

    static void write(SortedMap<String, String> attributes, StructList.Builder<Attribute.Builder> list) {
        int i = 0;
        for (var attribute : attributes.entrySet()) {
            Attribute.Builder item = list.get(i++);
            item.setName(attribute.getKey());
            item.setValue(attribute.getValue());
        }
    }

    static SortedMap<String, String> readAttributes(StructList.Reader<Attribute.Reader> list) {
        Checks.atMost("attributes", list.size(), Limits.LIST_ITEMS);
        SortedMap<String, String> attributes = new TreeMap<>();
        for (Attribute.Reader item : list) {
            String name = item.getName().toString();
            requireAscending(
                    "attributes", attributes.isEmpty() || attributes.lastKey().compareTo(name) < 0);
            attributes.put(name, item.getValue().toString());
        }
        return attributes;
    }

    static void requireAscending(String what, boolean ascending) {
        if (!ascending) {
            throw new IllegalArgumentException(what + " are not strictly ascending");
        }
    }
}
