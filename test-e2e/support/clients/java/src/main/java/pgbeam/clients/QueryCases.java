package pgbeam.clients;

import static pgbeam.clients.Main.code;
import static pgbeam.clients.Main.describe;
import static pgbeam.clients.Main.execute;
import static pgbeam.clients.Main.failure;
import static pgbeam.clients.Main.list;
import static pgbeam.clients.Main.query;
import static pgbeam.clients.Main.table;

import java.math.BigDecimal;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;
import org.postgresql.util.PGobject;

final class QueryCases {
  private QueryCases() {}

  static void play() throws Exception {
    Main.play("simple query", db -> query(db, "SELECT n, label FROM item WHERE n < 4 ORDER BY n"), "preferQueryMode", "simple");
    Main.play("several statements in one", QueryCases::several);
    Main.play("several statements in one simple query", QueryCases::several, "preferQueryMode", "simple");
    for (String mode : List.of("simple", "extended", "extendedForPrepared", "extendedCacheEverything"))
      Main.play("a parametrized query in mode " + mode, QueryCases::parameters, "preferQueryMode", mode);
    Main.play("values there and back as text", QueryCases::types, "binaryTransfer", "false");
    Main.play("binary values there and back", QueryCases::types, "prepareThreshold", "-1");
    Main.play("NULLs and empty values", db -> query(db, "SELECT NULL::text, ''::text, '{}'::int[], NULL::jsonb, ''::bytea"));
    Main.play("a prepared statement becomes the server's at its threshold", QueryCases::threshold);
    Main.play("the statement cache, also when it turns over and its table changes", QueryCases::cache, "prepareThreshold", "1", "preparedStatementCacheQueries", "5");
    Main.play("batch", QueryCases::batch);
    Main.play("batch of one rewritten insert", QueryCases::batch, "reWriteBatchedInserts", "true");
    Main.play("batch with an error: nothing of it stays", QueryCases::brokenBatch);
    Main.play("an error inside a transaction", QueryCases::transaction);
    Main.play("an error inside a transaction that saves itself", QueryCases::transaction, "autosave", "always");
    Main.play("savepoints", QueryCases::savepoints);
    Main.play("a cursor by fetch size", QueryCases::cursor);
    Main.play("syntax, names and types that are wrong", QueryCases::wrong);
    Main.play("generated keys and RETURNING", QueryCases::generated);
    Main.play("a large row", QueryCases::large);
    Main.play("many rows", QueryCases::many);
    Main.play("a function's result", QueryCases::call);
  }

  private static Object several(Connection db) throws SQLException {
    List<Object> seen = list();
    try (Statement statement = db.createStatement()) {
      boolean rows = statement.execute("SELECT 1 AS one; UPDATE item SET label = label WHERE n < 4; SELECT 'two', NULL; CREATE TEMP TABLE made (n int); INSERT INTO made VALUES (1), (2)");
      while (rows || statement.getUpdateCount() != -1) {
        seen.add(rows ? table(statement.getResultSet()) : statement.getUpdateCount());
        rows = statement.getMoreResults();
      }
    }
    return seen;
  }

  private static Object parameters(Connection db) throws SQLException {
    List<Object> seen = list();
    try (PreparedStatement statement = db.prepareStatement("SELECT ?::int + 1 AS more, ?::text AS words, ?::bool AS truth")) {
      for (int i = 0; i < 8; i++) {
        statement.setInt(1, 41 + i);
        statement.setString(2, "Zoë 'quoted' \\ ☃");
        statement.setBoolean(3, i % 2 == 0);
        seen.add(table(statement.executeQuery()));
      }
    }
    return seen;
  }

