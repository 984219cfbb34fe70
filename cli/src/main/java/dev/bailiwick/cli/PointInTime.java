package dev.bailiwick.cli;

import dev.bailiwick.schema.gen.AccountStoreReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --at}: a state of the past, by journal sequence or by time. */
final class PointInTime {
    private static final Pattern SEQUENCE = Pattern.compile("[1-9][0-9]{0,17}");

    private static final List<Function<String, Instant>> FORMS = List.of(
            text -> OffsetDateTime.parse(text).toInstant(),
            text -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC),
            text -> LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC));

    @Option(
            names = "--at",
            paramLabel = "SEQ|TIME",
            description = {
                "As of this journal sequence number, or of this time: 2026-11-21T14:00:00Z, with an offset such as +01:00,",
                "or without one, which means UTC; a date means its first moment. Default: now."
            })
    private @Nullable String at;

    /** Whether a state of the past was asked for. */
    boolean isPast() {
        return at != null;
    }

    /** The journal sequence that was asked for, 0 for the newest state; that it is there, or of which time, is looked up with {@code reader}. */
    long sequence(AccountStoreReader.Client reader) {
        String asked = at;
        if (asked == null) {
            return 0;
        }
        return SEQUENCE.matcher(asked).matches() ? there(reader, Long.parseLong(asked)) : sequenceAt(reader, asked);
    }

    /** A sequence that the journal has not reached is no state at all; what is so now is not what it will be then. */
    private static long there(AccountStoreReader.Client reader, long asked) {
        long newest = newestEntry(reader, Long.MAX_VALUE);
        if (asked > newest) {
            throw CommandFailure.of(
                    ExitStatus.NOT_FOUND,
                    "not-found",
                    "the journal has no entry " + asked + " yet",
                    "its newest is " + newest + "; leave --at out for now");
        }
        return asked;
    }

    private static long sequenceAt(AccountStoreReader.Client reader, String asked) {
        long sequence = newestEntry(reader, Math.max(0, instant(asked).toEpochMilli()));
        if (sequence == 0) {
            throw CommandFailure.of(
                    ExitStatus.NOT_FOUND,
                    "not-found",
                    "there was no store yet at " + asked,
                    "'account history' shows when things were done");
        }
        return sequence;
    }

    /** The newest journal entry of that time or before, in milliseconds since 1970; 0 if there is none. */
    private static long newestEntry(AccountStoreReader.Client reader, long timeMs) {
        var request = reader.sequenceAtRequest();
        request.params().setTimeMs(timeMs);
        try (var response = request.send().join()) {
            return response.get().getSequence();
        }
    }

    /** The time that a text means. */
    static Instant instant(String text) {
        return parsed(text)
                .orElseThrow(() -> CommandFailure.usage(
                        "\"" + text + "\" is no journal sequence number and no time",
                        "give a number from 1 on, or a time such as 2026-11-21T14:00:00Z"));
    }

    /** The time that a text means, where nothing but a time has a meaning. */
    static Instant time(String text) {
        return parsed(text)
                .orElseThrow(() -> CommandFailure.usage(
                        "\"" + text + "\" is no time", "give one such as 2026-11-21T14:00:00Z, or a date"));
    }

    private static Optional<Instant> parsed(String text) {
        for (Function<String, Instant> form : FORMS) {
            try {
                return Optional.of(form.apply(text));
            } catch (DateTimeException notThisForm) {
                // The next form may fit.
            }
        }
        return Optional.empty();
    }
}
