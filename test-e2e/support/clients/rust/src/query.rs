use std::{collections::HashMap, pin::pin};

use chrono::{DateTime, NaiveDate, Utc};
use futures::{StreamExt, future::join_all};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::join;
use tokio_postgres::{IsolationLevel, types::Type};
use uuid::Uuid;

use crate::session::{Session, describe, failure, open, say, simple, table};

pub async fn play() {
    say("several statements in one simple query", several(open().await).await);
    say("a simple query that fails in the middle", broken_simple(open().await).await);
    say("extended query", extended(open().await).await);
    say("a query with given types, in one round trip", typed(open().await).await);
    say("binary values there and back", values(open().await).await);
    say("binary values as they come", raw(open().await).await);
    say("NULLs and empty values", table(open().await.client.query("SELECT $1::text, $2::text, '{}'::int[], NULL::jsonb, ''::bytea", &[&None::<String>, &""]).await));
    say("types of the database's own", own_types(open().await).await);
    say("a prepared statement, used again and again", prepared(open().await).await);
    say("a prepared statement whose table changes", stale(open().await).await);
    say("pipelined futures", pipelined(open().await).await);
    say("pipelined futures, some of which fail", broken_pipeline(open().await).await);
    say("a pipelined transaction with an error", pipelined_transaction(open().await).await);
    say("an error inside a transaction", transaction(open().await).await);
    say("savepoints", savepoints(open().await).await);
    say("portals", portals(open().await).await);
    say("rows that nobody reads to the end", unread(open().await).await);
    say("syntax, names and types that are wrong", wrong(open().await).await);
    say("a large row", large(open().await).await);
    say("many rows", many(open().await).await);
}

async fn several(Session { client, .. }: Session) -> Value {
    simple(client.simple_query("SELECT 1 AS one; UPDATE item SET label = label WHERE n < 4; SELECT 'two', NULL; BEGIN; DELETE FROM item WHERE true; ROLLBACK; SELECT FROM item").await)
}

async fn broken_simple(Session { client, .. }: Session) -> Value {
    let failed = failure(client.batch_execute("UPDATE item SET label = 'gone' WHERE n = 1; SELECT 1/0; SELECT 2").await);
    json!([failed, simple(client.simple_query("SELECT label FROM item WHERE n = 1").await)])
}

async fn extended(Session { client, .. }: Session) -> Value {
    let rows = table(client.query("SELECT $1::int4 + 1 AS more, $2::text AS words, $3::bool", &[&41i32, &"Zoë 'quoted' \\ ☃", &true]).await);
    let count = client.execute("UPDATE item SET label = label WHERE n <= $1", &[&5i32]).await.expect("an update");
    json!([rows, count, failure(client.query_one("SELECT 1 WHERE false", &[]).await)])
}

async fn typed(Session { client, .. }: Session) -> Value {
    table(client.query_typed("SELECT n, label FROM item WHERE n < $1 AND label <> $2 ORDER BY n", &[(&4i32, Type::INT4), (&"item 2", Type::TEXT)]).await)
}

async fn values(Session { client, .. }: Session) -> Value {
    let at: DateTime<Utc> = "2024-02-29T23:59:59.123456Z".parse().expect("a time");
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day");
    let amount: Decimal = "-1234567890.123456789".parse().expect("a number");
    let id = Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10);
    let document = json!({ "a": [1.5, null, "é"] });
    let row = client.query_one("SELECT $1::int2, $2::int4, $3::int8, $4::float8, $5::numeric, $6::timestamptz, $7::date, $8::uuid, $9::jsonb, $10::int8[], $11::text[], $12::bytea", &[
        &i16::MIN, &i32::MAX, &i64::MIN, &0.1f64, &amount, &at, &day, &id, &document, &vec![Some(1i64), Some(-2), None], &vec![Some("a,\"b\" {c}"), None, Some("")], &vec![0u8, 1, 255, 92],
    ]).await.expect("a row");
    json!([
        row.get::<_, i16>(0), row.get::<_, i32>(1), row.get::<_, i64>(2).to_string(), row.get::<_, f64>(3), row.get::<_, Decimal>(4).to_string(), row.get::<_, DateTime<Utc>>(5).to_rfc3339(),
        row.get::<_, NaiveDate>(6).to_string(), row.get::<_, Uuid>(7).to_string(), row.get::<_, Value>(8), row.get::<_, Vec<Option<i64>>>(9), row.get::<_, Vec<Option<String>>>(10), row.get::<_, Vec<u8>>(11),
    ])
}

