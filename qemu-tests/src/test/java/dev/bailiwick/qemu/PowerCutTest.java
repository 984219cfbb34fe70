package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The harness measured against a program that is known to sync, or known not to: only if the unsynced write is lost does
 * the survival of a synced one mean anything.
 */
@Tag("qemu")
@ExtendWith(LabExtension.class)
class PowerCutTest {
    private static final String SERVE = """
            storage-probe serve /store/db /run/probe.socket >/dev/console 2>&1 &
            until [ -S /run/probe.socket ]; do kill -0 $! || exit 1; usleep 20000; done
            """;

    @Test
    void takesWhatWasNotSyncedAndNothingElse(Lab lab) throws IOException {
        Disk store = lab.disk("store");
        Disk anchor = lab.disk("anchor");
        Disk.Snapshot before;

        try (Vm vm = lab.boot("1-write", store, anchor)) {
            vm.unmount(store);
            before = store.snapshot("empty");
            vm.mount(store);

            vm.run(SERVE).ok();
            assertThat(vm.run("storage-probe ask /run/probe.socket put alice here")
                            .ok())
                    .isEqualTo("ok");
            vm.run("echo head-1 >/anchor/head && sync /anchor/head").ok();
            assertThat(vm.run("storage-probe ask /run/probe.socket scribble bob here")
                            .ok())
                    .isEqualTo("ok");
            assertThat(vm.run("storage-probe ask /run/probe.socket get bob").ok())
                    .isEqualTo("here");
            vm.powerCut();
        }

        try (Vm vm = lab.boot("2-read", store, anchor)) {
            vm.run(SERVE).ok();
            assertThat(vm.run("storage-probe ask /run/probe.socket get alice").ok())
                    .isEqualTo("here");
            vm.run("storage-probe ask /run/probe.socket get bob").expect(4);
            vm.powerOff();
        }

        store.rollBackTo(before);
        try (Vm vm = lab.boot("3-rolled-back", store, anchor)) {
            assertThat(vm.run("ls /store").ok()).isEqualTo("lost+found");
            assertThat(vm.run("cat /anchor/head").ok()).isEqualTo("head-1");
        }
    }

    @Test
    void canFallInTheMiddleOfAScript(Lab lab) throws IOException {
        Disk store = lab.disk("store");

        try (Vm vm = lab.boot("1-write", store)) {
            vm.start("""
                    n=0
                    while true; do
                      n=$((n + 1))
                      echo $n >/store/n.new && sync /store/n.new && mv /store/n.new /store/n && sync /store
                      echo "@@acknowledged $n" >/dev/console
                    done
                    """);
            vm.awaitConsole("@@acknowledged 20");
            vm.powerCut();
        }

        try (Vm vm = lab.boot("2-read", store)) {
            assertThat(Integer.parseInt(vm.run("cat /store/n").ok())).isGreaterThanOrEqualTo(20);
        }
    }

    @Test
    void canTakeWhatTheDiskHeldInItsOwnCache(Lab lab) throws IOException {
        Disk store = lab.disk("store");

        try (Vm vm = lab.boot("1-write", store)) {
            vm.run("yes flushed | head -c 4096 >/store/file && sync /store/file && sync /store")
                    .ok();
            // Past the page cache, so the disk has it; but nobody asks the disk to keep it.
            vm.run("dd if=/dev/zero of=/store/file bs=4096 count=1 conv=notrunc oflag=direct")
                    .ok();
            vm.powerCut();
        }

        assertThat(store.loseUnflushedWrites()).isPositive();
        try (Vm vm = lab.boot("2-read", store)) {
            assertThat(vm.run("head -n 1 /store/file").ok()).isEqualTo("flushed");
        }
    }

    @Test
    void leavesTheGuestAnOrdinaryMachine(Lab lab) throws IOException {
        Disk store = lab.disk("store");

        try (Vm vm = lab.boot("1-look", store)) {
            Step failing = vm.run("echo out; echo err >&2; printf 'no line end'; exit 3");
            assertThat(failing.out()).isEqualTo("out\nno line end");
            assertThat(failing.refusedWith(3)).isEqualTo("err");

            assertThat(vm.run("as alice id -un").ok()).isEqualTo("alice");
            assertThat(vm.run("as alice sh -c 'echo \"$HOME $XDG_RUNTIME_DIR $1\"' sh 'two words'")
                            .ok())
                    .isEqualTo("/home/alice /run/user/1001 two words");

            // The caches made on the host must fit the guest's runtime and jars, else every start is slow and nobody
            // notices.
            vm.run("BAILIWICK_JAVA_OPTIONS=\"$BAILIWICK_JAVA_OPTIONS -XX:AOTMode=on\" bailiwick --version")
                    .ok();
            vm.powerOff();
        }
    }
}
