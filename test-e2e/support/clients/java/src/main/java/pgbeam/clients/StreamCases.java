package pgbeam.clients;

import static pgbeam.clients.Main.code;
import static pgbeam.clients.Main.execute;
import static pgbeam.clients.Main.failure;
import static pgbeam.clients.Main.list;
import static pgbeam.clients.Main.open;
import static pgbeam.clients.Main.query;
import static pgbeam.clients.Main.waitForStatement;

import java.io.ByteArrayOutputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;

final class StreamCases {
  private StreamCases() {}

  static void play() throws Exception {
    Main.play("COPY in and out", StreamCases::copy);
    Main.play("COPY in with bad data, and one that the client gives up", StreamCases::brokenCopyIn);
    Main.play("COPY out that fails on its way", StreamCases::brokenCopyOut);
    Main.play("LISTEN and NOTIFY", StreamCases::listen);
    Main.play("cancel over TLS, and the connection goes on", StreamCases::cancel);
    Main.play("a query timeout of the driver cancels", StreamCases::queryTimeout);
    Main.play("a statement timeout", StreamCases::statementTimeout);
    Main.play("notices", StreamCases::notices);
    Main.play("a session that the server ends", db -> list(failure(() -> execute(db, "SELECT pg_terminate_backend(pg_backend_pid())")), db.isValid(5)));
  }

  private static CopyManager copies(Connection db) throws Exception {
    return db.unwrap(PGConnection.class).getCopyAPI();
  }

  private static Object copy(Connection db) throws Exception {
    execute(db, "DO $$BEGIN DELETE FROM loaded; END$$");
    StringBuilder rows = new StringBuilder();
    for (int n = 0; n < 20_000; n++) rows.append(n).append("\trow ").append(n).append("\t2024-02-29 12:00:00Z\n");
    long in = copies(db).copyIn("COPY loaded FROM STDIN", new StringReader(rows.toString()));
    List<Object> seen = list(in);
    for (String format : List.of("csv", "binary")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      seen.add(copies(db).copyOut("COPY (SELECT * FROM loaded ORDER BY n) TO STDOUT (FORMAT " + format + ")", out));
      seen.add(out.size());
      seen.add(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(out.toByteArray())));
    }
    return seen;
  }

  private static Object brokenCopyIn(Connection db) throws Exception {
    Object bad = failure(() -> copies(db).copyIn("COPY loaded (n, label) FROM STDIN", new StringReader("not a number\tx\n" + "1\tlate\n".repeat(100_000))));
    CopyIn given = copies(db).copyIn("COPY loaded (n, label) FROM STDIN");
    byte[] row = "1\tone\n".getBytes(StandardCharsets.UTF_8);
    given.writeToCopy(row, 0, row.length);
    return list(bad, code(given::cancelCopy), given.isActive(), query(db, "SELECT 'goes on', count(*) FROM loaded WHERE label = 'one'"));
  }

  private static Object brokenCopyOut(Connection db) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Object error = failure(() -> copies(db).copyOut("COPY (SELECT 1/(500 - n) FROM generate_series(1, 1000) AS n) TO STDOUT", out));
    return list(error, out.size(), query(db, "SELECT 'goes on'"));
  }

  private static Object listen(Connection db) throws Exception {
    execute(db, "LISTEN news");
    List<Object> seen = list();
    try (Connection other = open()) {
      for (String text : List.of("one", "two")) execute(other, "NOTIFY news, '" + text + "'");
      while (seen.size() < 2) {
        for (PGNotification one : db.unwrap(PGConnection.class).getNotifications(10_000))
          seen.add(list(one.getName(), one.getParameter(), one.getPID() == other.unwrap(PGConnection.class).getBackendPID()));
      }
    }
    return seen;
  }

  private static Object cancel(Connection db) throws Exception {
    List<Object> seen = list();
    try (Statement statement = db.createStatement()) {
      for (int round = 0; round < 3; round++) {
        String mark = "by statement " + round;
        CompletableFuture<Void> cancelling = CompletableFuture.runAsync(() -> {
          try {
            waitForStatement(mark);
            statement.cancel();
          } catch (Exception error) {
            throw new IllegalStateException(error);
          }
        });
        seen.add(failure(() -> statement.execute("SELECT pg_sleep(60) /* " + mark + " */")));
        cancelling.get();
        seen.add(query(db, "SELECT 'goes on'"));
      }
    }
    return seen;
  }

  private static Object queryTimeout(Connection db) throws Exception {
    try (Statement statement = db.createStatement()) {
      statement.setQueryTimeout(1);
      return list(failure(() -> statement.execute("SELECT pg_sleep(60)")), query(db, "SELECT 'goes on'"));
    }
  }

  private static Object statementTimeout(Connection db) throws Exception {
    execute(db, "SET statement_timeout = '100ms'");
    return list(failure(() -> execute(db, "SELECT pg_sleep(60)")), query(db, "SELECT 'goes on'"));
  }

  private static Object notices(Connection db) throws Exception {
    List<Object> heard = list();
    try (Statement statement = db.createStatement()) {
      statement.execute("DO $$ BEGIN RAISE NOTICE 'first %', 1 USING DETAIL = 'more', HINT = 'less'; RAISE WARNING 'second'; END $$; ALTER TABLE IF EXISTS nowhere ADD COLUMN n int");
      for (SQLWarning one = statement.getWarnings(); one != null; one = one.getNextWarning()) heard.add(list(one.getSQLState(), one.getMessage()));
    }
    return heard;
  }
}
