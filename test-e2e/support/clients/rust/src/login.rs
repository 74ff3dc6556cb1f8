use futures::future::join_all;
use serde_json::{Value, json};

use crate::session::{at, config, connect, failure, open, say, table};

pub async fn play() {
    let one = open().await;
    say("verify-full, SCRAM with required channel binding", table(one.client.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", &[]).await));
    say("what the server says of itself", one.parameters);
    let untrusted = connect(&config(), &at("otherCA")).await.err().map(|error| format!("{:?}", std::error::Error::source(&error)));
    say("another CA is not trusted", json!(untrusted.is_some_and(|text| text.contains("UnknownIssuer") || text.contains("BadSignature"))));
    say("a wrong password", failure(connect(config().password("wrong"), &at("ca")).await.map(|_| ())));
    let mut own = config();
    own.application_name("fromrust").options("-c statement_timeout=4321 -c TimeZone=Europe/Berlin");
    let session = connect(&own, &at("ca")).await.expect("a login");
    say("settings in the startup packet",
        table(session.client.query("SELECT current_setting('application_name'), current_setting('statement_timeout'), current_setting('TimeZone'), current_user = session_user", &[]).await));
    say("a pool of 8 connections in parallel", pool().await);
}

async fn pool() -> Value {
    let workers = (0..8i64).map(|worker| tokio::spawn(async move {
        let session = open().await;
        let statement = session.client.prepare("SELECT coalesce(sum(i), 0)::int8 FROM generate_series(1, $1::int8) AS i").await.expect("a statement");
        let mut sums: Vec<i64> = vec![];
        for n in 0..50 {
            sums.push(session.client.query_one(&statement, &[&(worker * 50 + n)]).await.expect("a row").get(0));
        }
        sums
    }));
    join_all(workers).await.into_iter().map(|one| json!(one.expect("a worker that ended well"))).collect()
}
