package pgbeam.clients;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Plays named cases with pgjdbc and prints one JSON line for each. The test plays them against the database and through
 * the proxy and compares the lines, so nothing that differs by nature (process ids, ports, times) is printed.
 */
public final class Main {
  interface Work {
    Object with(Connection db) throws Exception;
  }

  interface Deed {
    void run() throws Exception;
  }

  private static final String AT = System.getenv("AT");
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "cases" -> {
        LoginCases.play();
        QueryCases.play();
        StreamCases.play();
      }
      case "read-only" -> Enforcement.readOnly();
      case "revoke" -> Enforcement.revoke();
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.exit(0); // a thread that still waits for a server must not keep the program
  }

  static String at(String name) {
    return Json.read(AT, name);
  }

  /** verify-full and a bound channel; `more` is name, value, name, value. */
  static Connection open(String... more) throws SQLException {
    Properties settings = new Properties();
    settings.putAll(Map.of("user", at("user"), "password", at("password"), "sslmode", "verify-full", "sslrootcert", at("ca"), "channelBinding", "require"));
    for (int i = 0; i < more.length; i += 2) settings.put(more[i], more[i + 1]);
    return DriverManager.getConnection("jdbc:postgresql://" + at("host") + ":" + at("port") + "/" + at("database"), settings);
  }

  static void say(String name, Object value) {
    OUT.println(Json.write(object("case", name, "value", value)));
  }

  /** A case on a connection of its own. */
  static void play(String name, Work work, String... more) throws Exception {
    try (Connection db = open(more)) {
      say(name, work.with(db));
    }
  }

  static List<Object> list(Object... values) {
    return new ArrayList<>(Arrays.asList(values));
  }

  static Map<String, Object> object(Object... pairs) {
    Map<String, Object> made = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) made.put((String) pairs[i], pairs[i + 1]);
    return made;
  }

  static String code(Deed deed) throws Exception {
    try {
      deed.run();
      return "worked";
    } catch (SQLException error) {
      return error.getSQLState();
    }
  }

  static Object failure(Deed deed) throws Exception {
    try {
      deed.run();
      return "worked";
    } catch (SQLException error) {
      return describe(error);
    }
  }

  /** What a program can learn about an error; the login name, which differs, is taken out. */
  static Object describe(SQLException error) {
    ServerErrorMessage said = error instanceof PSQLException own ? own.getServerErrorMessage() : null;
    if (said == null) return object("type", error.getClass().getSimpleName(), "code", error.getSQLState(), "message", error.getMessage());
    return object("severity", said.getSeverity(), "code", said.getSQLState(), "message", said.getMessage().replace(at("user"), "<user>"), "detail", said.getDetail(), "hint", said.getHint(),
        "position", said.getPosition(), "table", said.getTable(), "column", said.getColumn(), "constraint", said.getConstraint(), "where", said.getWhere());
  }

  /** Everything: names and types of columns, and rows with the types that Java gets. */
  static Object table(ResultSet rows) throws SQLException {
    ResultSetMetaData meta = rows.getMetaData();
    List<Object> columns = list();
    List<Object> all = list();
    for (int i = 1; i <= meta.getColumnCount(); i++) columns.add(list(meta.getColumnName(i), meta.getColumnTypeName(i), meta.getPrecision(i), meta.getTableName(i)));
    while (rows.next()) {
      List<Object> row = list();
      for (int i = 1; i <= meta.getColumnCount(); i++) row.add(typed(rows.getObject(i)));
      all.add(row);
    }
    return object("columns", columns, "rows", all);
  }

  static String typed(Object value) throws SQLException {
    if (value == null) return "null";
    String text = value instanceof java.sql.Array array ? Arrays.deepToString((Object[]) array.getArray()) : value instanceof byte[] bytes ? Arrays.toString(bytes) : value.toString();
    return value.getClass().getSimpleName() + " " + text;
  }

  static Object query(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
      return table(rows);
    }
  }

  static int execute(Connection db, String sql) throws SQLException {
    try (Statement statement = db.createStatement()) {
      statement.execute(sql);
      return statement.getUpdateCount();
    }
  }

  /** Returns when the server runs a statement with the mark; it is watched on a connection of its own. */
  static void waitForStatement(String mark) throws Exception {
    try (Connection watcher = open(); Statement statement = watcher.createStatement()) {
      for (;;) {
        try (ResultSet rows = statement.executeQuery("SELECT FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%" + mark + "%'")) {
          if (rows.next()) return;
        }
        Thread.sleep(20);
      }
    }
  }
}
