package pgbeam.clients;

import static pgbeam.clients.Main.code;
import static pgbeam.clients.Main.execute;
import static pgbeam.clients.Main.list;
import static pgbeam.clients.Main.open;
import static pgbeam.clients.Main.say;

import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.postgresql.PGConnection;

/** What a policy and a revocation do to a program; the test knows what must come out. */
final class Enforcement {
  private Enforcement() {}

  private static String read(Connection db) throws SQLException {
    try (PreparedStatement statement = db.prepareStatement("SELECT label FROM item WHERE n = ?")) {
      statement.setInt(1, 7);
      ResultSet rows = statement.executeQuery();
      rows.next();
      return rows.getString(1);
    }
  }

  /** In every way that the driver has to write. */
  static void readOnly() throws Exception {
    try (Connection db = open(); Connection simple = open("preferQueryMode", "simple")) {
      say("read", read(db));
      for (String sql : List.of("INSERT INTO item VALUES (99, 'new')", "UPDATE item SET label = 'changed' WHERE n = 1", "DELETE FROM item WHERE n = 1", "CREATE TABLE made (n int)"))
        say(sql, list(code(() -> execute(db, sql)), code(() -> execute(simple, sql)), read(db)));
      try (PreparedStatement statement = db.prepareStatement("UPDATE item SET label = ? WHERE n = ?")) {
        statement.setString(1, "changed");
        statement.setInt(2, 1);
        say("prepare a write", list(code(statement::executeUpdate), code(statement::executeUpdate), read(db)));
      }
      try (Statement statement = db.createStatement()) {
        statement.addBatch("UPDATE item SET label = 'changed' WHERE n = 1");
        statement.addBatch("DELETE FROM item WHERE n = 2");
        say("batch with a write", list(code(statement::executeBatch), read(db)));
      }
      say("copy in", list(code(() -> db.unwrap(PGConnection.class).getCopyAPI().copyIn("COPY item FROM STDIN", new StringReader("99\tnew\n"))), read(db)));
      db.setAutoCommit(false);
      String first = code(() -> execute(db, "DELETE FROM item"));
      String after = code(() -> execute(db, "SELECT 1"));
      String end = code(db::rollback);
      say("write in a transaction", list(first, after, end, read(db)));
    }
  }

  /** Three connections, one with a running statement; the test revokes the credential meanwhile. */
  static void revoke() throws Exception {
    Connection busy = open();
    List<Connection> idle = List.of(open(), open());
    say("ready", true);
    say("statement", code(() -> execute(busy, "SELECT pg_sleep(60) /* until revoked */")));
    for (Connection one : idle) say("idle connection", !"worked".equals(code(() -> execute(one, "SELECT 1"))));
    for (int i = 0; i < 3; i++) say("login", code(() -> open().close()));
  }
}
