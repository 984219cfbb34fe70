package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SecretsTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void standardInputGivesOneSecretALine() {
        Secrets secrets =
                new Secrets(TestHost.host().input("the-code\npäss word \nrest").build());

        assertThat(secrets.fromInput("code")).isEqualTo(bytes("the-code"));
        assertThat(secrets.fromInput("password")).isEqualTo(bytes("päss word "));
    }

    @Test
    void theLastLineNeedsNoLineFeed() {
        assertThat(new Secrets(TestHost.host().input("secret").build()).fromInput("password"))
                .isEqualTo(bytes("secret"));
    }

    @Test
    void inputThatEndsTooEarlyIsRefused() {
        assertThatThrownBy(() -> new Secrets(TestHost.host().build()).fromInput("password"))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("standard input ended before the password");
    }

    @Test
    void aSecretWithoutEndIsRefused() {
        Secrets secrets = new Secrets(TestHost.host().input("x".repeat(5000)).build());

        assertThatThrownBy(() -> secrets.fromInput("password")).isInstanceOf(CommandFailure.class);
    }

    @Test
    void aPersonIsAsked() {
        Secrets secrets = new Secrets(TestHost.host().typing("hunter2").build());

        assertThat(secrets.fromPerson("password", "--password-stdin")).isEqualTo(bytes("hunter2"));
    }

    @Test
    void withoutATerminalTheOptionIsNamed() {
        assertThatThrownBy(() -> new Secrets(TestHost.host().build()).fromPerson("password", "--password-stdin"))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.hint()).contains("--password-stdin"));
    }

    @Test
    void aNewPasswordIsTypedTwiceAlike() {
        assertThat(new Secrets(TestHost.host().typing("one", "one").build()).newPasswordFromPerson("--code-stdin"))
                .isEqualTo(bytes("one"));
        assertThatThrownBy(() ->
                        new Secrets(TestHost.host().typing("one", "two").build()).newPasswordFromPerson("--code-stdin"))
                .hasMessage("the two passwords are not the same");
    }
}
