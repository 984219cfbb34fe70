package dev.bailiwick.accountstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.StoreId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RollbackAnchorTest {
    private static final StoreId STORE = StoreId.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f"));

    @TempDir
    private Path directory;

    @Test
    void whatWasAnchoredLastIsReadBack() {
        Path file = directory.resolve("a");
        try (RollbackAnchor anchor = RollbackAnchor.create(file, head(1))) {
            for (int size = 2; size <= 9; size++) {
                anchor.advance(head(size));
                assertThat(RollbackAnchor.read(file)).isEqualTo(head(size));
            }
        }
        try (RollbackAnchor anchor = RollbackAnchor.open(file)) {
            assertThat(anchor.head()).isEqualTo(head(9));
            anchor.advance(head(10));
        }
        assertThat(RollbackAnchor.read(file)).isEqualTo(head(10));
    }

    @Test
    void theSlotIsLaidOutAsDocumented() throws IOException {
        Path file = directory.resolve("a");
        RollbackAnchor.create(file, head(5)).close();
        byte[] bytes = Files.readAllBytes(file);
        String root = Hash256.sha256(new byte[] {5}).toString();
        assertThat(HexFormat.of().formatHex(bytes, 4096, 4096 + 120))
                .isEqualTo(HexFormat.of().formatHex("BWANCHR1".getBytes(StandardCharsets.US_ASCII))
                        + "0100000000000000" // generation
                        + "000102030405060708090a0b0c0d0e0f"
                        + "0700000000000000" // epoch
                        + "0500000000000000"
                        + root
                        + "0a00000000000000"
                        + root);
        assertThat(bytes).hasSize(4096 + 124);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void anyDamageToTheNewestSlotFallsBackToTheOneBefore() throws IOException {
        Path file = directory.resolve("a");
        try (RollbackAnchor anchor = RollbackAnchor.create(file, head(1))) {
            anchor.advance(head(2));
        }
        byte[] intact = Files.readAllBytes(file);
        for (int bit = 0; bit < 124 * 8; bit++) {
            byte[] damaged = intact.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, damaged);
            assertThat(RollbackAnchor.read(file)).as("bit %d", bit).isEqualTo(head(1));
        }
    }

    @Test
    void anAnchorWithNoIntactSlotIsCorruptAndNotAbsent() throws IOException {
        Path file = directory.resolve("a");
        Files.write(file, new byte[5000]);
        assertThatThrownBy(() -> RollbackAnchor.open(file))
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(AnchorException.Code.CORRUPT));
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> RollbackAnchor.open(file)).hasMessageContaining("neither slot");
    }

    @Test
    void aMissingAnchorIsRefusedAndNotMade() {
        Path file = directory.resolve("a");
        assertThatThrownBy(() -> RollbackAnchor.open(file))
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(AnchorException.Code.MISSING));
        assertThat(file).doesNotExist();
    }

    @Test
    void anAnchorIsNeverOverwrittenByANewOne() {
        Path file = directory.resolve("a");
        RollbackAnchor.create(file, head(3)).close();
        assertThatThrownBy(() -> RollbackAnchor.create(file, head(1)))
                .isInstanceOfSatisfying(
                        AnchorException.class, e -> assertThat(e.code()).isEqualTo(AnchorException.Code.EXISTS));
        assertThat(RollbackAnchor.read(file)).isEqualTo(head(3));
    }

    private static AnchoredHead head(int size) {
        Hash256 root = Hash256.sha256(new byte[] {(byte) size});
        return new AnchoredHead(STORE, 7, size, root, 2L * size, root);
    }
}
