package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
)

var streamCases = []testCase{
	{"CopyFrom, binary, and COPY out", with(func(ctx context.Context, conn *pgx.Conn) any {
		check(failureOnly(conn.Exec(ctx, "DO $$BEGIN DELETE FROM loaded; END$$")))
		at := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
		count, err := conn.CopyFrom(ctx, pgx.Identifier{"loaded"}, []string{"n", "label", "at"}, pgx.CopyFromSlice(20_000, func(i int) ([]any, error) {
			return []any{i, fmt.Sprintf("row %d", i), at.Add(time.Duration(i) * time.Second)}, nil
		}))
		var out bytes.Buffer
		tag, outErr := conn.PgConn().CopyTo(ctx, &out, "COPY (SELECT * FROM loaded ORDER BY n) TO STDOUT (FORMAT csv)")
		return []any{count, failure(err), tag.String(), failure(outErr), out.Len(), fmt.Sprintf("%x", sha256.Sum256(out.Bytes()))}
	})},
	{"COPY in with bad data, and one that the client gives up", with(func(ctx context.Context, conn *pgx.Conn) any {
		_, bad := conn.PgConn().CopyFrom(ctx, strings.NewReader("not a number\tx\n"+strings.Repeat("1\tlate\n", 100_000)), "COPY loaded (n, label) FROM STDIN")
		given := io.MultiReader(strings.NewReader("1\tone\n"), failingReader{})
		_, up := conn.PgConn().CopyFrom(ctx, given, "COPY loaded (n, label) FROM STDIN")
		return []any{failure(bad), fmt.Sprint(up), table(conn.Query(ctx, "SELECT 'goes on'"))}
	})},
	{"COPY out that fails on its way", with(func(ctx context.Context, conn *pgx.Conn) any {
		var out bytes.Buffer
		_, err := conn.PgConn().CopyTo(ctx, &out, "COPY (SELECT 1/(500 - n) FROM generate_series(1, 1000) AS n) TO STDOUT")
		return []any{failure(err), out.Len(), table(conn.Query(ctx, "SELECT 'goes on'"))}
	})},
	{"LISTEN and NOTIFY", with(func(ctx context.Context, conn *pgx.Conn) any {
		other := open(ctx)
		defer other.Close(ctx)
		check(failureOnly(conn.Exec(ctx, "LISTEN news")))
		for _, text := range []string{"one", "two"} {
			check(failureOnly(other.Exec(ctx, "SELECT pg_notify('news', $1)", text)))
		}
		first, second := must(conn.WaitForNotification(ctx)), must(conn.WaitForNotification(ctx))
		short, stop := context.WithTimeout(ctx, 100*time.Millisecond)
		defer stop()
		_, none := conn.WaitForNotification(short)
		return []any{first.Channel, first.Payload, second.Payload, pgconn.Timeout(none), first.PID == other.PgConn().PID()}
	})},
	{"a context that ends sends a cancel request, and the connection goes on", func(ctx context.Context) any {
		config := must(pgx.ParseConfig(dsn("")))
		config.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
			return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 20 * time.Second}
		}
		conn := must(pgx.ConnectConfig(ctx, config))
		defer conn.Close(ctx)
		seen := []any{}
		for round := range 3 {
			mark := fmt.Sprintf("context %d", round)
			short, stop := context.WithCancel(ctx)
			go func() {
				waitForStatement(ctx, mark)
				stop()
			}()
			_, err := conn.Exec(short, "SELECT pg_sleep(60) /* "+mark+" */")
			seen = append(seen, failure(err), errors.Is(err, context.Canceled), table(conn.Query(ctx, "SELECT 'goes on'")))
		}
		return seen
	}},
	{"CancelRequest over TLS", with(func(ctx context.Context, conn *pgx.Conn) any {
		go func() {
			waitForStatement(ctx, "by request")
			check(conn.PgConn().CancelRequest(ctx))
		}()
		_, err := conn.Exec(ctx, "SELECT pg_sleep(60) /* by request */")
		return []any{failure(err), table(conn.Query(ctx, "SELECT 'goes on'"))}
	})},
	{"a statement timeout", with(func(ctx context.Context, conn *pgx.Conn) any {
		check(failureOnly(conn.Exec(ctx, "SET statement_timeout = '100ms'")))
		_, err := conn.Exec(ctx, "SELECT pg_sleep(60)")
		return []any{failure(err), table(conn.Query(ctx, "SELECT 'goes on'"))}
	})},
	{"notices", func(ctx context.Context) any {
		config, heard := must(pgx.ParseConfig(dsn(""))), []any{}
		config.OnNotice = func(_ *pgconn.PgConn, notice *pgconn.Notice) {
			heard = append(heard, []any{notice.Severity, notice.Code, notice.Message, notice.Detail, notice.Hint})
		}
		conn := must(pgx.ConnectConfig(ctx, config))
		defer conn.Close(ctx)
		check(failureOnly(conn.Exec(ctx, "DO $$ BEGIN RAISE NOTICE 'first %', 1 USING DETAIL = 'more', HINT = 'less'; RAISE WARNING 'second'; END $$")))
		check(failureOnly(conn.Exec(ctx, "ALTER TABLE IF EXISTS nowhere ADD COLUMN n int")))
		return heard
	}},
	{"a session that the server ends", with(func(ctx context.Context, conn *pgx.Conn) any {
		_, err := conn.Exec(ctx, "SELECT pg_terminate_backend(pg_backend_pid())")
		return []any{failure(err), conn.IsClosed()}
	})},
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) {
	return 0, errors.New("given up by the client")
}
