package dev.bailiwick.cli;

import java.util.Optional;
import picocli.CommandLine;

/** The program {@code bailiwickd}: the daemon. It is {@code bailiwick serve} under its own name. */
public final class Bailiwickd {
    private Bailiwickd() {}

    /** Serves a store until a signal ends it. The exit status is 0 to 7, as {@code --help} lists. */
    public static void main(String... arguments) {
        Host host = Host.real();
        System.exit(new Program(host, commands(host)).run(arguments));
    }

    static CommandLine commands(Host host) {
        CommonOptions options = new CommonOptions();
        Context context = new Context(host, options, Optional::empty);
        CommandLine commands = new CommandLine(new ServeCommand(context)).addMixin("common", options);
        commands.getCommandSpec()
                .name("bailiwickd")
                .mixinStandardHelpOptions(true)
                .version("bailiwickd " + Version.number());
        return commands;
    }
}
