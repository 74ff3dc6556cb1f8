// Command pgx plays named cases with pgx and prints one JSON line for each. The test plays them against the database
// and through the proxy and compares the lines, so nothing that differs by nature (pids, ports, times) is printed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// destination is where to connect; the test passes it as JSON in AT.
type destination struct {
	Host, User, Password, Database, CA, OtherCA string
	Port                                        int
}

type object = map[string]any

type testCase struct {
	name string
	play func(context.Context) any
}

var at destination

func main() {
	check(json.Unmarshal([]byte(os.Getenv("AT")), &at))
	ctx, stop := context.WithTimeout(context.Background(), 4*time.Minute)
	defer stop()
	switch os.Args[1] {
	case "cases":
		for _, one := range append(append(loginCases, queryCases...), streamCases...) {
			say(one.name, one.play(ctx))
		}
	case "read-only":
		playReadOnly(ctx)
	case "revoke":
		playRevoke(ctx)
	default:
		panic("no such mode: " + os.Args[1])
	}
}

func say(name string, value any) {
	check(json.NewEncoder(os.Stdout).Encode(object{"case": name, "value": value}))
}

// check ends the program: an error that no case expects fails the test with its own words.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func quote(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// dsn has verify-full and channel binding; what comes later in the string wins.
func dsn(more string) string {
	return fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s sslmode=verify-full sslrootcert=%s channel_binding=require %s",
		at.Host, at.Port, quote(at.User), quote(at.Password), quote(at.Database), quote(at.CA), more)
}

func open(ctx context.Context) *pgx.Conn {
	return must(pgx.Connect(ctx, dsn("")))
}

// with plays a case on a connection of its own.
func with(play func(context.Context, *pgx.Conn) any) func(context.Context) any {
	return func(ctx context.Context) any {
		conn := open(ctx)
		defer conn.Close(ctx)
		return play(ctx, conn)
	}
}

// failure is what a program can learn about an error; the login name, which differs, is taken out.
func failure(err error) any {
	var server *pgconn.PgError
	if err == nil {
		return "worked"
	}
	if !errors.As(err, &server) {
		return "no answer from the server: " + err.Error()
	}
	return object{
		"severity": server.Severity, "code": server.Code, "message": strings.ReplaceAll(server.Message, at.User, "<user>"), "detail": server.Detail,
		"hint": server.Hint, "position": server.Position, "table": server.TableName, "column": server.ColumnName, "constraint": server.ConstraintName, "where": server.Where,
	}
}

func code(err error) string {
	var server *pgconn.PgError
	if errors.As(err, &server) {
		return server.Code
	}
	if err == nil {
		return "worked"
	}
	return "no answer from the server: " + err.Error()
}

// table reads everything: the names and types of the columns, the rows, the command tag, and how it ended.
func table(rows pgx.Rows, err error) any {
	if err != nil {
		return failure(err)
	}
	columns, all := []any{}, []any{}
	for _, field := range rows.FieldDescriptions() {
		columns = append(columns, []any{field.Name, field.DataTypeOID, field.TypeModifier, field.Format})
	}
	for rows.Next() {
		values := must(rows.Values())
		for i, value := range values {
			values[i] = fmt.Sprintf("%T %v", value, value)
		}
		all = append(all, values)
	}
	return object{"columns": columns, "rows": all, "tag": rows.CommandTag().String(), "end": failure(rows.Err())}
}

// waitForStatement returns when the server runs a statement with the mark; it is watched on a connection of its own.
func waitForStatement(ctx context.Context, mark string) {
	watcher := open(ctx)
	defer watcher.Close(ctx)
	for {
		var running int
		check(watcher.QueryRow(ctx, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%' || $1 || '%'", mark).Scan(&running))
		if running > 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}
