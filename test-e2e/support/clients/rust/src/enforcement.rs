//! What a policy and a revocation do to a program; the test knows what must come out.
use std::pin::pin;

use bytes::Bytes;
use futures::SinkExt;
use serde_json::json;
use tokio::join;
use tokio_postgres::{Client, Error, types::Type};

use crate::session::{at, code, config, connect, open, say};

async fn read(client: &Client) -> String {
    client.query_one("SELECT label FROM item WHERE n = $1", &[&7i32]).await.expect("a row").get(0)
}

async fn copy(client: &Client) -> Result<u64, Error> {
    let mut sink = pin!(client.copy_in::<_, Bytes>("COPY item FROM STDIN").await?);
    sink.send(Bytes::from_static(b"99\tnew\n")).await?;
    sink.finish().await
}

/// In every way that the driver has to write.
pub async fn read_only() {
    let mut client = open().await.client;
    say("read", json!(read(&client).await));
    for sql in ["INSERT INTO item VALUES (99, 'new')", "UPDATE item SET label = 'changed' WHERE n = 1", "DELETE FROM item WHERE n = 1", "CREATE TABLE made (n int)"] {
        let extended = code(client.execute(sql, &[]).await);
        let simple = code(client.simple_query(sql).await);
        say(sql, json!([extended, simple, read(&client).await]));
    }
    let prepared = code(client.prepare("UPDATE item SET label = $1 WHERE n = $2").await);
    let typed = code(client.execute_typed("UPDATE item SET label = $1 WHERE n = 1", &[(&"changed", Type::TEXT)]).await);
    say("prepare a write", json!([prepared, typed, read(&client).await]));
    let (before, write, after) = join!(client.query_one("SELECT 1", &[]), client.execute("UPDATE item SET label = 'changed' WHERE n = 1", &[]), client.query_one("SELECT 2", &[]));
    assert_eq!((before.expect("a row").get::<_, i32>(0), after.expect("a row").get::<_, i32>(0)), (1, 2));
    say("batch with a write", json!([code(write), read(&client).await]));
    say("copy in", json!([code(copy(&client).await), read(&client).await]));
    let transaction = client.transaction().await.expect("a transaction");
    let first = code(transaction.execute("DELETE FROM item", &[]).await);
    let after = code(transaction.execute("SELECT 1", &[]).await);
    let end = code(transaction.rollback().await);
    say("write in a transaction", json!([first, after, end, read(&client).await]));
}

/// Three connections, one with a running statement; the test revokes the credential meanwhile.
pub async fn revoke() {
    let busy = open().await;
    let idle = [open().await, open().await];
    say("ready", json!(true));
    say("statement", json!(code(busy.client.query("SELECT pg_sleep(60) /* until revoked */", &[]).await)));
    for one in &idle {
        say("idle connection", json!(one.client.query("SELECT 1", &[]).await.is_err()));
    }
    for _ in 0..3 {
        say("login", json!(code(connect(&config(), &at("ca")).await)));
    }
}
