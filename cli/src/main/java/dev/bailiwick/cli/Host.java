package dev.bailiwick.cli;

import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a program touches of the machine it runs on. Only {@link #real()} reaches for it; everything else is handed one, so that a
 * program can run inside a test.
 *
 * @param in standard input
 * @param out standard output, for answers
 * @param err standard error, for errors and remarks
 * @param environment environment variables
 * @param terminals which of the three streams are terminals
 * @param prompt asks a person for a secret
 * @param uid the operating-system user id this process runs as
 */
record Host(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Set<Stream> terminals,
        Prompt prompt,
        int uid) {
    /** A standard stream. */
    enum Stream {
        IN("0"),
        OUT("1"),
        ERR("2");

        /** The file descriptor. */
        private final String number;

        Stream(String number) {
            this.number = number;
        }
    }

    /** Asks a person for a secret, without showing what they type. */
    @FunctionalInterface
    interface Prompt {
        /** What they typed; empty when there is no terminal to ask on, or they ended the input. */
        Optional<char[]> ask(String question);
    }

    public Host {
        environment = Map.copyOf(environment);
        terminals = Set.copyOf(terminals);
    }

    /** The machine this process runs on. */
    static Host real() {
        return new Host(
                System.in,
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                System.getenv(),
                realTerminals(),
                Host::askOnConsole,
                realUid());
    }

    /** How people-facing text on standard output is set. */
    Style outStyle() {
        return Style.forStream(terminals.contains(Stream.OUT), environment);
    }

    /** How people-facing text on standard error is set. */
    Style errStyle() {
        return Style.forStream(terminals.contains(Stream.ERR), environment);
    }

    /** The value of an environment variable that is set to something. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static Set<Stream> realTerminals() {
        // The launchers ask the shell, which can tell for each stream; Java can only tell for all of them at once.
        String told = System.getProperty("bailiwick.terminals");
        Set<Stream> terminals = EnumSet.noneOf(Stream.class);
        for (Stream stream : Stream.values()) {
            if (told == null ? console().isPresent() : told.contains(stream.number)) {
                terminals.add(stream);
            }
        }
        return terminals;
    }

    private static Optional<char[]> askOnConsole(String question) {
        return console().map(console -> console.readPassword("%s: ", question));
    }

    /** The terminal that both standard input and standard output are; whether it is null otherwise differs between JDKs. */
    private static Optional<Console> console() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal);
    }

    private static int realUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell which user this process runs as: /proc is not mounted", e);
        }
    }
}
