//! Streams of events: whole and understood, or an error.

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::AccountCommand;
use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{ExecuteError, StoreError};

use crate::given::{Given, Item, administrator, at, number, operator, text};

contract!(
    a_stream_of_over_1_mb_loads_whole,
    a_missing_event_makes_its_stream_unreadable,
    an_event_of_an_unknown_type_makes_its_stream_unreadable,
    an_event_of_an_unknown_schema_makes_its_stream_unreadable,
    a_damaged_event_makes_its_stream_unreadable,
    an_unreadable_event_of_an_account_is_an_error,
    the_events_of_earlier_versions_load,
    an_event_is_a_readable_row,
);

fn stream(id: &KeyId) -> String {
    format!("KEY#{id}")
}

async fn event(given: &Given, id: &KeyId, sequence: u32) -> Item {
    given.events().await[&(stream(id), format!("{sequence:08}"))].clone()
}

async fn a_stream_of_over_1_mb_loads_whole(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    given.rename(&id, &by, "Name 2").await.unwrap();
    let renamed = event(&given, &id, 2).await;
    // Eight renames of 200 kB each: three pages.
    for sequence in 3..=10 {
        let mut row = renamed.clone();
        row.insert("sk".to_owned(), text(&format!("{sequence:08}")));
        let payload = row.get_mut("payload").unwrap();
        if let AttributeValue::M(payload) = payload {
            payload.insert("name".to_owned(), text(&format!("Name {sequence}")));
        }
        let metadata = [
            ("event_id".to_owned(), text(&format!("event-{sequence}"))),
            ("request_id".to_owned(), text(&"r".repeat(200_000))),
        ];
        let metadata = AttributeValue::M(metadata.into());
        row.insert("metadata".to_owned(), metadata);
        given.put_event(row).await;
    }
    let queries = given.proxy.calls("Query");
    let (key, version) = given.seen(&id, &by).await;
    assert!(given.proxy.calls("Query") - queries > 1, "it was one page");
    assert_eq!((key.name.as_str(), version), ("Name 10", 10));
    let history = given.store.key_history(&by, &id).await.unwrap().unwrap();
    let sequences: Vec<_> = history.iter().map(|event| event.sequence).collect();
    assert_eq!(sequences, (1..=10).collect::<Vec<_>>());

    // A command goes on after the last of all pages, and a rebuild knows it.
    assert_eq!(given.revoke(&id, &by).await.unwrap().version, 11);
    assert_eq!(
        given.reader.get(&id).await.unwrap().unwrap().version,
        given.seen(&id, &by).await.1
    );
    let report = given.check().await;
    assert_eq!((report.streams, report.drift), (2, vec![]));
}

