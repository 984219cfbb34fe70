package dev.bailiwick.cli;

import picocli.CommandLine.Option;

/** What commands prove: which version of a record, and in which journal. */
final class Provable {
    @Option(
            names = "--record-version",
            paramLabel = "VERSION",
            defaultValue = "0",
            description = "Which version. Default: the newest.")
    private long version;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "0",
            description =
                    "In the journal of this size, such as that of a checkpoint you gave away. Default: all of it.")
    private long size;

    /** The version; 0 for the newest. */
    long version() {
        return StoreCommands.positive("--record-version", version);
    }

    /** The number of entries of the journal; 0 for all of it. */
    long size() {
        return StoreCommands.positive("--size", size);
    }
}
