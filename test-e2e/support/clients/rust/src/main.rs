//! Plays named cases with tokio-postgres and prints one JSON line for each. The test plays them against the database and
//! through the proxy and compares the lines, so nothing that differs by nature (process ids, ports, times) is printed.
mod enforcement;
mod login;
mod query;
mod session;
mod stream;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("cases") => {
            login::play().await;
            query::play().await;
            stream::play().await;
        }
        Some("read-only") => enforcement::read_only().await,
        Some("revoke") => enforcement::revoke().await,
        other => panic!("no such mode: {other:?}"),
    }
}
