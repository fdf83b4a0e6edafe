//! Old events decode for ever: one file for each form that was ever written, named `<type>.<schema>.json`, with a word
//! more where one schema has several forms. Files are added, never changed: what they hold stands in somebody's table.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

use cqrs_es::DomainEvent;
use hubkeys_domain::account::AccountEvent;
use hubkeys_domain::api_key::ApiKeyEvent;
use hubkeys_domain::{Actor, Algorithm, Dialect, ReplayProtection, Scheme, SigningPolicy};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::given;

fn key_events() -> Vec<(&'static str, ApiKeyEvent)> {
    let hmac = |signing| ApiKeyEvent::KeyCreated {
        id: given::key_id(),
        account: "acme".parse().unwrap(),
        name: given::name("請求書 🔑"),
        scheme: Scheme::Hmac,
        secret: given::sealed(),
        signing,
        by: given::administrator_of_acme(),
        at: given::minute(0),
    };
    let careful = SigningPolicy {
        dialects: BTreeSet::from([Dialect::Rfc9421]),
        algorithms: BTreeSet::from([Algorithm::HmacSha256, Algorithm::HmacSha512]),
        replay_protection: ReplayProtection::UnsafeMethods,
    };
    vec![
        ("KeyCreated.1", given::created()),
        ("KeyCreated.1.hmac", hmac(None)),
        ("KeyCreated.2", given::created()),
        ("KeyCreated.2.hmac", hmac(Some(careful))),
        ("KeyRenamed.1", given::renamed("Invoices")),
        ("KeyResealed.1", given::resealed(&given::sealed())),
        ("KeyResealed.1.basic", given::resealed(&given::digest())),
        ("KeyDisabled.1", given::disabled()),
        ("KeyEnabled.1", given::enabled()),
        ("KeyRevoked.1", given::revoked(Some("laptop lost"))),
        ("KeyRevoked.1.without-reason", given::revoked(None)),
    ]
}

fn account_events() -> Vec<(&'static str, AccountEvent)> {
    let operator = Actor::from(&given::operator());
    vec![
        (
            "AccountOpened.1",
            given::opened(given::administrator_of_acme()),
        ),
        ("AccountOpened.1.by-operator", given::opened(operator)),
        ("VerificationRequested.1", given::verification_requested()),
        ("AccountVerified.1", given::verified()),
        ("AccountSuspended.1", given::suspended()),
        ("AccountReinstated.1", given::reinstated()),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn decodes_and_encodes<E>(events: Vec<(&'static str, E)>)
where
    E: DomainEvent + Serialize + DeserializeOwned + PartialEq + Debug,
{
    for (file, event) in events {
        let text = fs::read_to_string(folder().join(format!("{file}.json"))).unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        let decoded: E = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(decoded, event, "{file}");
        assert_eq!(serde_json::to_value(&event).unwrap(), json, "{file}");
    }
}

#[test]
fn every_event_that_was_ever_written_decodes_and_is_written_the_same_today() {
    decodes_and_encodes(key_events());
    decodes_and_encodes(account_events());
}

/// The names of an enum's variants, as serde knows them.
fn variants<E: DeserializeOwned + Debug>() -> BTreeSet<String> {
    let none = serde_json::json!({"type": "", "payload": {}});
    let error = serde_json::from_value::<E>(none).unwrap_err().to_string();
    let named = error.split('`').skip(1).step_by(2);
    named
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn has_a_file_for_every_type<E>(events: &[(&'static str, E)])
where
    E: DomainEvent + DeserializeOwned + Debug,
{
    let today = |event: &E| format!("{}.{}", event.event_type(), event.event_version());
    for (_, event) in events {
        let of = today(event);
        let written_today =
            |(file, _): &(&str, E)| *file == of || file.starts_with(&format!("{of}."));
        assert!(events.iter().any(written_today), "no file of {of}");
    }
    let covered: BTreeSet<_> = events.iter().map(|(_, event)| event.event_type()).collect();
    assert_eq!(
        covered,
        variants::<E>(),
        "types with a golden file, and types"
    );
}

#[test]
fn every_type_of_event_has_a_file_of_the_schema_that_is_written_today() {
    has_a_file_for_every_type(&key_events());
    has_a_file_for_every_type(&account_events());
}

#[test]
fn every_file_is_of_an_event_that_is_tested() {
    let found: BTreeSet<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let keys = key_events().into_iter().map(|(file, _)| file);
    let accounts = account_events().into_iter().map(|(file, _)| file);
    let tested = keys
        .chain(accounts)
        .map(|file| format!("{file}.json"))
        .collect();
    assert_eq!(found, tested);
}

#[test]
fn an_event_of_a_type_nobody_knows_is_an_error() {
    let unknown = serde_json::json!({"type": "KeyFrozen", "payload": {}});
    assert!(serde_json::from_value::<ApiKeyEvent>(unknown.clone()).is_err());
    assert!(serde_json::from_value::<AccountEvent>(unknown).is_err());
}
