package dev.bailiwick.cli;

import java.io.PrintStream;
import java.util.function.Function;

/** Prints what a command answers, for people or for programs. */
final class Output {
    private final Host host;
    private final CommonOptions options;

    Output(Host host, CommonOptions options) {
        this.host = host;
        this.options = options;
    }

    /** Prints the answer: as JSON, or as the text that stands for it. */
    <T extends Json> void answer(T json, Function<Style, String> text) {
        if (isJson()) {
            host.out().print(json.print());
        } else {
            host.out().print(text.apply(host.outStyle()));
        }
        host.out().flush();
    }

    /** Prints an answer of one line, so that whoever waits for it can read a line. */
    void line(Json json, String text) {
        host.out().print(isJson() ? json.printLine() : Printable.text(text) + "\n");
        host.out().flush();
    }

    /** Prints a remark on standard error, for people only. */
    void remark(String text) {
        if (!isJson()) {
            host.err().println(Printable.text(text));
        }
    }

    /** The stream for bytes that are the answer themselves. */
    PrintStream raw() {
        return host.out();
    }

    /** Whether programs are to read the answer. */
    boolean isJson() {
        return switch (options.format()) {
            case table -> false;
            case json -> true;
        };
    }
}
