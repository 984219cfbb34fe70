package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Services on a machine of their own: two that run as LocalService, as real processes in their sandboxes, of which one reads its data
 * directory and the other is kept out (seed 000). {@code cli}'s test of the same name asks them more.
 */
@Tag("qemu")
@ExtendWith(LabExtension.class)
class ServicesTest {
    private static final String STORE = "--store /store/s --anchor /anchor/a";

    /** Somebody who may start services, and a resource profile that a JVM fits into. */
    private static final String MANIFEST = """
            sed 's/"account-admin", "storage-admin"\\]/"account-admin", "service-operator", "storage-admin"]/' $MANIFEST >/tmp/site.toml
            cat >>/tmp/site.toml <<'end'

            [[account]]
            name = "alice"
            display-name = "Alice"
            kind = "human"
            roles = ["local-user", "service-operator"]
            resource-profile = "operator"
            policy-profile = "operator"
            credentials = ["alice-first-code"]

            [[credential]]
            id = "alice-first-code"
            kind = "enrolment-code"
            valid-for = "24h"

            [[resource-profile]]
            name = "roomy-service"
            home-quota = "32MiB"
            config-quota = "0B"
            cache-quota = "0B"
            temp-quota = "0B"
            session-limit = 2
            process-limit = 64
            thread-limit = 512
            cap-limit = 1024
            memory-commit-limit = "1GiB"
            frame-grant-limit = 65536
            endpoint-queue-limit = 64
            in-flight-call-limit = 64
            pending-ipc-submission-limit = 64
            ring-scratch-limit = "4MiB"
            log-quota = "8MiB"
            log-window = "1h"
            cpu-budget = "4s"
            cpu-window = "1s"
            timer-waiter-limit = 64
            network = "none"
            launcher = "measured-binary"
            end
            bailiwick init %s --manifest /tmp/site.toml -o json
            """.formatted(STORE);

    @Test
    void ofTwoLocalServicesOneReadsItsDataAndTheOtherIsKeptOut(Lab lab) throws IOException {
        Disk store = lab.disk("store");
        Disk anchor = lab.disk("anchor");

        try (Vm vm = lab.boot("1-services", store, anchor)) {
            Json seed = Json.of(vm.run(MANIFEST).ok());
            vm.run("""
                    BAILIWICK_JAVA_OPTIONS=$DAEMON_JAVA_OPTIONS bailiwickd %s >/dev/console 2>&1 &
                    until [ -S /run/bailiwick/bailiwickd.sock ]; do kill -0 $! || exit 1; usleep 50000; done
                    """.formatted(STORE)).ok();

            var prepared = vm.runTogether(
                    List.of(enrolling(seed, "operator"), defining("vault"), defining("web")),
                    List.of(
                            enrolling(seed, "alice"),
                            "as alice bailiwick request service-control --reason 'this test' -o json"));
            prepared.forEach(steps -> steps.forEach(Step::ok));
            String request = Json.of(prepared.getLast().getLast().ok()).text("requestId");
            vm.run("as operator account-admin approval grant " + request).ok();

            start(vm, "vault");
            start(vm, "web");

            assertThat(asked(vm, "vault", "me")).isEqualTo("S-1-5-19 (LocalService)");
            assertThat(asked(vm, "web", "me")).isEqualTo("S-1-5-19 (LocalService)");
            assertThat(asked(vm, "vault", "own write vault gold au")).startsWith("stored version ");
            assertThat(asked(vm, "vault", "own read vault gold")).isEqualTo("au");
            assertThat(asked(vm, "web", "own read vault gold"))
                    .startsWith("denied access-denied: the data of service \"vault\" is closed to this token: ");
            vm.powerOff();
        }
    }

    private static String enrolling(Json seed, String name) {
        String code = seed.at("codes").items().stream()
                .filter(one -> one.text("name").equals(name))
                .map(one -> one.text("enrolmentCode"))
                .findFirst()
                .orElseThrow();
        return "printf '%%s\\n' '%s' 'password of %s' | as %s bailiwick enroll %s --code-stdin -o json"
                .formatted(code, name, name, name);
    }

    private static String defining(String name) {
        return """
                as operator account-admin service define %s --binary /usr/lib/bailiwick/apps/vault \
                --resource-profile roomy-service --read /usr/lib/bailiwick --read /usr/lib/jvm -o json
                """.formatted(name).strip();
    }

    /** Waits until it takes connections. */
    private static void start(Vm vm, String name) {
        vm.run("""
                as alice account-admin service start %1$s || exit 1
                until as alice account-admin service show %1$s -o json | tr -d ' ' | grep -q '"listening":true'; do
                  as alice account-admin service show %1$s -o json | tr -d ' ' | grep -q '"running":true' || exit 1
                done
                """.formatted(name)).ok();
    }

    private static String asked(Vm vm, String service, String line) {
        return vm.run("echo '" + line + "' | as alice bailiwick connect " + service)
                .ok();
    }
}
