package pgbeam.clients;

import static pgbeam.clients.Main.at;
import static pgbeam.clients.Main.failure;
import static pgbeam.clients.Main.list;
import static pgbeam.clients.Main.object;
import static pgbeam.clients.Main.open;
import static pgbeam.clients.Main.query;
import static pgbeam.clients.Main.say;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;

final class LoginCases {
  private LoginCases() {}

  static void play() throws Exception {
    Main.play("verify-full, SCRAM with required channel binding", db -> query(db, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    say("another CA is not trusted", untrusted());
    say("a wrong password", failure(() -> open("password", "wrong").close()));
    Main.play("what the server says of itself", LoginCases::reported);
    Main.play("settings in the startup packet", db -> query(db, "SELECT current_setting('application_name'), current_setting('statement_timeout'), current_setting('TimeZone'), current_user = session_user"),
        "ApplicationName", "fromjava", "options", "-c statement_timeout=4321");
    Main.play("metadata of the catalog", LoginCases::catalog);
    say("a pool of 8 connections in parallel", pool());
  }

  private static boolean untrusted() throws Exception {
    try (Connection db = open("sslrootcert", at("otherCA"))) {
      return false;
    } catch (SQLException error) {
      return String.valueOf(error.getCause()).contains("PKIX path validation failed") || String.valueOf(error.getCause()).contains("PKIX path building failed");
    }
  }

  private static Object reported(Connection db) throws SQLException {
    PGConnection own = db.unwrap(PGConnection.class);
    return list(own.getParameterStatuses().toString(), db.getMetaData().getDatabaseProductVersion());
  }

  private static Object catalog(Connection db) throws SQLException {
    List<Object> seen = list();
    try (ResultSet rows = db.getMetaData().getColumns(null, "public", "item", "%")) {
      while (rows.next()) seen.add(list(rows.getString("COLUMN_NAME"), rows.getString("TYPE_NAME"), rows.getInt("NULLABLE")));
    }
    try (ResultSet rows = db.getMetaData().getPrimaryKeys(null, "public", "item")) {
      while (rows.next()) seen.add(list(rows.getString("COLUMN_NAME"), rows.getString("PK_NAME")));
    }
    try (ResultSet rows = db.getMetaData().getTables(null, "public", "%", new String[] {"TABLE"})) {
      while (rows.next()) seen.add(rows.getString("TABLE_NAME"));
    }
    return seen;
  }

  private static Object pool() throws Exception {
    BlockingQueue<Connection> idle = new ArrayBlockingQueue<>(8);
    for (int i = 0; i < 8; i++) idle.add(open());
    ExecutorService workers = Executors.newFixedThreadPool(8);
    List<Future<Long>> answers = new ArrayList<>();
    for (int n = 0; n < 400; n++) {
      int last = n;
      answers.add(workers.submit(() -> {
        Connection db = idle.take();
        try (PreparedStatement statement = db.prepareStatement("SELECT coalesce(sum(i), 0) FROM generate_series(1, ?) AS i")) {
          statement.setInt(1, last);
          try (ResultSet rows = statement.executeQuery()) {
            rows.next();
            return rows.getLong(1);
          }
        } finally {
          idle.add(db);
        }
      }));
    }
    List<Object> seen = list();
    for (Future<Long> one : answers) seen.add(one.get());
    workers.shutdown();
    for (Connection db : idle) db.close();
    return object("answers", seen);
  }
}
