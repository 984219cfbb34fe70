package dev.bailiwick.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.engine.RamEngine;
import dev.bailiwick.engine.Table;
import dev.bailiwick.schema.Id128;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The stored bytes are a contract ({@code docs/format-storage.md}). These were put together, and their seals computed, apart from
 * the code.
 */
class FormatTest {
    private static final String HOME = "000000000000000a0000000000000001";
    private static final String TMP = "000000000000000a0000000000000002";
    private static final String ALICE = "00000000000000010000000000000001";
    private static final String BOB = "00000000000000020000000000000002";
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

    @Test
    void whatIsKeptSharedAndWrappedIsStoredAsTheFormatSays() {
        try (Store store = new Store(RamEngine.open(), StorageLimits.DEFAULT)) {
            Namespace home = store.home();
            Store.put(home, "d/notes.txt", "hello, world");
            home.snapshot("d");
            new ShareTable(store.engine).add(home, "d", new Id128(7, 1), Store.ALICE, Store.BOB, true, 1000, 2000);
            new KeyTable(store.engine)
                    .add(
                            Store.ALICE,
                            new DataClass("mail"),
                            0,
                            new WrappedKey(1000, new Id128(3, 4), filled(32, 0xaa), filled(92, 0xbb)),
                            store.gate);

            assertThat(rows(store).stream().map(row -> row.replace(" ", "")))
                    .contains(Stream.of(
                                    // what it is of: "d", one entry, 12 bytes
                                    "storage.snapshots " + HOME + "0000000000000003 01" + NOW + "0000000000000001"
                                            + "000000000000000c" + "64"
                                            + "a2db6a6bdca1d694690faeabf5a4567745950843df166424aa9db97bcd702f68",
                                    // where no path leads: "@3", a namespace, version 2, node 3
                                    "storage.entries " + HOME + "ffffffffffffffff" + "4033 0102" + "0000000000000002"
                                            + NOW + "0000000000000003"
                                            + "e5ac76e64d56df29943fa2c828e1f9e0d60d0d727d22aa5b94aef07fef85bda4",
                                    // node 3 hangs there
                                    "storage.nodes " + HOME + "0000000000000003 01" + "ffffffffffffffff" + "0001"
                                            + "0002" + "4033"
                                            + "c2952304f3b5ec0fc325a2250f5e59494cc6470cfe9b6aee5e3e23e776bdcddd",
                                    // the copy of "notes.txt", with the version of the original
                                    "storage.entries " + HOME + "0000000000000003" + "6e6f7465732e747874 0101"
                                            + "0000000000000001" + NOW + "000000000000000c" + SHA
                                            + "783d16b4264e2ac30a4543366d6da0f0be23c5ed65ad07fc84a72276749536f7",
                                    // the content now has two references
                                    "storage.blobs " + HOME + SHA + " 01" + "0000000000000001" + "000000000000000c"
                                            + "00020000" + "0000000000000002"
                                            + "8804b7c4524fa4d1052d15ba6e38a59b7dd5fc3b9fb0fc80c9b3e2648a893669",
                                    // generation 2, next object 4, 24 bytes in 4 entries
                                    "storage.roots " + HOME + " 010101" + ALICE + NOW + NOW + "0000000000000002"
                                            + "0000000000000004" + "0000000000000018" + "0000000000000004"
                                            + "96bd8bbb9eb8c03ef092e9699255a3c4e912d546808736f6de39132555ff5036",
                                    // with Bob: node 2, read-only, from 1000 to 2000, "d"
                                    "storage.shares " + ALICE + "00000000000000070000000000000001 01" + BOB + HOME
                                            + "0000000000000002" + "02" + "00000000000003e8" + "00000000000007d0" + "64"
                                            + "3adadbe95ff26ebd54c74aa42c4f9eeb4dea39a854f7bc2bbb634690057cf351",
                                    // Bob finds it
                                    "storage.shares-received " + BOB + "00000000000000070000000000000001 01" + ALICE
                                            + "35f568fddb1faf5f3b577abeb5ab54fc8c77774ec7af069594aa2430177012b1",
                                    // version 1 of class "mail"
                                    "storage.keys " + ALICE + "6d61696c" + "00" + "00000001 01" + "00000000000003e8"
                                            + "00000000000000030000000000000004" + "aa".repeat(32) + "bb".repeat(92)
                                            + "cbf8889d5fdb2abe46ec2982479ccfefa510024099ad8efe5bed07ced53caa80")
                            .map(row -> row.replace(" ", ""))
                            .toArray(String[]::new));
        }
    }

    private static byte[] filled(int length, int with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return bytes;
    }
}
