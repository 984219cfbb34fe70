package dev.bailiwick.broker;

import dev.bailiwick.launch.RunningProgram;
import dev.bailiwick.schema.Hash256;
import dev.bailiwick.schema.gen.ProgramCaps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * What waits for launched programs to be claimed. A ticket is good once, not for long, and only in the hands of the process that was
 * launched or of one that it started, as the operating system says who is at the other end. Thread-safe.
 */
final class Tickets {
    static final int BYTES = 32;

    private static final Refusal INVALID = new Refusal(
            "ticket-invalid",
            "the ticket is unknown, was used before or is older than " + Limits.TICKET_LIFE.toSeconds() + " s",
            "start the program again: it claims what it holds once, within " + Limits.TICKET_LIFE.toSeconds()
                    + " s of its start; if the machine is too busy for that, wait until it is less so");

    private static final Refusal WRONG_PROCESS = new Refusal(
            "ticket-wrong-process",
            "the ticket is for another process",
            "only the program that was launched can use it");

    /** Writes what a program holds. */
    interface Holdings {
        void into(ProgramCaps.Builder caps);
    }

    /** What came of claiming. */
    sealed interface Claim {
        record Granted(Holdings holdings) implements Claim {}

        record Denied(Refusal refusal) implements Claim {}
    }

    private record Waiting(CompletableFuture<RunningProgram> program, Holdings holdings, Instant expiresAt) {}

    private final Map<Hash256, Waiting> waiting = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final RandomGenerator random;

    /** @param random must be unpredictable */
    Tickets(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** A ticket of which only the hash is kept. */
    final class Ticket {
        private final byte[] secret = new byte[BYTES];
        private final Hash256 hash;
        private final CompletableFuture<RunningProgram> program = new CompletableFuture<>();

        private Ticket(Holdings holdings) {
            for (int i = 0; i < BYTES; i += Long.BYTES) {
                java.nio.ByteBuffer.wrap(secret, i, Long.BYTES).putLong(random.nextLong());
            }
            hash = Hash256.sha256(secret);
            waiting.put(hash, new Waiting(program, holdings, clock.instant().plus(Limits.TICKET_LIFE)));
        }

        /** As it is given to the program. */
        String text() {
            return HexFormat.of().formatHex(secret);
        }

        /** Whose it is. It is gone when the program has ended. */
        void belongsTo(RunningProgram launched) {
            program.complete(launched);
            var _ = launched.exit().whenComplete((exit, failure) -> withdraw());
        }

        /** It is nobody's. */
        void withdraw() {
            waiting.remove(hash);
        }
    }

    /** Makes a ticket, before the program that it is for. */
    Ticket issue(Holdings holdings) {
        return new Ticket(holdings);
    }

    /** Hands out what waits for the caller. Only what is handed out is used up. */
    Claim claim(byte[] secret, int pid) {
        Hash256 hash = Hash256.sha256(secret);
        Waiting found = waiting.get(hash);
        if (found == null || !clock.instant().isBefore(found.expiresAt())) {
            return new Claim.Denied(INVALID);
        }
        Optional<RunningProgram> program = program(found);
        if (program.isEmpty() || pid <= 0 || !program.get().contains(pid)) {
            return new Claim.Denied(WRONG_PROCESS);
        }
        return waiting.remove(hash, found) ? new Claim.Granted(found.holdings()) : new Claim.Denied(INVALID);
    }

    /** The program can be quicker than what notes whose the ticket is. */
    private static Optional<RunningProgram> program(Waiting found) {
        try {
            return Optional.of(found.program().get(Duration.ofSeconds(2).toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** Forgets what has expired. */
    void sweep(Instant now) {
        waiting.values().removeIf(ticket -> !now.isBefore(ticket.expiresAt()));
    }

    int size() {
        return waiting.size();
    }
}
