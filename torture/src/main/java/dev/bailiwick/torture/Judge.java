package dev.bailiwick.torture;

import dev.bailiwick.accountstore.Account;
import dev.bailiwick.accountstore.AnchorException;
import dev.bailiwick.accountstore.ClockSetBackException;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.Finding;
import dev.bailiwick.accountstore.Stored;
import dev.bailiwick.engine.EngineException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Decides whether a store that was treated badly noticed. It opens the store as a daemon does, reads all of it, verifies it, and
 * compares what it read with what the store held before.
 *
 * @param expected what the store held
 */
record Judge(Contents expected) {
    /** Opening and reading a specimen takes less than a second. What has not come back by then never will. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /** Opens and reads the store. It is wrong of it, too, not to come back. */
    Verdict of(Subject subject) {
        FutureTask<Verdict> judging = new FutureTask<>(() -> judge(subject));
        Thread thread = Thread.ofPlatform().daemon().name("judge").start(judging);
        try {
            return judging.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return new Verdict.Wrong("it did not come back: " + Arrays.toString(thread.getStackTrace()));
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Verdict judge(Subject subject) {
        Subject.Session opened;
        try {
            opened = subject.open(new SplittableRandom());
        } catch (RuntimeException e) {
            // Any exception: those that are not the store's own are what is being looked for.
            return refusal(e)
                    .<Verdict>map(code -> new Verdict.Refused(code, String.valueOf(e.getMessage())))
                    .orElseGet(() -> new Verdict.Wrong("opening threw " + e));
        }
        try (opened) {
            return read(opened);
        } catch (RuntimeException e) {
            return new Verdict.Wrong("reading threw " + e);
        }
    }

    private Verdict read(Subject.Session opened) {
        Optional<String> served = served(opened);
        if (served.isPresent()) {
            return new Verdict.Wrong(served.get());
        }
        List<Finding> findings = opened.store().inspector().verify().findings();
        Optional<Contents> found = Optional.empty();
        String refused = "";
        try {
            found = Optional.of(Contents.of(opened));
        } catch (RuntimeException e) {
            String code = refusal(e).orElseThrow(() -> e);
            refused = code + ": " + e.getMessage();
        }
        if (found.isPresent() && !found.get().isServedAs(expected)) {
            return new Verdict.Wrong(
                    "readers gave what was never written: " + found.get().difference(expected));
        }
        if (!findings.isEmpty()) {
            return new Verdict.Reported(findings.getFirst().toString());
        }
        if (found.isEmpty()) {
            return new Verdict.Wrong("verification is content with what cannot be read: " + refused);
        }
        return found.get().equals(expected)
                ? new Verdict.Harmless()
                : new Verdict.Wrong("unnoticed: " + found.get().difference(expected));
    }

    /** What a lookup gave that is not what was written. To refuse is right, and so is to answer with what was written. */
    private Optional<String> served(Subject.Session opened) {
        for (Stored<Account> account : expected.accounts()) {
            try {
                Optional<Stored<Account>> byId = opened.store().accounts().byId(account.recordId());
                Optional<Stored<Account>> byName =
                        opened.store().accounts().byName(account.content().nameKey());
                if (!byId.equals(Optional.of(account)) || !byName.equals(Optional.of(account))) {
                    return Optional.of("a lookup of " + account.content().name() + " gave " + byId + " and " + byName);
                }
            } catch (RuntimeException e) {
                if (refusal(e).isEmpty()) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    /** The stable code of an exception by which a store refuses. */
    static Optional<String> refusal(RuntimeException e) {
        return switch (e) {
            case EngineException engine ->
                Optional.of("engine-" + engine.code().name().toLowerCase(Locale.ROOT));
            case AnchorException anchor -> Optional.of(anchor.code().word());
            case CorruptStoreException corrupt -> Optional.of(corrupt.code().word());
            case ClockSetBackException clock -> Optional.of("clock-set-back");
            default -> Optional.empty();
        };
    }
}
