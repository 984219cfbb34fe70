package dev.bailiwick.accountstore;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What keeps a store from being turned back unnoticed.
 *
 * @param mode when the anchor follows
 * @param anchor the anchor's file; empty when there is none
 * @param anchored the newest head that it holds; empty when there is none
 * @param words what could be taken away unnoticed, in a sentence for people
 */
public record RollbackDetection(AnchorMode mode, Optional<Path> anchor, Optional<AnchoredHead> anchored, String words) {
    static RollbackDetection none() {
        return new RollbackDetection(
                new AnchorMode.None(),
                Optional.empty(),
                Optional.empty(),
                "none: there is no anchor, so a rollback cannot be detected");
    }

    private static boolean sharesVolume(StoreFiles files) {
        try {
            return files.anchorSharesVolume();
        } catch (UncheckedIOException e) {
            // The anchor is on a volume that is gone by now, and so not on this one.
            return false;
        }
    }

    /** What an anchor that holds {@code anchored} does for a store of {@code size} journal entries. */
    static RollbackDetection of(StoreFiles files, AnchoredHead anchored, long size) {
        StringBuilder words = new StringBuilder();
        switch (files.mode()) {
            case AnchorMode.Strict() -> words.append("every entry is anchored before it is acknowledged");
            case AnchorMode.Interval(var every) ->
                words.append("what was acknowledged in the last ")
                        .append(every.toMillis())
                        .append(" ms can be taken back unnoticed");
            case AnchorMode.None() -> words.append("none: there is no anchor, so a rollback cannot be detected");
        }
        if (size > anchored.size()) {
            words.append("; entries ")
                    .append(anchored.size() + 1)
                    .append(" to ")
                    .append(size)
                    .append(" are not anchored yet");
        }
        if (sharesVolume(files)) {
            words.append(
                    "; the anchor is on the store's own volume, so an older copy of the whole volume goes unnoticed");
        }
        return new RollbackDetection(
                files.mode(), Optional.of(files.anchor()), Optional.of(anchored), words.toString());
    }
}
