package dev.bailiwick.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** The help is the manual: every command has one, and every word in it is explained. */
class HelpTest {
    private static final List<CommandSpec> EVERY_COMMAND = everyCommand();

    private static List<CommandSpec> everyCommand() {
        Host host = TestHost.host().build();
        List<CommandSpec> all = new ArrayList<>();
        for (CommandLine root :
                List.of(Bailiwick.commands(host), AccountAdmin.commands(host), Bailiwickd.commands(host))) {
            collect(root.getCommandSpec(), all);
        }
        return all;
    }

    private static void collect(CommandSpec command, List<CommandSpec> into) {
        into.add(command);
        command.subcommands().values().forEach(sub -> collect(sub.getCommandSpec(), into));
    }

    @Test
    void everyCommandSaysWhatItDoes() {
        assertThat(EVERY_COMMAND)
                .hasSizeGreaterThan(50)
                .allSatisfy(command -> assertThat(command.usageMessage().description())
                        .as(command.qualifiedName())
                        .isNotEmpty()
                        .allSatisfy(line -> assertThat(line).endsWith(".")));
    }

    @Test
    void everyOptionAndParameterIsExplained() {
        assertThat(EVERY_COMMAND)
                .allSatisfy(command -> assertThat(command.args())
                        .allSatisfy(argument -> assertThat(argument.description())
                                .as(command.qualifiedName() + " " + argument.paramLabel())
                                .isNotEmpty()));
    }

    @Test
    void everyCommandHasItsHelp() {
        assertThat(EVERY_COMMAND).allSatisfy(command -> {
            assertThat(command.optionsMap()).as(command.qualifiedName()).containsKeys("--help", "--version");
            assertThat(command.commandLine().getUsageMessage()).startsWith("Usage: " + command.qualifiedName());
        });
    }

    @Test
    void helpIsPrintedForAVerbOfEachProgram() {
        assertThat(TestHost.host().bailiwick("home", "put", "--help").ok().out())
                .startsWith("Usage: bailiwick home put");
        assertThat(TestHost.host()
                        .accountAdmin("account", "role", "add", "-h")
                        .ok()
                        .out())
                .startsWith("Usage: account-admin account role add");
    }

    @Test
    void theProgramsSayWhatTheirExitStatusMeans() {
        for (String status : List.of("0  ", "1  ", "2  ", "3  ", "4  ", "5  ", "6  ", "7  ")) {
            assertThat(TestHost.host().bailiwick("--help").out()).contains(status);
            assertThat(TestHost.host().accountAdmin("--help").out()).contains(status);
        }
    }

    @Test
    void theVersionNamesTheProgram() {
        assertThat(TestHost.host().bailiwick("--version").ok().out()).matches("bailiwick \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(TestHost.host()
                        .accountAdmin("account", "list", "--version")
                        .ok()
                        .out())
                .startsWith("account-admin ");
    }
}
