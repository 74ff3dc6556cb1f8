package main

import (
	"context"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

var queryCases = []testCase{
	{"simple query", with(func(ctx context.Context, conn *pgx.Conn) any {
		return table(conn.Query(ctx, "SELECT n, label FROM item WHERE n < $1 ORDER BY n", pgx.QueryExecModeSimpleProtocol, 4))
	})},
	{"several statements in one simple query", with(func(ctx context.Context, conn *pgx.Conn) any {
		results, err := conn.PgConn().Exec(ctx, "SELECT 1 AS one; UPDATE item SET label = label WHERE n < 4; SELECT 'two', NULL; BEGIN; DELETE FROM item WHERE true; ROLLBACK").ReadAll()
		seen := []any{}
		for _, one := range results {
			seen = append(seen, []any{one.Rows, one.CommandTag.String()})
		}
		return object{"results": seen, "end": failure(err), "status": string(conn.PgConn().TxStatus())}
	})},
	{"extended query in every mode", with(func(ctx context.Context, conn *pgx.Conn) any {
		seen := object{}
		for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
			seen[mode.String()] = table(conn.Query(ctx, "SELECT $1::int + 1 AS more, $2::text AS words, $3::bool", mode, 41, "Zoë 'quoted' \\ ☃", true))
		}
		return seen
	})},
	{"binary values there and back", with(func(ctx context.Context, conn *pgx.Conn) any {
		at := time.Date(2024, 2, 29, 23, 59, 59, 123456000, time.UTC)
		amount := pgtype.Numeric{Int: big.NewInt(-1234567890123456789), Exp: -9, Valid: true}
		id := pgtype.UUID{Bytes: [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, Valid: true}
		var there struct {
			small  int16
			middle int32
			large  int64
			float  float64
			amount pgtype.Numeric
			at     time.Time
			day    time.Time
			id     pgtype.UUID
			doc    map[string]any
			ints   []int64
			words  []*string
			bytes  []byte
			span   pgtype.Range[pgtype.Int4]
			lasts  pgtype.Interval
		}
		word := "a,\"b\" {c}"
		err := conn.QueryRow(ctx, "SELECT $1::int2, $2::int4, $3::int8, $4::float8, $5::numeric, $6::timestamptz, $7::date, $8::uuid, $9::jsonb, $10::int8[], $11::text[], $12::bytea, $13::int4range, $14::interval",
			int16(-32768), int32(2147483647), int64(-9223372036854775808), 0.1, amount, at, at, id, map[string]any{"a": []any{1.5, nil, "é"}}, []int64{1, -2, 3}, []*string{&word, nil}, []byte{0, 1, 255, 92},
			pgtype.Range[pgtype.Int4]{Lower: pgtype.Int4{Int32: 1, Valid: true}, Upper: pgtype.Int4{Int32: 9, Valid: true}, LowerType: pgtype.Inclusive, UpperType: pgtype.Exclusive, Valid: true},
			90*time.Minute).Scan(&there.small, &there.middle, &there.large, &there.float, &there.amount, &there.at, &there.day, &there.id, &there.doc, &there.ints, &there.words, &there.bytes, &there.span, &there.lasts)
		check(err)
		words := []any{*there.words[0], there.words[1] == nil}
		return []any{there.small, there.middle, fmt.Sprint(there.large), there.float, must(there.amount.Value()), there.at.UTC(), there.day, must(there.id.Value()), there.doc, there.ints, words, there.bytes, fmt.Sprint(there.span), fmt.Sprint(there.lasts), conn.TypeMap() != nil}
	})},
	{"NULLs and empty values", with(func(ctx context.Context, conn *pgx.Conn) any {
		return table(conn.Query(ctx, "SELECT $1::text, $2::text, $3::int[], NULL::jsonb, ''::bytea WHERE $4::text IS NULL", nil, "", []int32{}, nil))
	})},
	{"a prepared statement, used again and again", with(func(ctx context.Context, conn *pgx.Conn) any {
		described := must(conn.Prepare(ctx, "label of", "SELECT label FROM item WHERE n = $1"))
		labels := []string{}
		for n := range 20 {
			var label string
			check(conn.QueryRow(ctx, "label of", n+1).Scan(&label))
			labels = append(labels, label)
		}
		check(conn.Deallocate(ctx, "label of"))
		_, gone := conn.PgConn().ExecPrepared(ctx, "label of", [][]byte{[]byte("1")}, nil, nil).Close()
		return []any{described.ParamOIDs, described.Fields[0].Name, labels, failure(gone)}
	})},
	{"the statement cache, also when it turns over and its table changes", func(ctx context.Context) any {
		conn := must(pgx.Connect(ctx, dsn("statement_cache_capacity=5")))
		defer conn.Close(ctx)
		sum := 0
		for round := range 40 {
			var n int
			check(conn.QueryRow(ctx, fmt.Sprintf("SELECT $1::int * %d", round%8), round).Scan(&n))
			sum += n
		}
		var kept int
		check(conn.QueryRow(ctx, "SELECT count(*) FROM pg_prepared_statements", pgx.QueryExecModeSimpleProtocol).Scan(&kept))
		check(failureOnly(conn.Exec(ctx, "CREATE TEMP TABLE changing (a int); INSERT INTO changing VALUES (1)", pgx.QueryExecModeSimpleProtocol)))
		before := table(conn.Query(ctx, "SELECT * FROM changing"))
		check(failureOnly(conn.Exec(ctx, "ALTER TABLE changing ADD b text DEFAULT 'b'")))
		stale := table(conn.Query(ctx, "SELECT * FROM changing"))
		return []any{sum, kept, before, stale, table(conn.Query(ctx, "SELECT * FROM changing"))}
	}},
	{"batch", with(func(ctx context.Context, conn *pgx.Conn) any {
		batch, seen := &pgx.Batch{}, []any{}
		for n := range 200 {
			batch.Queue("SELECT label FROM item WHERE n = $1", n%20+1)
		}
		batch.Queue("UPDATE item SET label = label WHERE n <= $1", 5)
		results := conn.SendBatch(ctx, batch)
		for range 200 {
			var label string
			check(results.QueryRow().Scan(&label))
			seen = append(seen, label)
		}
		tag := must(results.Exec())
		return []any{seen, tag.String(), failure(results.Close())}
	})},
	{"batch with an error: nothing of it stays", with(func(ctx context.Context, conn *pgx.Conn) any {
		batch, seen := &pgx.Batch{}, []any{}
		batch.Queue("UPDATE item SET label = 'gone' WHERE n = 1")
		batch.Queue("SELECT 1 / ($1::int - 1)", 1)
		batch.Queue("SELECT 2")
		results := conn.SendBatch(ctx, batch)
		for range 3 {
			tag, err := results.Exec()
			seen = append(seen, []any{tag.String(), failure(err)})
		}
		return []any{seen, failure(results.Close()), table(conn.Query(ctx, "SELECT label FROM item WHERE n = 1"))}
	})},
	{"pipeline with an error between two Syncs", with(func(ctx context.Context, conn *pgx.Conn) any {
		pipeline, seen := conn.PgConn().StartPipeline(ctx), []any{}
		for _, sql := range []string{"SELECT 1", "SELECT 1/0", "SELECT 'skipped'", "sync", "SELECT 2", "sync"} {
			if sql == "sync" {
				check(pipeline.Sync())
				continue
			}
			pipeline.SendQueryParams(sql, nil, nil, nil, nil)
		}
		for range 20 {
			result, err := pipeline.GetResults()
			if err == nil && result == nil {
				break
			}
			if reader, ok := result.(*pgconn.ResultReader); ok {
				rows := reader.Read()
				seen = append(seen, []any{rows.Rows, rows.CommandTag.String(), failure(rows.Err)})
			} else {
				seen = append(seen, []any{fmt.Sprintf("%T", result), failure(err)})
			}
		}
		return []any{seen, failure(pipeline.Close())}
	})},
	{"an error inside a transaction", with(func(ctx context.Context, conn *pgx.Conn) any {
		transaction := must(conn.Begin(ctx))
		check(failureOnly(transaction.Exec(ctx, "UPDATE item SET label = 'gone' WHERE n = 2")))
		_, first := transaction.Exec(ctx, "INSERT INTO item VALUES (1, 'twice')")
		_, second := transaction.Exec(ctx, "SELECT 1")
		status := string(conn.PgConn().TxStatus())
		return []any{failure(first), failure(second), status, fmt.Sprint(transaction.Commit(ctx)), table(conn.Query(ctx, "SELECT label FROM item WHERE n = 2"))}
	})},
	{"savepoints", with(func(ctx context.Context, conn *pgx.Conn) any {
		outer := must(conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.Serializable}))
		inner := must(outer.Begin(ctx))
		_, err := inner.Exec(ctx, "UPDATE item SET label = 'bad' WHERE n = 3")
		check(inner.Rollback(ctx))
		rows := table(outer.Query(ctx, "SELECT label, current_setting('transaction_isolation') FROM item WHERE n = 3"))
		return []any{failure(err), rows, failure(outer.Commit(ctx))}
	})},
	{"a cursor", with(func(ctx context.Context, conn *pgx.Conn) any {
		transaction := must(conn.Begin(ctx))
		defer transaction.Rollback(ctx)
		check(failureOnly(transaction.Exec(ctx, "DECLARE walk SCROLL CURSOR FOR SELECT n FROM generate_series(1, 25) AS n")))
		seen := []any{}
		for _, sql := range []string{"FETCH 7 FROM walk", "FETCH PRIOR FROM walk", "MOVE 10 IN walk", "FETCH ALL FROM walk", "CLOSE walk", "FETCH 1 FROM walk"} {
			seen = append(seen, table(transaction.Query(ctx, sql, pgx.QueryExecModeExec)))
		}
		return seen
	})},
	{"syntax, names and types that are wrong", with(func(ctx context.Context, conn *pgx.Conn) any {
		seen := []any{}
		for _, sql := range []string{"SELEC 1", "SELECT * FROM nowhere", "SELECT label FROM item WHERE m = 1", "SELECT 'x'::int", "INSERT INTO item VALUES (100, NULL)", ""} {
			_, extended := conn.Exec(ctx, sql)
			_, simple := conn.Exec(ctx, sql, pgx.QueryExecModeSimpleProtocol)
			seen = append(seen, []any{failure(extended), failure(simple)})
		}
		return seen
	})},
	{"a large row", with(func(ctx context.Context, conn *pgx.Conn) any {
		var text string
		var length int
		check(conn.QueryRow(ctx, "SELECT repeat('0123456789', 2000000)").Scan(&text))
		check(conn.QueryRow(ctx, "SELECT length($1::text)", strings.Repeat("é", 5_000_000)).Scan(&length))
		return []any{len(text), strings.HasSuffix(text, "789"), length}
	})},
	{"many rows", with(func(ctx context.Context, conn *pgx.Conn) any {
		rows := must(conn.Query(ctx, "SELECT n, n * 2, 'row ' || n FROM generate_series(1, 100000) AS n"))
		count, sum := 0, 0
		for rows.Next() {
			var n, twice int
			var label string
			check(rows.Scan(&n, &twice, &label))
			count, sum = count+1, sum+twice+len(label)
		}
		return []any{count, sum, rows.CommandTag().String(), failure(rows.Err())}
	})},
}
