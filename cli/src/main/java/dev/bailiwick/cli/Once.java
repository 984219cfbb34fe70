package dev.bailiwick.cli;

import dev.bailiwick.schema.TransactionId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option by which a change can be asked for again without being made twice. */
final class Once {
    @Option(
            names = "--transaction-id",
            paramLabel = "ID",
            description = {
                "'txn-' and 32 hexadecimal digits that you chose at random: asking for the same again under the same id is answered as the",
                "first time and changes nothing more, also after a restart. Another request under it is refused."
            })
    private @Nullable String id;

    /** The bytes to send; none if the caller chose no id. */
    byte[] bytes() {
        if (id == null) {
            return new byte[0];
        }
        try {
            return TransactionId.parse(id).toBytes();
        } catch (IllegalArgumentException malformed) {
            throw CommandFailure.usage("\"" + id + "\" is no transaction id", "give 'txn-' and 32 hexadecimal digits");
        }
    }
}
