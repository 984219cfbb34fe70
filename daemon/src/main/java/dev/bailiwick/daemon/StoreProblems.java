package dev.bailiwick.daemon;

import dev.bailiwick.accountstore.AnchorException;
import dev.bailiwick.accountstore.ClockSetBackException;
import dev.bailiwick.accountstore.CorruptStoreException;
import dev.bailiwick.accountstore.ExportRefusedException;
import dev.bailiwick.accountstore.OtherManifestException;
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
            throw new DaemonException(codeOf(e.code()), "the store is damaged: " + e.getMessage(), e);
        } catch (ExportRefusedException e) {
            throw new DaemonException(codeOf(e.code()), String.valueOf(e.getMessage()), e);
        } catch (ClockSetBackException e) {
            throw new DaemonException(Code.CLOCK_SET_BACK, String.valueOf(e.getMessage()), e);
        } catch (OtherManifestException e) {
            throw new DaemonException(Code.OTHER_MANIFEST, String.valueOf(e.getMessage()), e);
        } catch (StoreRefusedException e) {
            throw new DaemonException(Code.SEEDS_REFUSED, "the store refuses its seeds: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new DaemonException(Code.IO, String.valueOf(e.getMessage()), e);
        }
    }

    private static Code codeOf(EngineException.Code code) {
        return switch (code) {
            case CORRUPT -> Code.CORRUPT;
            case LOST -> Code.FILE_MISSING;
            case MISSING -> Code.STORE_MISSING;
            case HELD -> Code.STORE_BUSY;
            case IO, READ_ONLY, FAILED, OVERLOADED, CLOSED -> Code.IO;
        };
    }

    private static Code codeOf(ExportRefusedException.Code code) {
        return switch (code) {
            case FORMAT -> Code.EXPORT_FORMAT;
            case DAMAGED -> Code.EXPORT_DAMAGED;
            case KEY -> Code.EXPORT_KEY;
            case OLDER -> Code.EXPORT_OLDER;
            case FORKED -> Code.EXPORT_FORKED;
        };
    }

    private static Code codeOf(CorruptStoreException.Code code) {
        return switch (code) {
            case CORRUPT -> Code.CORRUPT;
            case RECORD_REPLACED -> Code.RECORD_REPLACED;
            case ENTRIES_MISSING -> Code.ENTRIES_MISSING;
            case KEY -> Code.STORE_KEY;
        };
    }

    private static Code codeOf(AnchorException.Code code) {
        return switch (code) {
            case MISSING -> Code.ANCHOR_MISSING;
            case FOREIGN -> Code.ANCHOR_FOREIGN;
            case OLDER -> Code.ANCHOR_OLDER;
            case CORRUPT -> Code.ANCHOR_CORRUPT;
            case EXISTS -> Code.ANCHOR_EXISTS;
            case ROLLED_BACK -> Code.ROLLED_BACK;
            case FORKED -> Code.FORKED;
            case IO -> Code.IO;
        };
    }
}
