package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"sort"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

var loginCases = []testCase{
	{"verify-full, SCRAM with required channel binding", with(func(ctx context.Context, conn *pgx.Conn) any {
		state := conn.PgConn().Conn().(*tls.Conn).ConnectionState()
		var encrypted bool
		check(conn.QueryRow(ctx, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").Scan(&encrypted))
		return object{"version": tls.VersionName(state.Version), "chains": len(state.VerifiedChains), "upstream": encrypted}
	})},
	{"another CA is not trusted", func(ctx context.Context) any {
		_, err := pgx.Connect(ctx, dsn("sslrootcert="+quote(at.OtherCA)))
		var unknown x509.UnknownAuthorityError
		return errors.As(err, &unknown)
	}},
	{"a wrong password", func(ctx context.Context) any {
		_, err := pgx.Connect(ctx, dsn("password=wrong"))
		return failure(err)
	}},
	{"SCRAM is the only method accepted", func(ctx context.Context) any {
		conn, err := pgx.Connect(ctx, dsn("require_auth=scram-sha-256"))
		if err == nil {
			defer conn.Close(ctx)
		}
		return failure(err)
	}},
	{"what the server says of itself", with(func(ctx context.Context, conn *pgx.Conn) any {
		said := object{}
		for _, name := range []string{"server_version", "server_encoding", "client_encoding", "DateStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings", "IntervalStyle", "in_hot_standby", "default_transaction_read_only"} {
			said[name] = conn.PgConn().ParameterStatus(name)
		}
		check(failureOnly(conn.Exec(ctx, "SET TimeZone = 'Asia/Tokyo'")))
		said["TimeZone after SET"] = conn.PgConn().ParameterStatus("TimeZone")
		return said
	})},
	{"settings in the startup packet", func(ctx context.Context) any {
		conn := must(pgx.Connect(ctx, dsn("application_name=fromgo timezone=Europe/Berlin options='-c statement_timeout=4321'")))
		defer conn.Close(ctx)
		return table(conn.Query(ctx, "SELECT current_setting('application_name'), current_setting('TimeZone'), current_setting('statement_timeout'), current_user = session_user"))
	}},
	{"a pool of 8 connections in parallel", func(ctx context.Context) any {
		pool := must(pgxpool.New(ctx, dsn("pool_min_conns=8 pool_max_conns=8")))
		defer pool.Close()
		sums, all := make(chan int, 400), sync.WaitGroup{}
		for n := range 400 {
			all.Go(func() {
				var sum int
				check(pool.QueryRow(ctx, "SELECT coalesce(sum(i), 0)::int FROM generate_series(1, $1) AS i", n).Scan(&sum))
				sums <- sum
			})
		}
		all.Wait()
		close(sums)
		seen := []int{}
		for sum := range sums {
			seen = append(seen, sum)
		}
		sort.Ints(seen)
		return object{"answers": seen, "at most 8": pool.Stat().MaxConns() == 8 && pool.Stat().TotalConns() <= 8}
	}},
}

func failureOnly(_ pgconn.CommandTag, err error) error {
	return err
}

// playReadOnly tries to write in every way that the driver has; the test knows what must come out.
func playReadOnly(ctx context.Context) {
	conn := open(ctx)
	defer conn.Close(ctx)
	reads := func() any {
		var label string
		check(conn.QueryRow(ctx, "SELECT label FROM item WHERE n = $1", 7).Scan(&label))
		return label
	}
	say("read", reads())
	for _, sql := range []string{"INSERT INTO item VALUES (99, 'new')", "UPDATE item SET label = 'changed' WHERE n = 1", "DELETE FROM item WHERE n = 1", "CREATE TABLE made (n int)"} {
		_, extended := conn.Exec(ctx, sql)
		_, simple := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
		say(sql, []any{code(extended), code(simple), reads()})
	}
	_, err := conn.Prepare(ctx, "write", "UPDATE item SET label = $1 WHERE n = $2")
	say("prepare a write", []any{code(err), reads()})
	batch := &pgx.Batch{}
	batch.Queue("SELECT 1")
	batch.Queue("UPDATE item SET label = $1 WHERE n = 1", "changed")
	say("batch with a write", []any{code(conn.SendBatch(ctx, batch).Close()), reads()})
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"item"}, []string{"n", "label"}, pgx.CopyFromRows([][]any{{99, "new"}}))
	say("copy in", []any{code(err), reads()})
	transaction := must(conn.Begin(ctx))
	_, err = transaction.Exec(ctx, "DELETE FROM item")
	_, after := transaction.Exec(ctx, "SELECT 1")
	say("write in a transaction", []any{code(err), code(after), failure(transaction.Rollback(ctx)), reads()})
}

// playRevoke has a pool with a running statement and idle connections; the test revokes the credential meanwhile.
func playRevoke(ctx context.Context) {
	pool := must(pgxpool.New(ctx, dsn("pool_max_conns=3")))
	idle := []*pgxpool.Conn{must(pool.Acquire(ctx)), must(pool.Acquire(ctx))}
	say("ready", true)
	_, err := pool.Exec(ctx, "SELECT pg_sleep(60) /* until revoked */")
	say("statement", code(err))
	for _, one := range idle {
		_, err := one.Exec(ctx, "SELECT 1")
		say("idle connection", err != nil)
		one.Release()
	}
	for range 3 {
		_, err := pool.Exec(ctx, "SELECT 1")
		say("login", code(err))
	}
}
