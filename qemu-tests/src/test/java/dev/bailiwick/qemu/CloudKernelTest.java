package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudKernelTest {
    @TempDir
    private Path modules;

    @BeforeEach
    void aKernelWithExt4BuiltIn() throws IOException {
        Files.writeString(modules.resolve("modules.builtin"), "kernel/fs/ext4/ext4.ko\n");
    }

    @Test
    void aModuleFollowsAllItDependsOn() throws IOException {
        module("virtio_blk", "virtio,virtio_ring");
        module("virtio_ring", "");
        module("virtio", "virtio_ring");

        assertThat(kernel().inLoadOrder("virtio_blk", "virtio"))
                .extracting(CloudKernel.Module::name)
                .containsExactly("virtio_ring", "virtio", "virtio_blk");
    }

    @Test
    void whatIsBuiltInNeedsNoLoading() throws IOException {
        assertThat(kernel().inLoadOrder("ext4")).isEmpty();
    }

    @Test
    void aModuleThatIsMissingIsNamed() {
        assertThatThrownBy(() -> kernel().inLoadOrder("virtio_blk"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'virtio_blk'");
    }

    private CloudKernel kernel() {
        return new CloudKernel(modules.resolve("vmlinuz"), modules);
    }

    private void module(String name, String depends) throws IOException {
        Files.writeString(
                modules.resolve(name + ".ko"), "\u007fELF\0license=GPL\0depends=" + depends + "\0name=" + name + "\0");
    }
}
