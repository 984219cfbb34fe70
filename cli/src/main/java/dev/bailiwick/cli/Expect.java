package dev.bailiwick.cli;

import picocli.CommandLine.Option;

/** The compare-and-set option of commands that change a record. */
final class Expect {
    @Option(
            names = "--expect",
            paramLabel = "VERSION",
            defaultValue = "0",
            description =
                    "Only if the record is still at this version; otherwise exit status 5 and its current version."
                            + " Default: whatever version is current.")
    private long version;

    /** The version to expect; 0 for whichever is current. */
    long version() {
        if (version < 0) {
            throw CommandFailure.usage("a record version is not negative", "give the recordVersion that 'show' prints");
        }
        return version;
    }
}
