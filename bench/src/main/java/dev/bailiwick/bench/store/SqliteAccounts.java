package dev.bailiwick.bench.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The same accounts in SQLite: WAL, {@code synchronous=FULL}, changed by compare-and-set with every version kept. One connection
 * writes, its callers taking turns, which is faster than letting connections wait for each other's locks.
 */
final class SqliteAccounts implements OtherAccounts, AutoCloseable {
    private static final int BODY_BYTES = 448;

    private final Connection connection;
    private final PreparedStatement update;
    private final PreparedStatement history;
    private final PreparedStatement select;
    private final ReentrantLock turn = new ReentrantLock();

    SqliteAccounts(Path file, int count) throws SQLException {
        this.connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode=WAL");
            statement.execute("PRAGMA synchronous=FULL");
            statement.execute(
                    "CREATE TABLE account(id BLOB PRIMARY KEY, name TEXT UNIQUE, version INTEGER, body BLOB) WITHOUT ROWID");
            statement.execute(
                    "CREATE TABLE history(id BLOB, version INTEGER, time INTEGER, actor TEXT, body BLOB, PRIMARY KEY(id, version)) WITHOUT ROWID");
        }
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO account VALUES(?,?,1,?)")) {
            for (int i = 0; i < count; i++) {
                insert.setBytes(1, Accounts.recordId(i).toBytes());
                insert.setString(2, "account-" + i);
                insert.setBytes(3, new byte[BODY_BYTES]);
                insert.executeUpdate();
            }
        }
        connection.commit();
        this.update =
                connection.prepareStatement("UPDATE account SET version=version+1, body=? WHERE id=? AND version=?");
        this.history = connection.prepareStatement("INSERT INTO history VALUES(?,?,?,?,?)");
        this.select = connection.prepareStatement("SELECT id, version, body FROM account WHERE name=?");
    }

    @Override
    public String name() {
        return "SQLite";
    }

    @Override
    public void commit(int caller, int number, long version) {
        byte[] id = Accounts.recordId(number).toBytes();
        byte[] body = new byte[BODY_BYTES];
        turn.lock();
        try {
            update.setBytes(1, body);
            update.setBytes(2, id);
            update.setLong(3, version);
            if (update.executeUpdate() != 1) {
                throw new IllegalStateException("account " + number + " is not at version " + version);
            }
            history.setBytes(1, id);
            history.setLong(2, version + 1);
            history.setLong(3, System.currentTimeMillis());
            history.setString(4, "daemon");
            history.setBytes(5, body);
            history.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            turn.unlock();
        }
    }

    @Override
    public long lookup(int number) {
        try {
            select.setString(1, "account-" + number);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next() || row.getBytes(1).length != 16 || row.getBytes(3).length != BODY_BYTES) {
                    throw new IllegalStateException("there is no account " + number);
                }
                return row.getLong(2);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws SQLException {
        update.close();
        history.close();
        select.close();
        connection.close();
    }
}
