package dev.bailiwick.engine;

import dev.bailiwick.engine.EngineException.Code;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.TableProperties;

/**
 * Makes a copy of a store of which RocksDB has lost its way: {@code CURRENT} is gone or names nothing, or the {@code MANIFEST}, which says
 * which files belong to the store, is damaged. The table files and the write-ahead log, which hold everything, may be whole.
 *
 * <pre>
 * 1  tables, log and MANIFEST are copied, and frames in which RocksDB would be caught are mended; nothing else of the original is ever opened
 * 2  CURRENT is written anew, naming the newest MANIFEST: if that opens, this is the store as it was
 * 3  otherwise RocksDB's own repair makes a MANIFEST of the tables and the log as it finds them
 * </pre>
 *
 * <p>A repair takes every table file that is there for the store's, also one that was already replaced and only waited to be deleted, and drops
 * what is damaged. So nothing that comes out may be believed for being there: that is for whoever reads it, as in
 * {@link RocksOptions.Mode#SALVAGE}.
 *
 * <p>RocksDB's repair is not in its Java interface; it is called in the C interface of the same library. Stateless.
 */
public final class RocksRepair {
    private static final Predicate<String> TABLE =
            Pattern.compile("[0-9]+\\.sst").asMatchPredicate();
    private static final Predicate<String> LOG = Pattern.compile("[0-9]+\\.log").asMatchPredicate();
    private static final Predicate<String> MANIFEST =
            Pattern.compile("MANIFEST-[0-9]{1,18}").asMatchPredicate();

    /** Under this key each table has a row for the time of the repair, so that RocksDB knows all of them; no table has such a key. */
    private static final byte[] MARK = HexFormat.of().parseHex("00".repeat(64));

    private RocksRepair() {}

    /**
     * Makes the copy.
     *
     * @param directory of the store; nothing in it is changed
     * @param copy where to; does not exist
     * @param tables of the store, in the order in which they were made
     * @throws EngineException {@code CORRUPT} or {@code MISSING} if nothing can be made of what is there; {@code IO} if it cannot be
     *     read or the copy not be written
     */
    public static void copy(Path directory, Path copy, List<Table> tables) {
        RocksDB.loadLibrary();
        try {
            Path from = RocksBackend.databaseDirectory(directory);
            Path to = RocksBackend.databaseDirectory(copy);
            makePrivate(copy);
            makePrivate(to);
            List<String> files = names(from);
            if (files.stream().noneMatch(TABLE.or(LOG))) {
                throw new EngineException(Code.MISSING, "there is neither a table nor a log in '" + from + "'");
            }
            for (String name : files) {
                if (TABLE.or(LOG).or(MANIFEST).test(name)) {
                    Files.copy(from.resolve(name), to.resolve(name));
                }
            }
            LogFrames.mend(to);
            if (!opensWithItsManifest(copy, tables)) {
                Files.deleteIfExists(RocksBackend.currentFile(copy));
                markTables(copy, tables);
                repair(to);
                unmark(to);
            }
        } catch (IOException e) {
            throw new EngineException(Code.IO, "cannot copy '" + directory + "': " + e.getMessage(), e);
        } catch (RocksDBException e) {
            throw RocksBackend.translated("cannot repair a copy of '" + directory + "'", e);
        }
    }

