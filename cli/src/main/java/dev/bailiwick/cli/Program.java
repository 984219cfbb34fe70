package dev.bailiwick.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** Runs one command line: parses it, runs the command it names, and turns every way that can end into an exit status. */
final class Program {
    private static final int HELP_WIDTH = 100;

    private final Host host;
    private final CommandLine commands;

    /** A program whose root command, with its subcommands, is that picocli command line. */
    Program(Host host, CommandLine commands) {
        this.host = host;
        this.commands = commands;
        Map<String, String> meanings = new LinkedHashMap<>();
        for (ExitStatus status : ExitStatus.values()) {
            meanings.put(Integer.toString(status.number()), status.meaning());
        }
        commands.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("Exit status:%n")
                .exitCodeList(meanings);
    }

    /** Runs; returns the exit status, 0 to 7. Errors were printed when it returns. */
    int run(String... arguments) {
        boolean json = wantsJson(arguments);
        commands.setOut(writer(host.out()))
                .setErr(writer(host.err()))
                .setColorScheme(
                        CommandLine.Help.defaultColorScheme(host.outStyle() == Style.COLOURED ? Ansi.ON : Ansi.OFF))
                .setUsageHelpWidth(HELP_WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((problem, _) -> report(misused(problem), json))
                .setExecutionExceptionHandler((problem, _, _) -> report(Faults.explain(problem), json, problem));
        int status = commands.execute(arguments);
        host.out().flush();
        if (host.out().checkError()) {
            return report(
                    CommandFailure.unavailable("cannot write to standard output", "see whether its disk is full"),
                    json);
        }
        return status;
    }

    private static PrintWriter writer(java.io.PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    /** Before the arguments are parsed nobody knows the format, and the error may be in them. */
    private static boolean wantsJson(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i].toLowerCase(Locale.ROOT);
            boolean separate = (argument.equals("-o") || argument.equals("--output"))
                    && i + 1 < arguments.length
                    && arguments[i + 1].equalsIgnoreCase("json");
            if (separate
                    || argument.equals("-ojson")
                    || argument.equals("-o=json")
                    || argument.equals("--output=json")) {
                return true;
            }
        }
        return false;
    }

    private static CommandFailure misused(ParameterException problem) {
        String text = String.valueOf(problem.getMessage());
        String first = text.lines().findFirst().orElse("the command line is not valid");
        String lower = first.substring(0, 1).toLowerCase(Locale.ROOT) + first.substring(1);
        String name = problem.getCommandLine().getCommandSpec().qualifiedName();
        return CommandFailure.usage(lower, "'" + name + " --help' tells what it takes");
    }

    private int report(CommandFailure failure, boolean json, Exception cause) {
        int status = report(failure, json);
        if (host.variable("BAILIWICK_TRACE").isPresent()) {
            cause.printStackTrace(host.err());
        }
        return status;
    }

    private int report(CommandFailure failure, boolean json) {
        host.out().flush();
        if (json) {
            host.err().print(failure.toJson().printLine());
        } else {
            Style style = host.errStyle();
            host.err().println(style.bad("error[" + failure.code() + "]:") + " " + Printable.text(failure.message()));
            if (!failure.hint().isEmpty()) {
                host.err().println(style.dim("hint:") + " " + Printable.text(failure.hint()));
            }
        }
        host.err().flush();
        return failure.status().number();
    }
}
