//! What is stored when all is over: it follows from the events, and is made from them again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_store::{Database, Store, Tables};

use crate::Result;
use crate::checker::Violation;

type Item = HashMap<String, AttributeValue>;
pub(crate) type Rows = BTreeMap<(String, String), Item>;

/// The tables of the stacks, by a client of our own.
pub(crate) fn database(at: SocketAddr) -> Database {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(format!("http://{at}"))
        // Signed like everything, and checked by nobody.
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(20)));
    let tables = Tables {
        events: "Events".to_owned(),
        views: "Views".to_owned(),
    };
    Database::new(Client::from_conf(config.build()), tables)
}

/// What the rows of the views are that follow from events.
pub(crate) async fn following(database: &Database) -> Result<Rows> {
    let mut rows = Rows::new();
    let mut start = None;
    loop {
        let scan = database.client().scan();
        let page = scan
            .table_name(&database.tables().views)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await?;
        for item in page.items.unwrap_or_default() {
            let part = |name: &str| match item.get(name) {
                Some(AttributeValue::S(part)) => Ok(part.clone()),
                _ => Err("a row without a key"),
            };
            let (pk, sk) = (part("pk")?, part("sk")?);
            if pk.starts_with("KEY#") || pk.starts_with("ACCOUNT#") {
                rows.insert((pk, sk), item);
            }
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return Ok(rows);
        }
    }
}

/// Removes every row that follows from events.
pub(crate) async fn delete(database: &Database, rows: &Rows) -> Result<()> {
    for (pk, sk) in rows.keys() {
        let delete = database.client().delete_item();
        delete
            .table_name(&database.tables().views)
            .key("pk", AttributeValue::S(pk.clone()))
            .key("sk", AttributeValue::S(sk.clone()))
            .send()
            .await?;
    }
    Ok(())
}

/// Whether everything follows from its events.
pub(crate) async fn drift(database: &Database) -> Result<Vec<Violation>> {
    let report = Store::new(database.clone()).check(|_| ()).await?;
    let drift = report.drift.into_iter();
    Ok(drift
        .map(|drift| Violation::Rows(format!("row {}: {}", drift.row, drift.problem)))
        .collect())
}

/// Checks every row, deletes them all, has them made anew, and compares. Nobody else may be at work.
pub(crate) async fn violations(database: &Database) -> Result<Vec<Violation>> {
    let wrong = drift(database).await?;
    if !wrong.is_empty() {
        return Ok(wrong);
    }
    let before = following(database).await?;
    delete(database, &before).await?;
    Store::new(database.clone()).rebuild(|_| ()).await?;
    let mut wrong = drift(database).await?;
    wrong.extend(difference(&before, &following(database).await?));
    Ok(wrong)
}

/// What a rebuild made otherwise than it was.
pub(crate) fn difference(before: &Rows, after: &Rows) -> Vec<Violation> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differs = keys.into_iter().filter(|key| {
        let at = |rows: &Rows| rows.get(*key).cloned().and_then(as_events_make_it);
        at(before) != at(after)
    });
    differs
        .map(|(pk, sk)| Violation::Rows(format!("{pk}/{sk} was rebuilt otherwise than it was")))
        .collect()
}

/// The version of an account's count says how often it changed, by commands and rebuilds alike: no event tells. And a count of
/// none is the same as none.
fn as_events_make_it(mut row: Item) -> Option<Item> {
    if row.get("sk") == Some(&AttributeValue::S("LIMITS".to_owned())) {
        row.remove("version");
        if row.get("live") == Some(&AttributeValue::N("0".to_owned())) {
            return None;
        }
    }
    Some(row)
}