    private static void makePrivate(Path directory) throws IOException {
        Files.createDirectory(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    private static List<String> names(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new EngineException(Code.MISSING, "there is no store in '" + directory + "'");
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private static boolean opensWithItsManifest(Path copy, List<Table> tables) throws IOException {
        Optional<String> newest = names(RocksBackend.databaseDirectory(copy)).stream()
                .filter(MANIFEST)
                .max(Comparator.comparingLong(name -> Long.parseLong(name.substring("MANIFEST-".length()))));
        if (newest.isEmpty()) {
            return false;
        }
        Files.writeString(RocksBackend.currentFile(copy), newest.get() + "\n");
        RocksOptions options = new RocksOptions(
                copy,
                tables,
                RocksOptions.Mode.SALVAGE,
                StoreOwner.thisProcess(Optional.empty()),
                EngineLimits.DEFAULT);
        try {
            RocksEngine.open(options).close();
            return true;
        } catch (EngineException e) {
            return switch (e.code()) {
                case CORRUPT, LOST, MISSING, IO -> false;
                case HELD, READ_ONLY, FAILED, OVERLOADED, CLOSED -> throw e;
            };
        }
    }

    // ---- the tables' names and numbers ----

    /**
     * Adds a table file for each table. What is in the log alone is written under a table's number, which nothing says the name of, and
     * RocksDB's repair drops what it has no name for.
     */
    private static void markTables(Path copy, List<Table> tables) throws IOException, RocksDBException {
        Path to = RocksBackend.databaseDirectory(copy);
        List<String> names = Stream.concat(Stream.of("default"), tables.stream().map(Table::name))
                .toList();
        requireSameNumbers(to, names);
        Path marks = copy.resolve("marks");
        try (DBOptions options = new DBOptions().setCreateIfMissing(true).setCreateMissingColumnFamilies(true);
                ColumnFamilyOptions family = new ColumnFamilyOptions()) {
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            try (RocksDB db = RocksDB.open(options, marks.toString(), descriptors(names, family), handles);
                    FlushOptions flush = new FlushOptions()) {
                for (ColumnFamilyHandle handle : handles) {
                    db.put(handle, MARK, new byte[0]);
                }
                db.flush(flush, handles);
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
        long number = names(to).stream()
                        .filter(TABLE.or(LOG))
                        .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
                        .max()
                        .orElse(0)
                + 1;
        for (String name : names(marks)) {
            if (TABLE.test(name)) {
                Files.copy(marks.resolve(name), to.resolve("%06d.sst".formatted(number++)));
            }
        }
    }

    private static List<ColumnFamilyDescriptor> descriptors(List<String> names, ColumnFamilyOptions options) {
        return names.stream()
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8), options))
                .toList();
    }

    /** Tables are numbered as they are made. One that is not where it should be would have the log's rows of another. */
    private static void requireSameNumbers(Path database, List<String> names) throws IOException {
        Map<String, Long> numbers =
                IntStream.range(0, names.size()).boxed().collect(Collectors.toMap(names::get, Integer::longValue));
        for (String file : names(database)) {
            if (TABLE.test(file)) {
                requireSameNumber(database.resolve(file), numbers);
            }
        }
    }

    private static void requireSameNumber(Path file, Map<String, Long> numbers) {
        try (Options options = new Options();
                SstFileReader reader = new SstFileReader(options)) {
            reader.open(file.toString());
            TableProperties properties = reader.getTableProperties();
            String name = new String(properties.getColumnFamilyName(), StandardCharsets.UTF_8);
            if (!Long.valueOf(properties.getColumnFamilyId()).equals(numbers.get(name))) {
                throw new EngineException(
                        Code.CORRUPT,
                        "table '" + name + "' has number " + properties.getColumnFamilyId()
                                + ", which is not the one that a store of this version gives it");
            }
        } catch (RocksDBException damaged) {
            // The repair sets aside what it cannot read.
        }
    }

    private static void unmark(Path database) throws RocksDBException {
        try (Options listing = new Options();
                DBOptions options = new DBOptions();
                ColumnFamilyOptions family = new ColumnFamilyOptions()) {
            List<String> names = RocksDB.listColumnFamilies(listing, database.toString()).stream()
                    .map(name -> new String(name, StandardCharsets.UTF_8))
                    .toList();
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            try (RocksDB db = RocksDB.open(options, database.toString(), descriptors(names, family), handles)) {
                for (ColumnFamilyHandle handle : handles) {
                    db.delete(handle, MARK);
                    handle.close();
                }
            }
        }
    }

    // ---- RocksDB's repair ----

    @SuppressWarnings("restricted") // The text is RocksDB's own, ended by a zero.
    private static void repair(Path database) {
        Linker linker = Linker.nativeLinker();
        SymbolLookup library = SymbolLookup.loaderLookup();
        MethodHandle create =
                function(linker, library, "rocksdb_options_create", FunctionDescriptor.of(ValueLayout.ADDRESS));
        MethodHandle repair = function(
                linker,
                library,
                "rocksdb_repair_db",
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        MethodHandle destroy =
                function(linker, library, "rocksdb_options_destroy", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        MethodHandle free = function(linker, library, "rocksdb_free", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment problem = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment options = (MemorySegment) create.invokeExact();
            repair.invokeExact(options, arena.allocateFrom(database.toString()), problem);
            destroy.invokeExact(options);
            MemorySegment text = problem.get(ValueLayout.ADDRESS, 0);
            if (!text.equals(MemorySegment.NULL)) {
                String message = text.reinterpret(Long.MAX_VALUE).getString(0);
                free.invokeExact(text);
                throw new EngineException(Code.CORRUPT, "RocksDB cannot repair '" + database + "': " + message);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable impossible) {
            // A method handle declares whatever there is; what these call is C and throws nothing.
            throw new IllegalStateException(impossible);
        }
    }

    @SuppressWarnings("restricted") // The types are those of rocksdb/c.h.
    private static MethodHandle function(Linker linker, SymbolLookup library, String name, FunctionDescriptor type) {
        return linker.downcallHandle(
                library.find(name)
                        .orElseThrow(() -> new EngineException(
                                Code.CORRUPT,
                                "this build of RocksDB cannot repair: it has no function '" + name + "'")),
                type);
    }
}
