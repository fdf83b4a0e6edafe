//! What the check finds in the tables, and what it says of it.

#![cfg(test)]

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use check_projections::{Unfinished, check, metrics};
use hubkeys_domain::account::AccountCommand;
use hubkeys_domain::{AccountId, Operator, Timestamp};
use hubkeys_store::{Database, DriftProblem, Report, Store, Tables, WhoAndWhere};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::time::Instant;

/// A store in memory, on tables of which only those named are made.
async fn store_with(made: &[&str]) -> Store {
    let database = dynoxide::Database::memory().expect("a database");
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .credentials_provider(Credentials::new("x", "x", None, None, "test"))
        .endpoint_url(format!("http://{address}"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let client = Client::from_conf(config);
    for table in made {
        create(&client, table).await;
    }
    let tables = Tables {
        events: "events".into(),
        views: "views".into(),
    };
    Store::new(Database::new(client, tables))
}

async fn create(client: &Client, table: &str) {
    let mut create = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
        let element = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind);
        let attribute = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S);
        create = create
            .key_schema(element.build().expect("a key"))
            .attribute_definitions(attribute.build().expect("an attribute"));
    }
    create.send().await.expect("a table");
}

async fn verified(store: &Store, account: &str) {
    let account: AccountId = account.parse().expect("an account's id");
    let command = AccountCommand::Verify {
        account: account.clone(),
        by: Operator {
            user: "staff-7".parse().expect("a user"),
        },
        at: Timestamp::from_millis(1_795_422_600_000).expect("an instant"),
    };
    let context = WhoAndWhere {
        request_id: "request-1".to_owned(),
        deadline: std::time::Instant::now() + Duration::from_secs(60),
    };
    store
        .execute_on_account(&account, command, &context)
        .await
        .expect("a verified account");
}

fn in_a_minute() -> Instant {
    Instant::now() + Duration::from_secs(60)
}

#[tokio::test]
async fn all_is_well_where_every_row_follows_from_its_events() {
    let store = store_with(&["events", "views"]).await;
    verified(&store, "acme").await;
    verified(&store, "globex").await;
    let report = check(&store, in_a_minute()).await.expect("a whole check");
    assert_eq!((report.streams, report.drift), (2, vec![]));
}

#[tokio::test]
async fn a_row_that_no_event_made_is_found_and_left() {
    let store = store_with(&["events", "views"]).await;
    verified(&store, "acme").await;
    let forged = || {
        let text = |value: &str| AttributeValue::S(value.to_owned());
        [("pk", text("KEY#hk_forged")), ("sk", text("VERIFY"))]
    };
    let client = store.database().client().clone();
    let put = client.put_item().table_name("views");
    let put = forged()
        .into_iter()
        .fold(put, |put, (name, value)| put.item(name, value));
    put.send().await.expect("a row");
    for _ in 0..2 {
        let report = check(&store, in_a_minute()).await.expect("a whole check");
        let found: Vec<_> = report
            .drift
            .iter()
            .map(|drift| (drift.row.as_str(), drift.problem))
            .collect();
        assert_eq!(found, [("KEY#hk_forged/VERIFY", DriftProblem::Orphan)]);
    }
}

#[tokio::test]
async fn a_check_that_can_not_read_a_table_fails_and_says_why() {
    let store = store_with(&["views"]).await;
    let error = check(&store, in_a_minute())
        .await
        .expect_err("no events to compare with")
        .to_string();
    assert!(error.contains("after 0 streams"), "{error}");
    assert!(error.contains("ResourceNotFoundException"), "{error}");
}

#[tokio::test]
async fn a_check_that_runs_out_of_time_fails_and_says_so() {
    let store = store_with(&["events", "views"]).await;
    verified(&store, "acme").await;
    let checked = check(&store, Instant::now()).await;
    assert!(matches!(checked, Err(Unfinished::Time { streams: 0 })));
}

#[test]
fn what_was_found_is_a_metric_of_the_stack() {
    let drift = |row: &str| hubkeys_store::Drift {
        row: row.to_owned(),
        problem: DriftProblem::Missing,
    };
    let mut report = Report {
        streams: 41,
        ..Report::default()
    };
    report.add(drift("KEY#hk_1/VERIFY"));
    report.add(drift("ACCOUNT#acme/STANDING"));
    let now = jiff::Timestamp::from_second(1_795_420_842).expect("an instant");
    assert_eq!(
        metrics("prod", &report, now),
        json!({
            "_aws": {
                "Timestamp": 1_795_420_842_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Hubkeys",
                    "Dimensions": [["Stack"]],
                    "Metrics": [{"Name": "ProjectionDrift", "Unit": "Count"}, {"Name": "StreamsChecked", "Unit": "Count"}],
                }],
            },
            "Stack": "prod", "ProjectionDrift": 2, "StreamsChecked": 41,
        })
    );
}
