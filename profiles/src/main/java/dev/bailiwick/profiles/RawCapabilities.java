package dev.bailiwick.profiles;

import dev.bailiwick.profiles.ManifestProblem.Code;
import java.util.List;
import java.util.Set;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/**
 * Refuses a manifest that hands out capabilities (seed 002, Gate 1): accounts and profiles state policy inputs, from which
 * the broker mints. Whatever the key holds it is refused, with the raw kernel and service authorities called by name.
 */
final class RawCapabilities {
    private static final List<String> KEYS = List.of("capabilities", "capability", "caps", "cap", "grants", "grant");

    /** Authorities that no session receives by default (seed 002, "Permission Rules"). */
    private static final Set<String> RAW = Set.of(
            "ProcessSpawner",
            "FrameAllocator",
            "DeviceManager",
            "StoreAdmin",
            "InterruptManager",
            "NetworkStack",
            "AccountStoreManager",
            "ResourceProfileManager",
            "PolicyManager");

    private static final String HINT = "select roles and profiles; the broker mints capabilities from them";

    private RawCapabilities() {}

    static void refuse(TableReader table, Problems problems) {
        for (String key : KEYS) {
            switch (table.raw(key)) {
                case null -> {}
                case String name -> refuse(table, key, table.at(key), name, problems);
                case TomlArray array -> refuseEach(table, key, array, problems);
                case TomlTable granted ->
                    granted.keySet()
                            .forEach(name -> refuse(
                                    table,
                                    key,
                                    Position.of(granted.inputPositionOf(List.of(name)), table.at(key)),
                                    name,
                                    problems));
                case Object _ -> refuse(table, key, table.at(key), "", problems);
            }
        }
    }

    private static void refuseEach(TableReader table, String key, TomlArray array, Problems problems) {
        if (array.isEmpty()) {
            refuse(table, key, table.at(key), "", problems);
        }
        for (int i = 0; i < array.size(); i++) {
            String name = array.get(i) instanceof String text ? text : "";
            refuse(table, key, Position.of(array.inputPositionOf(i), table.at(key)), name, problems);
        }
    }

    private static void refuse(TableReader table, String key, Position at, String name, Problems problems) {
        String message;
        if (RAW.contains(name)) {
            message = table.what() + " is granted the raw capability \"" + name + "\"";
        } else if (name.isEmpty()) {
            message = table.what() + " has the key \"" + key + "\", but a manifest grants no capabilities";
        } else {
            message = table.what() + " is granted \"" + Checks.excerpt(name) + "\" directly";
        }
        problems.add(Code.CAPABILITY_GRANT, at, message, HINT);
    }
}
