//! A connection with everything that the server says on its own account, and what is printed of answers.
use std::{error::Error as StdError, future::poll_fn, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::{
    AsyncMessage, Client, Config, Error, Row, SimpleQueryMessage,
    config::{ChannelBinding, SslMode},
    error::ErrorPosition,
    types::{FromSql, Type},
};
use tokio_postgres_rustls::MakeRustlsConnect;

pub struct Session {
    pub client: Client,
    pub heard: UnboundedReceiver<AsyncMessage>,
    pub parameters: Value,
}

pub fn at(name: &str) -> String {
    let at: Value = serde_json::from_str(&std::env::var("AT").expect("AT")).expect("AT is JSON");
    match &at[name] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub fn say(name: &str, value: Value) {
    println!("{}", json!({ "case": name, "value": value }));
}

/// TLS that trusts one CA and checks the name of the host.
pub fn tls(ca: &str) -> MakeRustlsConnect {
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_file_iter(ca).expect("the CA's file") {
        roots.add(one.expect("a certificate")).expect("a CA");
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("TLS versions");
    MakeRustlsConnect::new(config.with_root_certificates(roots).with_no_client_auth())
}

/// Channel binding is required: a login without it is an error.
pub fn config() -> Config {
    let mut config = Config::new();
    config.host(at("host")).port(at("port").parse().expect("a port")).user(at("user")).password(at("password")).dbname(at("database"));
    config.ssl_mode(SslMode::Require).channel_binding(ChannelBinding::Require);
    config
}

pub async fn connect(config: &Config, ca: &str) -> Result<Session, Error> {
    let (client, mut connection) = config.connect(tls(ca)).await?;
    let names = ["server_version", "server_encoding", "client_encoding", "DateStyle", "TimeZone", "integer_datetimes", "standard_conforming_strings", "in_hot_standby", "is_superuser"];
    let parameters = names.iter().map(|name| json!([name, connection.parameter(name)])).collect();
    let (tell, heard) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
            let _ = tell.send(message);
        }
    });
    Ok(Session { client, heard, parameters })
}

pub async fn open() -> Session {
    connect(&config(), &at("ca")).await.expect("a login")
}

/// What a program can learn about an error; the login name, which differs, is taken out.
pub fn describe(error: &Error) -> Value {
    let Some(said) = error.as_db_error() else { return json!(format!("no answer from the server: {error}, {:?}", error.source())) };
    let position = match said.position() {
        Some(ErrorPosition::Original(at)) => Some(*at),
        _ => None,
    };
    json!({
        "severity": said.severity(), "code": said.code().code(), "message": said.message().replace(&at("user"), "<user>"), "detail": said.detail(), "hint": said.hint(), "position": position,
        "table": said.table(), "column": said.column(), "constraint": said.constraint(), "where": said.where_(),
    })
}

pub fn failure<T>(outcome: Result<T, Error>) -> Value {
    match outcome {
        Ok(_) => json!("worked"),
        Err(error) => describe(&error),
    }
}

pub fn code<T>(outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(_) => "worked".into(),
        Err(error) => error.code().map_or_else(|| format!("no answer from the server: {error}"), |code| code.code().into()),
    }
}

/// The bytes of a value as they came.
pub struct Raw(pub Option<String>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(Some(raw.iter().map(|byte| format!("{byte:02x}")).collect())))
    }
    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn StdError + Sync + Send>> {
        Ok(Self(None))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

pub fn table(outcome: Result<Vec<Row>, Error>) -> Value {
    let rows = match outcome {
        Ok(rows) => rows,
        Err(error) => return describe(&error),
    };
    let columns: Vec<_> = rows.first().map(|row| row.columns().iter().map(|one| json!([one.name(), one.type_().to_string()])).collect()).unwrap_or_default();
    let values: Vec<Vec<_>> = rows.iter().map(|row| (0..row.len()).map(|i| row.get::<_, Raw>(i).0).collect()).collect();
    json!({ "columns": columns, "rows": values })
}

pub fn simple(outcome: Result<Vec<SimpleQueryMessage>, Error>) -> Value {
    let messages = match outcome {
        Ok(messages) => messages,
        Err(error) => return describe(&error),
    };
    messages.iter().map(|one| match one {
        SimpleQueryMessage::Row(row) => json!((0..row.len()).map(|i| row.get(i)).collect::<Vec<_>>()),
        SimpleQueryMessage::CommandComplete(count) => json!({ "complete": count }),
        SimpleQueryMessage::RowDescription(columns) => json!({ "columns": columns.iter().map(|column| column.name()).collect::<Vec<_>>() }),
        _ => json!("another message"),
    }).collect()
}

/// Returns when the server runs a statement with the mark; it is watched on a connection of its own.
pub async fn wait_for_statement(mark: &str) {
    let watcher = open().await;
    let sql = format!("SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%{mark}%'");
    while watcher.client.query(&sql, &[]).await.expect("an answer").is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
