//! What subscribers see of every event that was ever written.

#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use announce::{Record, announce};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Plain JSON as DynamoDB writes it.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(_) => json!({"BOOL": value}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(_) => json!({"S": value}),
        Value::Array(items) => json!({"L": items.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(members) => {
            let members = members
                .iter()
                .map(|(name, value)| (name.clone(), attribute(value)));
            json!({"M": members.collect::<serde_json::Map<_, _>>()})
        }
    }
}

/// The record of the stream for an event as a golden file has it.
fn record(name: &str, stream: &str, event: &Value) -> Value {
    let row = json!({
        "pk": stream, "sk": "00000002", "schema": 1, "type": event["type"], "payload": event["payload"],
        "metadata": {"event_id": "01a208b2-2c13-71c0-b7a3-a04f65e39f0d", "request_id": "req-1"},
    });
    json!({
        "eventID": "1", "eventName": name, "eventSource": "aws:dynamodb", "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_420_800,
            "Keys": {"pk": {"S": stream}, "sk": {"S": "00000002"}},
            "NewImage": attribute(&row)["M"],
            "SequenceNumber": "1", "SizeBytes": 1, "StreamViewType": "NEW_IMAGE",
        },
    })
}

fn announced(record: Value) -> Value {
    let record: Record = serde_json::from_value(record).unwrap();
    serde_json::to_value(&announce(&[record]).unwrap()[0]).unwrap()
}

fn golden() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/domain/tests/golden");
    let files = fs::read_dir(folder).unwrap();
    files
        .map(|file| serde_json::from_slice(&fs::read(file.unwrap().path()).unwrap()).unwrap())
        .collect()
}

#[test]
fn every_event_ever_written_is_announced_without_what_is_kept_of_its_secret() {
    let mut kinds = BTreeSet::new();
    for event in golden() {
        let kind = event["type"].as_str().unwrap();
        let stream = if kind.starts_with("Key") {
            "KEY#hk_1"
        } else {
            "ACCOUNT#acme"
        };
        let announcement = announced(record("INSERT", stream, &event));
        assert!(
            announcement["detail_type"]
                .as_str()
                .unwrap()
                .starts_with("hubkeys.")
        );
        for member in ["event_id", "request_id", "version", "by", "at", "type"] {
            assert!(
                !announcement["detail"][member].is_null(),
                "{kind} has no {member}"
            );
        }
        let text = announcement.to_string();
        for kept in ["secret", "keyring", "mac", "nonce", "ciphertext"] {
            // A name of an algorithm may have `mac` in it; a member of that name may not be there.
            assert!(
                !text.contains(&format!("\"{kept}\":")),
                "{kind} tells {kept}: {text}"
            );
        }
        kinds.insert(kind.to_owned());
    }
    assert!(kinds.len() >= 8, "{kinds:?}");
}

#[test]
fn a_revocation_is_announced_with_all_that_a_restore_needs() {
    let event = json!({"type": "KeyRevoked", "payload": {
        "reason": "laptop lost", "at": "2026-11-23T08:32:00.000Z",
        "by": {"kind": "user", "user": "administrator@acme", "role": "administrator"},
    }});
    assert_eq!(
        announced(record("INSERT", "KEY#hk_1", &event)),
        json!({"detail_type": "hubkeys.key.revoked", "detail": {
            "type": "KeyRevoked", "key": "hk_1", "version": 2,
            "event_id": "01a208b2-2c13-71c0-b7a3-a04f65e39f0d", "request_id": "req-1",
            "by": {"kind": "user", "user": "administrator@acme", "role": "administrator"},
            "at": "2026-11-23T08:32:00.000Z", "reason": "laptop lost",
        }})
    );
}

#[test]
fn an_event_that_was_changed_is_news_of_its_own() {
    let event = json!({"type": "KeyRevoked", "payload": {}});
    assert_eq!(
        announced(record("MODIFY", "KEY#hk_1", &event)),
        json!({"detail_type": "hubkeys.event.changed", "detail": {
            "event": "KEY#hk_1/00000002", "change": "MODIFY", "at": "2026-11-23T08:00:00Z",
        }})
    );
    let mut removed = record("REMOVE", "KEY#hk_1", &event);
    removed["dynamodb"]
        .as_object_mut()
        .unwrap()
        .remove("NewImage");
    assert_eq!(announced(removed)["detail"]["change"], "REMOVE");
}

#[test]
fn an_event_nobody_thought_of_is_an_error_and_not_left_out() {
    let event =
        json!({"type": "KeyBorrowed", "payload": {"by": {}, "at": "2026-11-23T08:32:00.000Z"}});
    let record: Record = serde_json::from_value(record("INSERT", "KEY#hk_1", &event)).unwrap();
    let error = announce(&[record]).unwrap_err().to_string();
    assert!(error.contains("KeyBorrowed"), "{error}");
}

#[test]
fn the_age_of_the_oldest_record_is_a_metric() {
    let event = json!({"type": "KeyRevoked", "payload": {}});
    let record: Record = serde_json::from_value(record("INSERT", "KEY#hk_1", &event)).unwrap();
    let now = Timestamp::from_second(1_795_420_842).unwrap();
    let metric = announce::age("prod", &[record], now).unwrap();
    assert_eq!(metric["AnnouncementAge"], 42);
    assert_eq!(metric["Stack"], "prod");
    assert_eq!(
        metric["_aws"]["CloudWatchMetrics"][0]["Namespace"],
        "Hubkeys"
    );
    assert_eq!(announce::age("prod", &[], now), None);
}
