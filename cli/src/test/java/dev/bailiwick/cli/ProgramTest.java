package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bailiwick.capnp.rpc.RpcException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ProgramTest {
    @TempDir
    Path empty;

    @Command(name = "failing")
    private record Failing(RuntimeException problem) implements Runnable {
        @Override
        public void run() {
            throw problem;
        }
    }

    private static TestHost.Ended failing(RuntimeException problem, String... arguments) {
        TestHost machine = TestHost.host();
        CommandLine command = new CommandLine(new Failing(problem));
        command.getCommandSpec()
                .addMixin("common", CommandLine.Model.CommandSpec.forAnnotatedObject(new CommonOptions()));
        return machine.run(machine.build(), command, arguments);
    }

    @ParameterizedTest
    @CsvSource({
        "not-found, 4",
        "conflict, 5",
        "name-taken, 5",
        "corrupt, 6",
        "rolled-back, 6",
        "store-busy, 7",
        "invalid-name, 2",
        "weak-password, 2",
        "auth-failed, 3",
        "revoked, 3",
        "quota-exceeded, 3",
        "a-code-of-a-later-build, 3",
    })
    void aDenialsCodeDecidesTheExitStatus(String code, int status) {
        TestHost.Ended ended = failing(CommandFailure.denied(code, "no", ""));

        assertThat(ended.status()).isEqualTo(status);
        assertThat(ended.err()).isEqualTo("error[" + code + "]: no\n");
    }

    @Test
    void whatToDoNextIsOnALineOfItsOwn() {
        assertThat(failing(CommandFailure.denied(
                                "not-found", "no account is named \"bob\"", "'account list' names them"))
                        .err())
                .isEqualTo("error[not-found]: no account is named \"bob\"\nhint: 'account list' names them\n");
    }

    @Test
    void asJsonAnErrorIsOneObjectOnOneLine() {
        TestHost.Ended ended = failing(
                CommandFailure.of(ExitStatus.CONFLICT, "conflict", "stale", "retry")
                        .with(Json.object().with("currentVersion", 4)),
                "-o",
                "json");

        assertThat(ended.err())
                .isEqualTo("{\"code\":\"conflict\",\"message\":\"stale\",\"hint\":\"retry\",\"currentVersion\":4}\n");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void aRevokedCapabilityIsADenial() {
        TestHost.Ended ended = failing(new RpcException(RpcException.Type.FAILED, "revoked: the account was disabled"));

        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).startsWith("error[revoked]: the account was disabled\nhint: ");
    }

    @ParameterizedTest
    @CsvSource({
        "DISCONNECTED, 7, unavailable",
        "OVERLOADED, 7, overloaded",
        "UNIMPLEMENTED, 7, unimplemented",
        "FAILED, 1, internal"
    })
    void aLostCallIsNotADenial(RpcException.Type type, int status, String code) {
        TestHost.Ended ended = failing(new RpcException(type, "Something happened"));

        assertThat(ended.status()).isEqualTo(status);
        assertThat(ended.err()).startsWith("error[" + code + "]: ");
    }

    @Test
    void aBugIsAnInternalFaultAndShowsNoStackUnlessAsked() {
        TestHost.Ended ended = failing(new IllegalStateException("boom"));

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.err()).startsWith("error[internal]: ").doesNotContain("\tat ");
    }

    @Test
    void errorsCannotSteerTheTerminal() {
        assertThat(failing(CommandFailure.denied("not-found", "no \033[2J here", ""))
                        .err())
                .doesNotContain("\033");
    }

    @Test
    void aMisusedCommandSaysHowToUseIt() {
        TestHost.Ended ended = TestHost.host().accountAdmin("account", "disable");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("""
                        error[usage]: missing required parameter: 'NAME'
                        hint: 'account-admin account disable --help' tells what it takes
                        """);
    }

    @ParameterizedTest
    @CsvSource({"-o json", "-ojson", "-o=json", "--output json", "--output=json", "-o JSON"})
    void aMisusedCommandAnswersAsJsonWhenAskedTo(String option) {
        String[] words = ("account list " + option + " --nonsense").split(" ");

        assertThat(TestHost.host().accountAdmin(words).err()).startsWith("{\"code\":\"usage\",");
    }

    @Test
    void withoutASessionTheWayToOneIsNamed() {
        TestHost.Ended ended =
                TestHost.host().with("XDG_RUNTIME_DIR", empty.toString()).accountAdmin("account", "list");

        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err())
                .startsWith("error[not-logged-in]: ")
                .contains("hint: log in first: bailiwick login NAME");
    }

    @Test
    void withoutADaemonTheWayToOneIsNamed() {
        TestHost.Ended ended = TestHost.host()
                .input("secret\n")
                .with("XDG_RUNTIME_DIR", empty.toString())
                .bailiwick("login", "alice", "--password-stdin");

        assertThat(ended.status()).isEqualTo(7);
        assertThat(ended.err()).startsWith("error[unavailable]: ").contains("bailiwickd");
    }

    @ParameterizedTest
    @CsvSource({"login", "login alice --method guest", "login alice --method anonymous"})
    void aLoginNeedsANameExactlyWhenItsMethodDoes(String words) {
        assertThat(TestHost.host().bailiwick(words.split(" ")).status()).isEqualTo(2);
    }

    @Test
    void anAnchorWithoutAStoreIsMisuse() {
        assertThat(TestHost.host()
                        .accountAdmin("account", "list", "--anchor", "x")
                        .status())
                .isEqualTo(2);
    }
}
