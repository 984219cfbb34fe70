package dev.bailiwick.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Table;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The stored bytes are a contract ({@code docs/format-storage.md}). These were put together, and their seals computed, apart from
 * the code.
 */
class FormatTest {
    private static final String HOME = "000000000000000a0000000000000001";
    private static final String TMP = "000000000000000a0000000000000002";
    private static final String ALICE = "00000000000000010000000000000001";
    private static final String SHA = "09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b";
    private static final String NOW = "00000000000f4240";

    private static List<String> rows(Store store) {
        return store.engine.read(view -> {
            List<String> rows = new ArrayList<>();
            for (Table table : StorageTables.all()) {
                view.scan(
                        table,
                        new byte[0],
                        null,
                        (key, value) ->
                                rows.add(table.name() + " " + HexFormat.of().formatHex(key) + " "
                                        + HexFormat.of().formatHex(value)));
            }
            return rows;
        });
    }

    @Test
    void theStoredBytesAreThoseOfTheFormat() {
        try (Store store = new Store(RamEngine.open(), StorageLimits.DEFAULT)) {
            Store.put(store.home(), "d/notes.txt", "hello, world");
            store.tmp();
            store.logs.appendApp(
                    LogId.of(Store.ALICE), Durability.DURABLE, "hello", new LogQuota(10, 1000), store.gate);

            assertThat(rows(store))
                    .containsExactlyInAnyOrder(
                            // live, durable, owner, created, modified, generation 1, next object 3, 12 bytes, 2 entries
                            "storage.roots " + HOME + " 010101" + ALICE + NOW + NOW
                                    + "0000000000000001" + "0000000000000003" + "000000000000000c" + "0000000000000002"
                                    + "a81d5b66244d9fbb2d6b51c96fbb86c9af77e96a8974611d20346c064ba3d642",
                            // live, until its session ends, nothing in it yet
                            "storage.roots " + TMP + " 010102" + ALICE + NOW + NOW
                                    + "0000000000000000" + "0000000000000001" + "0000000000000000" + "0000000000000000"
                                    + "d014b878864b27e36da03dd668e536c9d544480f1927651e0ddf733ed7a58516",
                            // node 2 hangs in the root's namespace, one name and one byte deep, as "d"
                            "storage.nodes " + HOME + "0000000000000002 01" + "0000000000000000" + "0001" + "0001"
                                    + "64" + "7adb46d89f565163da16dc7ca7e413bd6d2b7166a80207bdb7f68ed5a71e3885",
                            // "d": a namespace, version 1, node 2
                            "storage.entries " + HOME + "0000000000000000" + "64 0102" + "0000000000000001" + NOW
                                    + "0000000000000002"
                                    + "5114b050a5489f35d2035c5bbdf451ff3602dc93d30c960834dfdc68547453da",
                            // "notes.txt" in node 2: a blob, version 1, 12 bytes
                            "storage.entries " + HOME + "0000000000000002" + "6e6f7465732e747874 0101"
                                    + "0000000000000001" + NOW + "000000000000000c" + SHA
                                    + "6f32c2e3efcb4f55d29d8f2f5b67317f3293a7c77a3d2965781692a72ba795d1",
                            // content 1, 12 bytes, chunks of 128 KiB, one reference
                            "storage.blobs " + HOME + SHA + " 01" + "0000000000000001" + "000000000000000c" + "00020000"
                                    + "0000000000000001"
                                    + "c7362a3da4fabb9ce084ac0000be09348a9427663f363db158d08d48f603540e",
                            // chunk 0 of content 1
                            "storage.chunks " + HOME + "0000000000000001" + "00000000 01" + "68656c6c6f2c20776f726c64"
                                    + "fb2e3691d81658a7c301c7561313702411b8d43f7fc82ab2dd18429c74c63ab7",
                            // the root ends with its session
                            "storage.pending " + TMP + "0000000000000000 0101"
                                    + "d3b962a8a9d3674741d6d3fa680400b7eedb1b56724b491f018b3a304911c1a9",
                            // durable, next line 2, window from 1,000,000 ms with 5 bytes; no session lines, one of
                            // apps
                            "storage.log-heads " + ALICE + " 0101" + "0000000000000002" + NOW + "0000000000000005"
                                    + "0000000000000000" + "0000000000000000" + "0000000000000001" + "0000000000000005"
                                    + "397a140c6ad3452f5c56fffc69010b711222db5718b09140714397f4919932e4",
                            // line 1 of applications
                            "storage.log-lines " + ALICE + "02" + "0000000000000001 01" + NOW + "68656c6c6f"
                                    + "41142ae922ab9c7f0cdb02371b5f30cd2b40423ae8e9ab037ad62413609db236");
        }
    }
}
