package dev.bailiwick.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.qemu.Fault.Kind;
import org.junit.jupiter.api.Test;

class FaultTest {
    @Test
    void theRulesCountUpToTheRequestThatFails() {
        assertThat(new Fault(Kind.FLUSH, 3, false).rules()).isEqualTo("""
                [set-state]
                event = "flush_to_disk"
                state = "1"
                new_state = "2"
                [set-state]
                event = "flush_to_disk"
                state = "2"
                new_state = "3"
                [inject-error]
                event = "flush_to_disk"
                state = "3"
                iotype = "flush"
                errno = "5"
                once = "on"
                """);
    }

    @Test
    void aLastingFaultIsNotOverAfterOneRequest() {
        assertThat(new Fault(Kind.WRITE, 1, true).rules())
                .contains("once = \"off\"")
                .doesNotContain("set-state");
    }
}
