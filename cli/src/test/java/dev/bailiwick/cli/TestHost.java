package dev.bailiwick.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import picocli.CommandLine;

/** A machine for one program run: what it is given, and what it printed. */
final class TestHost {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Set<Host.Stream> terminals = EnumSet.noneOf(Host.Stream.class);
    private final Queue<String> typed = new ArrayDeque<>();
    private byte[] input = {};

    static TestHost host() {
        return new TestHost();
    }

    TestHost with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    TestHost input(String text) {
        return input(text.getBytes(StandardCharsets.UTF_8));
    }

    TestHost input(byte[] bytes) {
        input = bytes.clone();
        return this;
    }

    TestHost typing(String... answers) {
        typed.addAll(Arrays.asList(answers));
        return this;
    }

    TestHost onTerminal(Host.Stream... streams) {
        terminals.addAll(Arrays.asList(streams));
        return this;
    }

    Host build() {
        return new Host(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                terminals,
                question -> Optional.ofNullable(typed.poll()).map(String::toCharArray),
                1000);
    }

    /** Runs bailiwick with those arguments. */
    Ended bailiwick(String... arguments) {
        Host host = build();
        return run(host, Bailiwick.commands(host), arguments);
    }

    /** Runs account-admin with those arguments. */
    Ended accountAdmin(String... arguments) {
        Host host = build();
        return run(host, AccountAdmin.commands(host), arguments);
    }

    /** Runs any commands. */
    Ended run(Host host, CommandLine commands, String... arguments) {
        int status = new Program(host, commands).run(arguments);
        return new Ended(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /** How a run ended. */
    static final class Ended {
        private final int status;
        private final byte[] bytes;
        private final String err;

        private Ended(int status, byte[] bytes, String err) {
            this.status = status;
            this.bytes = bytes;
            this.err = err;
        }

        int status() {
            return status;
        }

        /** Standard output. */
        byte[] bytes() {
            return bytes.clone();
        }

        /** Standard output as text. */
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** Standard output as JSON. */
        Json json() {
            return Json.parse(out());
        }

        /** Standard error. */
        String err() {
            return err;
        }

        /** This, if it ended well; otherwise the test fails with what it printed. */
        Ended ok() {
            if (status != 0) {
                throw new AssertionError("exit status " + status + "\n" + err + out());
            }
            return this;
        }
    }
}
