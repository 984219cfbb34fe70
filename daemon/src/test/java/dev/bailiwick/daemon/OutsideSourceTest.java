package dev.bailiwick.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bailiwick.identity.Sid;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutsideSourceTest {
    @Test
    void aSourceIsANameADomainAndASocket() {
        assertThat(OutsideSource.parse("corp=S-1-5-21-7-8-9@/run/corp/identity.sock"))
                .isEqualTo(new OutsideSource("corp", Sid.parse("S-1-5-21-7-8-9"), Path.of("/run/corp/identity.sock")));
        assertThat(OutsideSource.parse("corp=S-1-5-21-7-8-9@here@there").socket())
                .isEqualTo(Path.of("here@there").toAbsolutePath());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "corp",
                "corp=S-1-5-21-7-8-9",
                "S-1-5-21-7-8-9@/run/x",
                "=S-1-5-21-7-8-9@/run/x",
                "Corp=S-1-5-21-7-8-9@/run/x",
                "a\\b=S-1-5-21-7-8-9@/run/x",
                "corp=S-1-5-21-7-8@/run/x",
                "corp=S-1-5-21-7-8-9-10@/run/x",
                "corp=S-1-5-32-7-8-9@/run/x",
                "corp=S-1-16-21-7-8-9@/run/x",
                "corp=S-1-5-18@/run/x",
                "corp=S-1-5-80-0@/run/x",
                "corp=S-1-5-21-07-8-9@/run/x",
                "corp=s-1-5-21-7-8-9@/run/x"
            })
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> OutsideSource.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSocketNobodyCouldServeOnIsRefused() {
        assertThatThrownBy(() -> OutsideSource.parse("corp=S-1-5-21-7-8-9@/" + "a".repeat(107)))
                .hasMessageContaining("at most 107 bytes");
        assertThatThrownBy(() -> OutsideSource.parse("corp=S-1-5-21-7-8-9@/run/\0"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoSourcesOfOneNameAreRefused() {
        DaemonConfig config =
                DaemonConfig.of(StoreLocation.of(Path.of("/x"), Optional.empty()), Path.of("/run/x"), "test");
        List<OutsideSource> twice = List.of(
                OutsideSource.parse("corp=S-1-5-21-7-8-9@/run/x"), OutsideSource.parse("corp=S-1-5-21-7-8-10@/run/y"));

        assertThatThrownBy(() -> config.asking(twice)).hasMessageContaining("\"corp\"");
    }
}