async fn raw(Session { client, .. }: Session) -> Value {
    let sql = "SELECT 'NaN'::numeric, 'infinity'::timestamptz, '1 day 02:03:04'::interval, '[1,9)'::int4range, '{{1,2},{3,4}}'::int[], '10.0.0.0/8'::cidr, B'101', '(1,2)'::point,
        '{\"b\": 1, \"a\": 2}'::json, ROW(1, 'x', NULL), '12:34:56+02'::timetz, 'abc'::char(5), 12.50::money::numeric, 'a b'::tsvector, '{[1,3),[5,8)}'::int4multirange";
    table(client.query(sql, &[]).await)
}

async fn own_types(Session { client, .. }: Session) -> Value {
    client.batch_execute("CREATE TYPE pg_temp.mood AS ENUM ('sad', 'happy'); CREATE TYPE pg_temp.pair AS (a int, m pg_temp.mood); CREATE DOMAIN pg_temp.small AS int CHECK (VALUE < 10)").await.expect("types");
    let rows = client.query("SELECT 'happy'::pg_temp.mood AS m, ROW(1, 'sad')::pg_temp.pair AS p, 7::pg_temp.small AS s, ARRAY['sad']::pg_temp.mood[] AS all_of", &[]).await.expect("a row");
    let kinds: HashMap<_, _> = rows[0].columns().iter().map(|one| (one.name().to_string(), format!("{} {:?}", one.type_().name(), one.type_().kind()).replace(char::is_numeric, "#"))).collect();
    // Oids of types that were just made are the database's next numbers, so only words are compared.
    let words = kinds.iter().map(|(name, text)| (name.clone(), json!(text.split(['{', '(', '[', ' ', ',']).filter(|word| !word.is_empty()).take(2).collect::<Vec<_>>()))).collect::<serde_json::Map<_, _>>();
    json!([words, failure(client.query("SELECT 11::pg_temp.small", &[]).await)])
}

async fn prepared(Session { client, .. }: Session) -> Value {
    let statement = client.prepare("SELECT label FROM item WHERE n = $1").await.expect("a statement");
    let mut labels: Vec<String> = vec![];
    for n in 1..=20i32 {
        labels.push(client.query_one(&statement, &[&n]).await.expect("a row").get(0));
    }
    let shape = json!([statement.params().iter().map(Type::name).collect::<Vec<_>>(), statement.columns()[0].name()]);
    let count = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT label%'";
    let before = simple(client.simple_query(count).await);
    drop(statement); // closes it on the server
    json!([shape, labels, before, simple(client.simple_query(count).await)])
}

async fn stale(Session { client, .. }: Session) -> Value {
    client.batch_execute("CREATE TEMP TABLE changing (a int); INSERT INTO changing VALUES (1)").await.expect("a table");
    let statement = client.prepare("SELECT * FROM changing").await.expect("a statement");
    let before = table(client.query(&statement, &[]).await);
    client.batch_execute("ALTER TABLE changing ADD b text DEFAULT 'b'").await.expect("a change");
    let refused = table(client.query(&statement, &[]).await);
    client.batch_execute("DEALLOCATE ALL").await.expect("a deallocation");
    json!([before, refused, table(client.query(&statement, &[]).await)["code"], table(client.query("SELECT * FROM changing", &[]).await)])
}

async fn pipelined(Session { client, .. }: Session) -> Value {
    let statement = client.prepare("SELECT $1::int4 * 2").await.expect("a statement");
    let numbers: Vec<i32> = (0..300).collect();
    let answers = join_all(numbers.iter().map(async |n| client.query_one(&statement, &[n]).await.expect("a row").get::<_, i32>(0))).await;
    json!(answers)
}

async fn broken_pipeline(Session { client, .. }: Session) -> Value {
    let statement = client.prepare("SELECT 10 / $1::int4").await.expect("a statement");
    let answers = join_all([1, 0, 2, 0, 5].iter().map(async |n: &i32| table(client.query(&statement, &[n]).await))).await;
    let (mixed, wrong, last) = join!(client.simple_query("SELECT 'simple'"), client.prepare("SELEC"), client.query("SELECT 2", &[]));
    json!([answers, simple(mixed), failure(wrong), table(last)])
}

