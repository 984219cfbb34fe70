package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AnchorException;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.StoreRefusedException;
import dev.bailiwick.daemon.DaemonException.Code;
import dev.bailiwick.engine.EngineException;
import java.io.UncheckedIOException;
import java.util.function.Supplier;

/** Says what went wrong below in the words of this module. */
final class StoreProblems {
    private StoreProblems() {}

    /** Does it; what the layers below throw about the store comes out as a {@link DaemonException}. */
    static <T> T explaining(Supplier<T> action) {
        try {
            return action.get();
        } catch (EngineException e) {
            throw new DaemonException(codeOf(e.code()), String.valueOf(e.getMessage()), e);
        } catch (AnchorException e) {
            throw new DaemonException(codeOf(e.code()), String.valueOf(e.getMessage()), e);
        } catch (CorruptStoreException e) {
            throw new DaemonException(Code.CORRUPT, "the store is damaged: " + e.getMessage(), e);
        } catch (StoreRefusedException e) {
            throw new DaemonException(Code.SEEDS_REFUSED, "the store refuses its seeds: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new DaemonException(Code.IO, String.valueOf(e.getMessage()), e);
        }
    }

    private static Code codeOf(EngineException.Code code) {
        return switch (code) {
            case CORRUPT -> Code.CORRUPT;
            case MISSING -> Code.STORE_MISSING;
            case HELD -> Code.STORE_BUSY;
            case IO, READ_ONLY, FAILED, OVERLOADED, CLOSED -> Code.IO;
        };
    }

    private static Code codeOf(AnchorException.Code code) {
        return switch (code) {
            case MISSING, FOREIGN, CORRUPT -> Code.ANCHOR_UNUSABLE;
            case EXISTS -> Code.ANCHOR_EXISTS;
            case ROLLED_BACK, FORKED -> Code.ROLLED_BACK;
            case IO -> Code.IO;
        };
    }
}
