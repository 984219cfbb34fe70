package dev.bailiwick.cli;

import picocli.CommandLine;

/** The programs that can run inside another. */
enum Tool {
    BAILIWICK("bailiwick"),
    ACCOUNT_ADMIN("account-admin");

    private final String programName;

    Tool(String programName) {
        this.programName = programName;
    }

    /** As it is called on a command line. */
    String programName() {
        return programName;
    }

    /** Its commands, on that machine. */
    CommandLine commands(Host host) {
        return switch (this) {
            case BAILIWICK -> Bailiwick.commands(host);
            case ACCOUNT_ADMIN -> AccountAdmin.commands(host);
        };
    }
}