  private static Object types(Connection db) throws SQLException {
    PGobject document = new PGobject();
    document.setType("jsonb");
    document.setValue("{\"a\": [1.5, null, \"é\"]}");
    List<Object> seen = list();
    try (PreparedStatement statement = db.prepareStatement("SELECT ?::int2, ?::int4, ?::int8, ?::float8, ?::numeric, ?::timestamptz, ?::date, ?::uuid, ?::jsonb, ?::int8[], ?::text[], ?::bytea, '1 day 02:03:04'::interval, '[1,9)'::int4range")) {
      for (int i = 0; i < 3; i++) {
        statement.setShort(1, Short.MIN_VALUE);
        statement.setInt(2, Integer.MAX_VALUE);
        statement.setLong(3, Long.MIN_VALUE);
        statement.setDouble(4, 0.1);
        statement.setBigDecimal(5, new BigDecimal("-1234567890.123456789"));
        statement.setObject(6, OffsetDateTime.parse("2024-02-29T23:59:59.123456Z"));
        statement.setObject(7, LocalDate.parse("2024-02-29"));
        statement.setObject(8, UUID.fromString("01020304-0506-0708-090a-0b0c0d0e0f10"));
        statement.setObject(9, document);
        statement.setArray(10, db.createArrayOf("int8", new Long[] {1L, -2L, null}));
        statement.setArray(11, db.createArrayOf("text", new String[] {"a,\"b\" {c}", null, ""}));
        statement.setBytes(12, new byte[] {0, 1, -1, 92});
        seen.add(table(statement.executeQuery()));
      }
    }
    return seen;
  }

