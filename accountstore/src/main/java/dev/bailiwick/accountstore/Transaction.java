package dev.bailiwick.accountstore;

import dev.bailiwick.schema.ApprovalId;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.TransactionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Changes to make together or not at all. It carries everything that applying it needs: applying reads no clock and draws no
 * id.
 *
 * @param id chosen by the proposer; the same transaction under the same id is applied once and answered the same
 * @param time when it was proposed, in milliseconds
 * @param actor who proposed it
 * @param operation a stable word such as {@code account.create}, 1 to {@value #OPERATION_CHARS} of {@code a-z . -}
 * @param approval under which approval
 * @param mutations what to write, each record at most once
 * @param preconditions what must not have moved
 * @param requestHash what a client asked for, if it chose the id: the same request under the same id is answered as the first time,
 *     even if what is proposed for it differs by now
 */
public record Transaction(
        TransactionId id,
        Instant time,
        Actor actor,
        String operation,
        Optional<ApprovalId> approval,
        List<Mutation> mutations,
        List<Precondition> preconditions,
        Optional<Hash256> requestHash) {
    /** Characters of an operation. */
    public static final int OPERATION_CHARS = 64;

    private static final Pattern OPERATION = Pattern.compile("[a-z][a-z.-]{0," + (OPERATION_CHARS - 1) + "}");

    /** One whose id no client chose. */
    public Transaction(
            TransactionId id,
            Instant time,
            Actor actor,
            String operation,
            Optional<ApprovalId> approval,
            List<Mutation> mutations,
            List<Precondition> preconditions) {
        this(id, time, actor, operation, approval, mutations, preconditions, Optional.empty());
    }

    /** Copies the lists. */
    public Transaction {
        if (!OPERATION.matcher(operation).matches()) {
            throw new IllegalArgumentException("an operation is a word such as account.create: '" + operation + "'");
        }
        time = Times.toMilliseconds(time);
        mutations = List.copyOf(mutations);
        preconditions = List.copyOf(preconditions);
    }
}