/// Whatever is to be decided by the stream is an error, and nothing is written.
async fn is_unreadable(given: &Given, id: &KeyId, why: &str) {
    let by = administrator("acme");
    let before = given.everything().await;
    let mut errors = vec![
        given.store.key(&by, id).await.unwrap_err(),
        given.store.key_history(&by, id).await.unwrap_err(),
        given.store.check(|_| ()).await.unwrap_err(),
        given.store.rebuild(|_| ()).await.unwrap_err(),
    ];
    for outcome in [
        given.revoke(id, &by).await,
        given.rename(id, &by, "Other").await,
    ] {
        match outcome {
            Err(ExecuteError::Store(error)) => errors.push(error),
            other => panic!("{other:?}"),
        }
    }
    for error in errors {
        match error {
            StoreError::Unreadable { row, problem } => {
                assert!(row.contains(&stream(id)), "{row}");
                assert!(problem.contains(why), "{problem}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(given.everything().await, before);
}

async fn a_missing_event_makes_its_stream_unreadable(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    given.rename(&id, &by, "Invoices").await.unwrap();
    given.rename(&id, &by, "Receipts").await.unwrap();
    given.delete_event(&stream(&id), "00000002").await;
    is_unreadable(&given, &id, "gap").await;
}

async fn an_event_of_an_unknown_type_makes_its_stream_unreadable(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    given.rename(&id, &by, "Invoices").await.unwrap();
    let mut row = event(&given, &id, 2).await;
    row.insert("type".to_owned(), text("KeyFrozen"));
    given.put_event(row).await;
    is_unreadable(&given, &id, "KeyFrozen").await;
}

async fn an_event_of_an_unknown_schema_makes_its_stream_unreadable(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    for schema in [0, 3] {
        let mut row = event(&given, &id, 1).await;
        row.insert("schema".to_owned(), number(schema));
        given.put_event(row).await;
        is_unreadable(&given, &id, &format!("schema {schema} is not known")).await;
    }
}

async fn a_damaged_event_makes_its_stream_unreadable(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let whole = event(&given, &id, 1).await;
    for part in ["type", "schema", "payload", "metadata"] {
        let mut row = whole.clone();
        row.remove(part);
        given.put_event(row).await;
        is_unreadable(&given, &id, "").await;
    }
}

async fn an_unreadable_event_of_an_account_is_an_error(given: Given) {
    given.verified("acme").await;
    let key = ("ACCOUNT#acme".to_owned(), "00000002".to_owned());
    let mut row = given.events().await[&key].clone();
    row.insert("type".to_owned(), text("AccountSold"));
    given.put_event(row).await;
    let suspend = AccountCommand::Suspend {
        by: operator(),
        at: at(1),
    };
    let answer = given.on_account("acme", suspend).await;
    assert!(
        matches!(
            answer,
            Err(ExecuteError::Store(StoreError::Unreadable { .. }))
        ),
        "{answer:?}"
    );
}

/// The domain's golden files, as rows that an earlier version wrote.
async fn the_events_of_earlier_versions_load(given: Given) {
    const WRITTEN: [&str; 3] = [
        include_str!("../../../domain/tests/golden/KeyCreated.1.hmac.json"),
        include_str!("../../../domain/tests/golden/KeyRenamed.1.json"),
        include_str!("../../../domain/tests/golden/KeyRevoked.1.without-reason.json"),
    ];
    let id: KeyId = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y".parse().unwrap();
    for (event, sequence) in WRITTEN.iter().zip(1..) {
        let mut row: serde_json::Value = serde_json::from_str(event).unwrap();
        row["pk"] = stream(&id).into();
        row["sk"] = format!("{sequence:08}").into();
        row["schema"] = 1.into();
        row["metadata"] = serde_json::json!({"event_id": "e", "request_id": "r"});
        given.put_event(serde_dynamo::to_item(row).unwrap()).await;
    }
    let by = administrator("acme");
    let (key, version) = given.seen(&id, &by).await;
    assert_eq!(
        (key.name.as_str(), key.scheme, version),
        ("Invoices", Scheme::Hmac, 3)
    );
    assert!(!key.is_live());
}

async fn an_event_is_a_readable_row(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let row: serde_json::Value = serde_dynamo::from_item(event(&given, &id, 1).await).unwrap();
    let event_id = row["metadata"]["event_id"].as_str().unwrap();
    assert_eq!(event_id.parse::<uuid::Uuid>().unwrap().get_version_num(), 7);
    assert_eq!(
        row,
        serde_json::json!({
            "pk": stream(&id),
            "sk": "00000001",
            "type": "KeyCreated",
            "schema": 2,
            "metadata": {"event_id": event_id, "request_id": "request-1"},
            "payload": {
                "id": id.as_str(),
                "account": "acme",
                "name": "Billing",
                "scheme": "basic",
                "secret": {"kind": "digest", "keyring": "1", "mac": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="},
                "by": {"kind": "user", "user": "ann@acme", "role": "administrator"},
                "at": "2026-11-23T08:30:00.000Z",
            },
        })
    );
}