  private static Object threshold(Connection db) throws SQLException {
    List<Object> seen = list();
    try (PreparedStatement statement = db.prepareStatement("SELECT label FROM item WHERE n = ?")) {
      statement.unwrap(PGStatement.class).setPrepareThreshold(3);
      for (int n = 1; n <= 10; n++) {
        statement.setInt(1, n);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          seen.add(list(rows.getString(1), statement.unwrap(PGStatement.class).isUseServerPrepare()));
        }
      }
      seen.add(query(db, "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT label%'"));
    }
    return seen;
  }

  private static Object cache(Connection db) throws SQLException, Exception {
    long sum = 0;
    for (int round = 0; round < 40; round++) {
      try (PreparedStatement statement = db.prepareStatement("SELECT ?::int * " + round % 8)) {
        statement.setInt(1, round);
        try (ResultSet rows = statement.executeQuery()) {
          rows.next();
          sum += rows.getInt(1);
        }
      }
    }
    execute(db, "CREATE TEMP TABLE changing (a int); INSERT INTO changing VALUES (1)");
    List<Object> seen = list(sum);
    try (PreparedStatement statement = db.prepareStatement("SELECT * FROM changing")) {
      seen.add(table(statement.executeQuery()));
      execute(db, "ALTER TABLE changing ADD b text DEFAULT 'b'");
      seen.add(failure(() -> statement.executeQuery().close())); // the driver prepares it anew by itself
      db.setAutoCommit(false);
      seen.add(table(statement.executeQuery()));
      execute(db, "ALTER TABLE changing ADD c text DEFAULT 'c'");
      seen.add(failure(() -> statement.executeQuery().close())); // and cannot within a transaction
      db.rollback();
      db.setAutoCommit(true);
      seen.add(table(statement.executeQuery()));
      execute(db, "DEALLOCATE ALL");
      seen.add(code(() -> statement.executeQuery().close()));
    }
    return seen;
  }

  private static Object batch(Connection db) throws SQLException {
    execute(db, "DO $$BEGIN DELETE FROM loaded; END$$");
    db.setAutoCommit(false);
    try (PreparedStatement statement = db.prepareStatement("INSERT INTO loaded (n, label) VALUES (?, ?)")) {
      for (int n = 0; n < 1000; n++) {
        statement.setInt(1, n);
        statement.setString(2, "row " + n);
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      db.commit();
      return list(counts, query(db, "SELECT count(*), sum(n), max(label) FROM loaded"));
    }
  }

  private static Object brokenBatch(Connection db) throws SQLException {
    List<Object> seen = list();
    try (Statement statement = db.createStatement()) {
      for (String sql : List.of("UPDATE item SET label = 'gone' WHERE n = 1", "INSERT INTO item VALUES (2, 'twice')", "UPDATE item SET label = 'gone' WHERE n = 3")) statement.addBatch(sql);
      statement.executeBatch();
    } catch (BatchUpdateException error) {
      seen.add(list(error.getUpdateCounts(), error.getSQLState(), describe((SQLException) error.getNextException())));
    }
    seen.add(query(db, "SELECT label FROM item WHERE n <= 3 ORDER BY n"));
    return seen;
  }

  private static Object transaction(Connection db) throws Exception {
    db.setAutoCommit(false);
    List<Object> seen = list(execute(db, "UPDATE item SET label = 'gone' WHERE n = 2"));
    seen.add(failure(() -> execute(db, "INSERT INTO item VALUES (1, 'twice')")));
    seen.add(failure(() -> execute(db, "SELECT 1")));
    seen.add(code(db::rollback));
    db.setAutoCommit(true);
    seen.add(query(db, "SELECT label FROM item WHERE n = 2"));
    return seen;
  }

  private static Object savepoints(Connection db) throws Exception {
    db.setAutoCommit(false);
    db.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    Savepoint before = db.setSavepoint("before");
    Object error = failure(() -> execute(db, "UPDATE item SET label = 'bad' WHERE n = 3"));
    db.rollback(before);
    Object rows = query(db, "SELECT label, current_setting('transaction_isolation') FROM item WHERE n = 3");
    db.commit();
    return list(error, rows);
  }

  private static Object cursor(Connection db) throws Exception {
    db.setAutoCommit(false);
    List<Object> seen = list();
    try (Statement statement = db.createStatement()) {
      statement.setFetchSize(7);
      try (ResultSet rows = statement.executeQuery("SELECT n FROM generate_series(1, 25) AS n")) {
        while (rows.next()) seen.add(rows.getInt(1));
      }
      try (ResultSet rows = statement.executeQuery("SELECT 10 / (20 - n) FROM generate_series(1, 25) AS n")) {
        seen.add(failure(() -> {
          while (rows.next()) seen.add(rows.getInt(1));
        }));
      }
      db.rollback();
      statement.setFetchSize(0);
      statement.setMaxRows(3);
      seen.add(table(statement.executeQuery("SELECT n FROM generate_series(1, 25) AS n")));
    }
    return seen;
  }

  private static Object wrong(Connection db) throws Exception {
    List<Object> seen = list();
    for (String sql : List.of("SELEC 1", "SELECT * FROM nowhere", "SELECT label FROM item WHERE m = 1", "SELECT 'x'::int", "INSERT INTO item VALUES (100, NULL)", "")) seen.add(failure(() -> execute(db, sql)));
    return seen;
  }

  private static Object generated(Connection db) throws Exception {
    execute(db, "CREATE TEMP TABLE made (id serial, label text)");
    try (PreparedStatement statement = db.prepareStatement("INSERT INTO made (label) VALUES (?), ('more')", Statement.RETURN_GENERATED_KEYS)) {
      statement.setString(1, "first");
      int count = statement.executeUpdate();
      return list(count, table(statement.getGeneratedKeys()));
    }
  }

  private static Object large(Connection db) throws Exception {
    try (PreparedStatement statement = db.prepareStatement("SELECT repeat('0123456789', 2000000), length(?)")) {
      statement.setString(1, "é".repeat(5_000_000));
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return list(rows.getString(1).length(), rows.getString(1).endsWith("789"), rows.getInt(2));
      }
    }
  }

  private static Object many(Connection db) throws Exception {
    long count = 0;
    long sum = 0;
    try (ResultSet rows = db.createStatement().executeQuery("SELECT n, n * 2, 'row ' || n FROM generate_series(1, 100000) AS n")) {
      while (rows.next()) {
        count++;
        sum += rows.getInt(2) + rows.getString(3).length();
      }
    }
    return list(count, sum);
  }

  private static Object call(Connection db) throws Exception {
    try (var call = db.prepareCall("{? = call upper(?)}")) {
      call.registerOutParameter(1, Types.VARCHAR);
      call.setString(2, "small");
      call.execute();
      return list(call.getString(1), db.unwrap(PGConnection.class).escapeLiteral("it's"));
    }
  }
}
