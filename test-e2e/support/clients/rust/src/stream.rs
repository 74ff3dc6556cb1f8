use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash, Hasher},
    pin::pin,
};

use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::join;
use tokio_postgres::{AsyncMessage, Client, Error, binary_copy::BinaryCopyInWriter, types::Type};

use crate::session::{Session, at, failure, open, say, simple, table, tls, wait_for_statement};

pub async fn play() {
    say("COPY in and out", copy(open().await).await);
    say("binary COPY in", binary_copy(open().await).await);
    say("COPY in with bad data, and one that the client gives up", broken_copy_in(open().await).await);
    say("COPY out that fails on its way", broken_copy_out(open().await).await);
    say("LISTEN and NOTIFY", listen(open().await).await);
    say("cancel over TLS, and the connection goes on", cancel(open().await).await);
    say("a statement timeout", timeout(open().await).await);
    say("notices", notices(open().await).await);
    say("a session that the server ends", ended(open().await).await);
}

/// How much came out, a hash of it, and how it ended.
async fn copied_out(client: &Client, sql: &str) -> Value {
    let mut out = pin!(match client.copy_out(sql).await {
        Ok(out) => out,
        Err(error) => return failure::<()>(Err(error)),
    });
    let mut all = vec![];
    let end = loop {
        match out.next().await {
            Some(Ok(chunk)) => all.extend_from_slice(&chunk),
            Some(Err(error)) => break failure::<()>(Err(error)),
            None => break json!("worked"),
        }
    };
    let mut hash = DefaultHasher::new();
    all.hash(&mut hash);
    json!([all.len(), hash.finish().to_string(), end])
}

async fn copy_in(client: &Client, chunks: &[&str]) -> Result<u64, Error> {
    let mut sink = pin!(client.copy_in::<_, Bytes>("COPY loaded (n, label) FROM STDIN").await?);
    for chunk in chunks {
        sink.send(Bytes::copy_from_slice(chunk.as_bytes())).await?;
    }
    sink.finish().await
}

async fn copy(Session { client, .. }: Session) -> Value {
    client.batch_execute("DO $$BEGIN DELETE FROM loaded; END$$").await.expect("an empty table");
    let rows: Vec<String> = (0..20_000).map(|n| format!("{n}\trow {n}\n")).collect();
    let count = copy_in(&client, &rows.iter().map(String::as_str).collect::<Vec<_>>()).await.expect("a copy");
    json!([count, copied_out(&client, "COPY (SELECT * FROM loaded ORDER BY n) TO STDOUT (FORMAT csv)").await, copied_out(&client, "COPY loaded TO STDOUT (FORMAT binary)").await])
}

async fn binary_copy(Session { client, .. }: Session) -> Value {
    client.batch_execute("DO $$BEGIN DELETE FROM loaded; END$$").await.expect("an empty table");
    let sink = client.copy_in("COPY loaded (n, label) FROM STDIN (FORMAT binary)").await.expect("a copy");
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &[Type::INT4, Type::TEXT]));
    for n in 0..5000i32 {
        writer.as_mut().write(&[&n, &(n % 3 > 0).then(|| format!("row {n}"))]).await.expect("a row");
    }
    let count = writer.finish().await.expect("a copy");
    json!([count, table(client.query("SELECT count(*), count(label), sum(n) FROM loaded", &[]).await)])
}

async fn broken_copy_in(Session { client, .. }: Session) -> Value {
    client.batch_execute("DO $$BEGIN DELETE FROM loaded; END$$").await.expect("an empty table");
    let late = "1\tlate\n".repeat(1000);
    let mut chunks = vec!["not a number\tx\n"];
    chunks.extend([late.as_str(); 100]);
    let bad = failure(copy_in(&client, &chunks).await);
    {
        let mut sink = pin!(client.copy_in::<_, Bytes>("COPY loaded (n, label) FROM STDIN").await.expect("a copy"));
        sink.send(Bytes::from_static(b"1\tone\n")).await.expect("a row");
    } // dropped: CopyFail
    json!([bad, table(client.query("SELECT 'goes on', count(*) FROM loaded", &[]).await)])
}

async fn broken_copy_out(Session { client, .. }: Session) -> Value {
    let seen = copied_out(&client, "COPY (SELECT 1/(500 - n) FROM generate_series(1, 1000) AS n) TO STDOUT").await;
    json!([seen, table(client.query("SELECT 'goes on'", &[]).await)])
}

async fn listen(Session { client, mut heard, .. }: Session) -> Value {
    client.batch_execute("LISTEN news").await.expect("to listen");
    let other = open().await;
    let pid: i32 = other.client.query_one("SELECT pg_backend_pid()", &[]).await.expect("a row").get(0);
    let mut seen = vec![];
    for text in ["one", "two"] {
        other.client.execute("SELECT pg_notify('news', $1)", &[&text]).await.expect("to notify");
        match heard.recv().await {
            Some(AsyncMessage::Notification(one)) => seen.push(json!([one.channel(), one.payload(), one.process_id() == pid])),
            other => panic!("{other:?} instead of a notification"),
        }
    }
    json!(seen)
}

async fn cancel(Session { client, .. }: Session) -> Value {
    let mut seen = vec![];
    for round in 0..3 {
        let mark = format!("by token {round}");
        let token = client.cancel_token();
        let sql = format!("SELECT pg_sleep(60) /* {mark} */");
        let (failed, sent) = join!(client.query(&sql, &[]), async {
            wait_for_statement(&mark).await;
            token.cancel_query(tls(&at("ca"))).await
        });
        seen.push(json!([failure(failed), failure(sent), table(client.query("SELECT 'goes on'", &[]).await)]));
    }
    json!(seen)
}

async fn timeout(Session { client, .. }: Session) -> Value {
    client.batch_execute("SET statement_timeout = '100ms'").await.expect("a setting");
    json!([failure(client.query("SELECT pg_sleep(60)", &[]).await), table(client.query("SELECT 'goes on'", &[]).await)])
}

async fn notices(Session { client, mut heard, .. }: Session) -> Value {
    client.batch_execute("DO $$ BEGIN RAISE NOTICE 'first %', 1 USING DETAIL = 'more', HINT = 'less'; RAISE WARNING 'second'; END $$; ALTER TABLE IF EXISTS nowhere ADD COLUMN n int").await.expect("notices");
    let mut seen = vec![];
    while let Ok(message) = heard.try_recv() {
        match message {
            AsyncMessage::Notice(one) => seen.push(json!([one.severity(), one.code().code(), one.message(), one.detail(), one.hint()])),
            other => panic!("{other:?} instead of a notice"),
        }
    }
    json!([seen, simple(client.simple_query("SELECT 1").await)])
}

async fn ended(Session { client, .. }: Session) -> Value {
    let error = failure(client.query("SELECT pg_terminate_backend(pg_backend_pid())", &[]).await);
    let after = client.query("SELECT 1", &[]).await.is_err();
    json!([error, after, client.is_closed()])
}