async fn pipelined_transaction(Session { client, .. }: Session) -> Value {
    let (begin, update, twice, select, commit) = join!(client.batch_execute("BEGIN"), client.simple_query("UPDATE item SET label = 'gone' WHERE n = 4"),
        client.simple_query("INSERT INTO item VALUES (1, 'twice')"), client.simple_query("SELECT 1"), client.simple_query("COMMIT"));
    let after = simple(client.simple_query("SELECT label FROM item WHERE n = 4").await);
    json!([failure(begin), simple(update), simple(twice), simple(select), simple(commit), after])
}

async fn transaction(Session { mut client, .. }: Session) -> Value {
    let transaction = client.transaction().await.expect("a transaction");
    transaction.execute("UPDATE item SET label = 'gone' WHERE n = 2", &[]).await.expect("an update");
    let first = failure(transaction.execute("INSERT INTO item VALUES (1, 'twice')", &[]).await);
    let second = failure(transaction.execute("SELECT 1", &[]).await);
    let end = failure(transaction.commit().await);
    json!([first, second, end, simple(client.simple_query("SELECT label FROM item WHERE n = 2").await)])
}

async fn savepoints(Session { mut client, .. }: Session) -> Value {
    let mut outer = client.build_transaction().isolation_level(IsolationLevel::Serializable).read_only(false).start().await.expect("a transaction");
    let inner = outer.savepoint("inside").await.expect("a savepoint");
    let error = failure(inner.execute("UPDATE item SET label = 'bad' WHERE n = 3", &[]).await);
    inner.rollback().await.expect("a rollback");
    let rows = table(outer.query("SELECT label, current_setting('transaction_isolation') FROM item WHERE n = 3", &[]).await);
    json!([error, rows, failure(outer.commit().await)])
}

async fn portals(Session { mut client, .. }: Session) -> Value {
    let transaction = client.transaction().await.expect("a transaction");
    let walk = transaction.bind("SELECT n FROM generate_series(1, $1::int4) AS n", &[&25i32]).await.expect("a portal");
    let other = transaction.bind("SELECT 10 / (3 - n) FROM generate_series(1, 5) AS n", &[]).await.expect("a portal");
    let mut seen = vec![];
    for limit in [7, 1, 10, 0, 5] {
        seen.push(table(transaction.query_portal(&walk, limit).await));
    }
    for _ in 0..3 {
        seen.push(table(transaction.query_portal(&other, 1).await));
    }
    seen.push(table(transaction.query_portal(&walk, 1).await)["code"].clone());
    json!(seen)
}

async fn unread(Session { client, .. }: Session) -> Value {
    let mut seen: Vec<i32> = vec![];
    {
        let mut rows = pin!(client.query_raw("SELECT n FROM generate_series(1, 50000) AS n", Vec::<i32>::new()).await.expect("rows"));
        while seen.len() < 3 {
            seen.push(rows.next().await.expect("a row").expect("no error").get(0));
        }
    }
    json!([seen, table(client.query("SELECT 'goes on'", &[]).await)])
}

async fn wrong(Session { client, .. }: Session) -> Value {
    let mut seen = vec![];
    for sql in ["SELEC 1", "SELECT * FROM nowhere", "SELECT label FROM item WHERE m = 1", "SELECT 'x'::int", "INSERT INTO item VALUES (100, NULL)", ""] {
        seen.push(json!([failure(client.execute(sql, &[]).await), failure(client.simple_query(sql).await)]));
    }
    json!(seen)
}

async fn large(Session { client, .. }: Session) -> Value {
    let text: String = client.query_one("SELECT repeat('0123456789', 2000000)", &[]).await.expect("a row").get(0);
    let length: i32 = client.query_one("SELECT length($1)", &[&"é".repeat(5_000_000)]).await.expect("a row").get(0);
    json!([text.len(), text.ends_with("789"), length])
}

async fn many(Session { client, .. }: Session) -> Value {
    let mut rows = pin!(client.query_raw("SELECT n::int8, n * 2::int8, 'row ' || n FROM generate_series(1, 100000) AS n", Vec::<i32>::new()).await.expect("rows"));
    let (mut count, mut sum) = (0, 0);
    while let Some(row) = rows.next().await {
        let row = match row {
            Ok(row) => row,
            Err(error) => return describe(&error),
        };
        count += 1;
        sum += row.get::<_, i64>(1) + row.get::<_, &str>(2).len() as i64;
    }
    json!([count, sum, rows.rows_affected()])
}
