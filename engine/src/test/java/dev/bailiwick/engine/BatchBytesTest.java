package dev.bailiwick.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

@DisplayName("A batch written out in Java")
final class BatchBytesTest {
    @TempDir
    private Path folder;

    @Test
    void isByteForByteTheOneThatRocksDbMakes() throws RocksDBException {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        RocksDB.loadLibrary();
        try (Options options = new Options().setCreateIfMissing(true);
                RocksDB db = RocksDB.open(options, folder.toString());
                ColumnFamilyHandle family =
                        db.createColumnFamily(new ColumnFamilyDescriptor("other".getBytes(StandardCharsets.UTF_8)));
                WriteBatch theirs = new WriteBatch()) {
            BatchBytes ours = new BatchBytes();
            for (int size : List.of(0, 1, 127, 128, 300, 16_383, 16_384, 70_000)) {
                byte[] key = bytes(random, size % 1000 + 1);
                byte[] value = bytes(random, size);
                ours.put(family.getID(), key, value);
                theirs.put(family, key, value);
                ours.delete(family.getID(), key);
                theirs.delete(family, key);
            }

            assertThat(ours.toBytes()).as("seed %d", seed).isEqualTo(theirs.data());
        }
    }

    private static byte[] bytes(SplittableRandom random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
