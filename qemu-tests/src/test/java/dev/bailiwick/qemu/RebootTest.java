package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
    private static final String BOB_BY_KEY = "as bob bailiwick login bob --method ssh-key --key .ssh-key";
    private static final String LISTING = "as operator account-admin account list -o json";
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
        Json accountsBefore;

        try (Vm vm = lab.boot("1-change", store, anchor)) {
            Json seed = Json.of(vm.run("bailiwick init " + STORE + " --manifest $MANIFEST -o json")
                    .ok());
            vm.unmount(store);
            seeded = store.snapshot("seeded");
            vm.mount(store);
            serve(vm);

            var opening = vm.runTogether(
                    List.of(enrolling("operator", codeOf(seed, "operator"))),
                    List.of(
                            "bailiwick login --method anonymous -o json",
                            "echo mine | bailiwick home put kept.txt",
                            "as bob ssh-keygen -q -t ed25519 -N '' -f .ssh-key"));
            assertThat(held(opening.get(0).getFirst())).containsExactlyInAnyOrderElementsOf(OPERATORS_BUNDLE);
            assertThat(held(opening.get(1).getFirst()))
                    .containsExactlyInAnyOrder("session", "login", "help", "identity");
            assertThat(opening.get(1).get(1).refusedWith(DENIED)).startsWith("error[");
            opening.get(1).getLast().ok();

            var created = vm.runTogether(
                    List.of(creating("alice"), "as operator account-admin account role add alice developer"),
                    List.of(creating("bob")));
            created.getFirst().getLast().ok();
            String alicesCode = Json.of(created.getFirst().getFirst().ok()).text("enrolmentCode");
            String bobsCode = Json.of(created.getLast().getFirst().ok()).text("enrolmentCode");

            var entered = vm.runTogether(
                    List.of(
                            enrolling("alice", alicesCode),
                            "echo '" + LETTER + "' | as alice bailiwick home put letters/first.txt",
                            "echo dark | as alice bailiwick config put theme",
                            "echo scratch | as alice bailiwick tmp put scratch.txt"),
                    List.of(
                            "echo '%s' | as bob bailiwick enroll bob --code-stdin --ssh-key .ssh-key.pub -o json"
                                    .formatted(bobsCode),
                            "echo light | as bob bailiwick config put contrast"));
            entered.forEach(steps -> steps.forEach(Step::ok));
            assertThat(held(entered.getFirst().getFirst())).contains("home", "tmp");

            runTheSameApplication(vm);
            seeTheKernelsLimits(vm);
            disableBobWhileHeLogsIn(vm);
            accountsBefore = accounts(vm.run(LISTING));
            vm.powerCut();
        }

        // Nor does the store lean on writes that its disk acknowledged and did not keep.
        store.loseUnflushedWrites();
        anchor.loseUnflushedWrites();

        try (Vm vm = lab.boot("2-everything-is-there", store, anchor)) {
            serve(vm);
            var returned = vm.runTogether(
                    List.of(loggingIn("operator"), LISTING),
                    List.of(
                            "as alice bailiwick whoami",
                            loggingIn("alice"),
                            "as alice bailiwick home get letters/first.txt",
                            "as alice bailiwick tmp ls -o json",
                            "as alice bailiwick run holdings"));
            var administration = returned.getFirst().iterator();
            // The operator of the manifest still is one, and nobody else has become one.
            assertThat(held(administration.next())).containsExactlyInAnyOrderElementsOf(OPERATORS_BUNDLE);
            assertThat(accounts(administration.next())).isEqualTo(accountsBefore);
            var use = returned.getLast().iterator();
            assertThat(use.next().refusedWith(DENIED)).startsWith("error[");
            assertThat(held(use.next())).contains("home", "tmp");
            assertThat(use.next().ok()).isEqualTo(LETTER);
            assertThat(Json.of(use.next().ok()).items()).isEmpty();
            assertThat(use.next().ok()).containsPattern("note +of alice").containsPattern("config +held: theme");

            leavesNothingAsAGuestWhileTheOperatorWorks(vm);
            vm.powerCut();
        }

        store.rollBackTo(seeded);
        try (Vm vm = lab.boot("3-an-old-disk", store, anchor)) {
            for (String opening : List.of("bailiwickd ", "account-admin store verify ")) {
                assertThat(vm.run(opening + STORE).refusedWith(ROLLED_BACK))
                        .startsWith("error[rolled-back]")
                        .containsPattern("expects \\d\\d+ journal entries .* but the store has 1(?!\\d)");
            }
            vm.powerOff();
        }
    }

    /** Two accounts, one program file: each finds its own home and its own configuration, also when it comes again. */
    private static void runTheSameApplication(Vm vm) {
        // One after the other: two JVMs for each in an emulated machine, and a ticket is good for a minute.
        String alices = "as alice bailiwick run holdings 'of alice'";
        String bobs = "as bob bailiwick run holdings 'of bob'";
        List<List<Step>> ran = List.of(List.of(vm.run(alices), vm.run(alices)), List.of(vm.run(bobs), vm.run(bobs)));
        ran.forEach(steps -> assertThat(steps.getFirst().ok())
                .as("nobody has left a note before")
                .containsPattern("note +-"));
        assertThat(ran.getFirst().getLast().ok())
                .containsPattern("home +held: note")
                .containsPattern("note +of alice")
                .containsPattern("config +held: theme");
        assertThat(ran.getLast().getLast().ok())
                .containsPattern("home +held: note")
                .containsPattern("note +of bob")
                .containsPattern("config +held: contrast");
    }

    /** This guest has control groups to hand out, so the kernel keeps the limits of the resource profile "standard". */
    private static void seeTheKernelsLimits(Vm vm) {
        Step seen = vm.run("""
                sleep 600 | as alice bailiwick run cat & run=$!
                group=/sys/fs/cgroup/bailiwick-*/[0-9]*
                until [ -n "$(cat $group/cgroup.procs 2>/dev/null)" ]; do kill -0 $run || exit 1; usleep 50000; done
                cat $group/pids.max $group/memory.max $group/cpu.max
                as alice bailiwick run --list
                killall sleep
                wait $run
                ls -d $group
                """);
        assertThat(seen.out())
                .startsWith("640\n1140850688\n500000 1000000\n")
                .contains("sandbox: bubblewrap;", "cgroup: memory.max, pids.max, cpu.max in /sys/fs/cgroup/bailiwick-");
        assertThat(seen.err()).as("the group goes with its last program").contains("No such file");
    }

    /** The account is disabled between the challenge and the signature. */
    private static void disableBobWhileHeLogsIn(Vm vm) {
        Step login = vm.run("""
                mkdir /tmp/slow
                cat >/tmp/slow/ssh-keygen <<'end'
                #!/bin/sh
                touch /tmp/asked
                until [ -e /tmp/disabled ]; do usleep 50000; done
                exec /usr/bin/ssh-keygen "$@"
                end
                chmod 755 /tmp/slow/ssh-keygen
                PATH=/tmp/slow:$PATH %s & login=$!
                until [ -e /tmp/asked ]; do kill -0 $login || exit 1; usleep 50000; done
                as operator account-admin account disable bob || exit 1
                touch /tmp/disabled
                wait $login
                """.formatted(BOB_BY_KEY));
        assertThat(login.refusedWith(DENIED))
                .startsWith("error[ssh-account-disabled]")
                .contains("auth=ssh-account-disabled");
    }

    /** A guest has an ephemeral home, nothing that lasts, and finds nothing of the guest before. */
    private static void leavesNothingAsAGuestWhileTheOperatorWorks(Vm vm) {
        String asGuest = "as bob bailiwick login --method guest -o json";
        var done = vm.runTogether(
                List.of(
                        asGuest,
                        "echo mine | as bob bailiwick home put kept.txt",
                        "as bob bailiwick config ls",
                        asGuest,
                        "as bob bailiwick home ls -o json"),
                List.of(
                        "as alice account-admin account enable bob",
                        creating("carol"),
                        "as operator account-admin account lock carol",
                        LISTING,
                        "as operator account-admin store verify -o json"));
        var guest = done.getFirst().iterator();
        assertThat(held(guest.next()))
                .contains("session", "home", "tmp")
                .doesNotContain("config", "cache", "credentials", "keyring", "approval", "accountReader");
        guest.next().ok();
        assertThat(guest.next().refusedWith(DENIED)).startsWith("error[");
        guest.next().ok();
        assertThat(Json.of(guest.next().ok()).items()).isEmpty();
        var operator = done.getLast().iterator();
        assertThat(operator.next().refusedWith(DENIED)).startsWith("error[");
        operator.next().ok();
        operator.next().ok();
        assertThat(statuses(operator.next()))
                .containsEntry("alice", "active")
                .containsEntry("bob", "disabled")
                .containsEntry("carol", "locked");
        assertThat(Json.of(operator.next().ok()).at("findings").items()).isEmpty();
    }

    private static void serve(Vm vm) {
        vm.run("""
                BAILIWICK_JAVA_OPTIONS=$DAEMON_JAVA_OPTIONS bailiwickd %s >/dev/console 2>&1 &
                until [ -S /run/bailiwick/bailiwickd.sock ]; do kill -0 $! || exit 1; usleep 50000; done
                """.formatted(STORE)).ok();
    }

    private static String enrolling(String name, String code) {
        return "printf '%%s\\n' '%s' 'password of %s' | as %s bailiwick enroll %s --code-stdin -o json"
                .formatted(code, name, name, name);
    }

    private static String loggingIn(String name) {
        return "echo 'password of %1$s' | as %1$s bailiwick login %1$s --password-stdin -o json".formatted(name);
    }

    private static String creating(String name) {
        return "as operator account-admin account create " + name + " --role local-user -o json";
    }

    private static Json accounts(Step listing) {
        return Json.of(listing.ok());
    }

    private static Map<String, String> statuses(Step listing) {
        return accounts(listing).items().stream()
                .collect(Collectors.toMap(account -> account.text("name"), account -> account.text("status")));
    }

    private static String codeOf(Json seed, String name) {
        return seed.at("codes").items().stream()
                .filter(code -> code.text("name").equals(name))
                .map(code -> code.text("enrolmentCode"))
                .findFirst()
                .orElseThrow();
    }

    /** The slots of a login's answer that hold a capability. */
    private static List<String> held(Step login) {
        return Json.of(login.ok()).at("receipts").items().stream()
                .filter(receipt -> receipt.text("granted").equals("true"))
                .map(receipt -> receipt.text("slot"))
                .toList();
    }
}
