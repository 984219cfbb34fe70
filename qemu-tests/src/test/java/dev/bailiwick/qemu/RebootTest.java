package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The promise of the store, kept on a machine that loses its power: what was acknowledged is there, what was taken away stays
 * away, and a disk that was put back to an older state is not believed.
 */
@Tag("qemu")
@ExtendWith(LabExtension.class)
class RebootTest {
    private static final String STORE = "--store /store/s --anchor /anchor/a";
    private static final String LETTER = "Dear diary, the lights went out.";

    /** What the manifest's operator gets by logging in, and all of it. */
    private static final List<String> OPERATORS_BUNDLE = List.of(
            "session",
            "home",
            "config",
            "cache",
            "tmp",
            "logs",
            "logSink",
            "launcher",
            "approval",
            "credentials",
            "keyring",
            "status",
            "accountReader",
            "accountManager",
            "profileReader",
            "roleDirectory",
            "planner",
            "storeInspector",
            "approvalReviewer",
            "sessionDirectory",
            "identity",
            "services",
            "secured");

    private static final int DENIED = 3;
    private static final int ROLLED_BACK = 6;

    @Test
    void whatWasAcknowledgedSurvivesAPowerCutAndAnOldDiskIsRefused(Lab lab) throws IOException {
        Disk store = lab.disk("store");
        Disk anchor = lab.disk("anchor");
        Disk.Snapshot seeded;
        Json aliceBefore;

        try (Vm vm = lab.boot("1-change", store, anchor)) {
            Json seed = Json.of(vm.run("bailiwick init " + STORE + " --manifest $MANIFEST -o json")
                    .ok());
            vm.unmount(store);
            seeded = store.snapshot("seeded");
            vm.mount(store);
            serve(vm);

            Json nobody =
                    Json.of(vm.run("bailiwick login --method anonymous -o json").ok());
            assertThat(held(nobody)).containsExactlyInAnyOrder("session", "login", "help", "identity");

            Json operator = enrol(vm, "operator", codeOf(seed, "operator"));
            assertThat(held(operator)).containsExactlyInAnyOrderElementsOf(OPERATORS_BUNDLE);

            Json alice = create(vm, "alice");
            vm.run("as operator account-admin account role add alice developer").ok();
            Json bob = create(vm, "bob");
            enrol(vm, "bob", bob.text("enrolmentCode"));
            vm.run("as operator account-admin account disable bob").ok();

            assertThat(held(enrol(vm, "alice", alice.text("enrolmentCode")))).contains("home", "tmp");
            vm.run("echo '" + LETTER + "' | as alice bailiwick home put letters/first.txt")
                    .ok();
            vm.run("echo scratch | as alice bailiwick tmp put scratch.txt").ok();
            aliceBefore = show(vm, "alice");
            vm.powerCut();
        }

        // Nor does the store lean on writes that its disk acknowledged and did not keep.
        store.loseUnflushedWrites();
        anchor.loseUnflushedWrites();

        try (Vm vm = lab.boot("2-everything-is-there", store, anchor)) {
            serve(vm);
            assertThat(vm.run(loggingIn("bob")).refusedWith(DENIED)).contains("account-disabled");

            assertThat(vm.run("as alice bailiwick whoami").refusedWith(DENIED)).startsWith("error[");
            assertThat(held(login(vm, "alice"))).contains("home", "tmp");
            assertThat(vm.run("as alice bailiwick home get letters/first.txt").ok())
                    .isEqualTo(LETTER);
            assertThat(Json.of(vm.run("as alice bailiwick tmp ls -o json").ok()).items())
                    .isEmpty();

            leavesNothingAsAGuest(vm);

            // The operator of the manifest still is one, and nobody else has become one.
            assertThat(held(login(vm, "operator"))).containsExactlyInAnyOrderElementsOf(OPERATORS_BUNDLE);
            assertThat(vm.run("as alice account-admin account enable bob").refusedWith(DENIED))
                    .startsWith("error[");
            create(vm, "carol");
            vm.run("as operator account-admin account lock carol").ok();
            assertThat(show(vm, "carol").text("status")).isEqualTo("locked");
            assertThat(show(vm, "alice")).isEqualTo(aliceBefore);
            assertThat(show(vm, "bob").text("status")).isEqualTo("disabled");
            Json verified = Json.of(
                    vm.run("as operator account-admin store verify -o json").ok());
            assertThat(verified.at("findings").items()).isEmpty();
            vm.powerCut();
        }

        store.rollBackTo(seeded);
        try (Vm vm = lab.boot("3-an-old-disk", store, anchor)) {
            for (String command : List.of("bailiwickd " + STORE, "account-admin store verify " + STORE)) {
                assertThat(vm.run(command).refusedWith(ROLLED_BACK))
                        .startsWith("error[rolled-back]")
                        .containsPattern("expects \\d\\d+ journal entries .* but the store has 1(?!\\d)");
            }
            vm.powerOff();
        }
    }

    /** A guest has an ephemeral home, nothing that lasts, and finds nothing of the guest before. */
    private static void leavesNothingAsAGuest(Vm vm) {
        String asGuest = "as bob bailiwick login --method guest -o json";
        assertThat(held(Json.of(vm.run(asGuest).ok())))
                .contains("session", "home", "tmp")
                .doesNotContain("config", "cache", "credentials", "keyring", "approval", "accountReader");
        vm.run("echo mine | as bob bailiwick home put kept.txt").ok();
        assertThat(vm.run("as bob bailiwick config ls").refusedWith(DENIED)).startsWith("error[");
        vm.run("as bob bailiwick logout").ok();
        vm.run(asGuest).ok();
        assertThat(Json.of(vm.run("as bob bailiwick home ls -o json").ok()).items())
                .isEmpty();
        vm.run("as bob bailiwick logout").ok();
    }

    private static void serve(Vm vm) {
        vm.run("""
                BAILIWICK_JAVA_OPTIONS=$DAEMON_JAVA_OPTIONS bailiwickd %s >/dev/console 2>&1 &
                until [ -S /run/bailiwick/bailiwickd.sock ]; do kill -0 $! || exit 1; usleep 50000; done
                """.formatted(STORE)).ok();
    }

    private static Json enrol(Vm vm, String name, String code) {
        return Json.of(vm.run("printf '%%s\\n' '%s' 'password of %s' | as %s bailiwick enroll %s --code-stdin -o json"
                        .formatted(code, name, name, name))
                .ok());
    }

    private static String loggingIn(String name) {
        return "echo 'password of %1$s' | as %1$s bailiwick login %1$s --password-stdin -o json".formatted(name);
    }

    private static Json login(Vm vm, String name) {
        return Json.of(vm.run(loggingIn(name)).ok());
    }

    private static Json create(Vm vm, String name) {
        return Json.of(vm.run("as operator account-admin account create " + name + " --role local-user -o json")
                .ok());
    }

    private static Json show(Vm vm, String name) {
        return Json.of(vm.run("as operator account-admin account show " + name + " -o json")
                .ok());
    }

    private static String codeOf(Json seed, String name) {
        return seed.at("codes").items().stream()
                .filter(code -> code.text("name").equals(name))
                .map(code -> code.text("enrolmentCode"))
                .findFirst()
                .orElseThrow();
    }

    /** The slots of a login's answer that hold a capability. */
    private static List<String> held(Json session) {
        return session.at("receipts").items().stream()
                .filter(receipt -> receipt.text("granted").equals("true"))
                .map(receipt -> receipt.text("slot"))
                .toList();
    }
}
