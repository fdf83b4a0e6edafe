//! One command, one transaction: all of it or nothing.

use std::collections::HashMap;

use cqrs_es::{Aggregate as _, AggregateError, EventStore};
use hubkeys_domain::account::AccountCommand;
use hubkeys_domain::api_key::{ApiKey, ApiKeyError, ApiKeyEvent};
use hubkeys_domain::{KeyId, Principal, Role, Scheme};
use hubkeys_store::{ExecuteError, Loaded, Refusal};

use crate::given::{
    Given, OfKey, administrator, at, context, creation, number, operator, remembered,
};

contract!(
    a_conflict_leaves_neither_events_nor_rows_nor_counts,
    an_identifier_that_is_taken_makes_no_second_key_and_leaves_the_first,
    an_empty_commit_writes_nothing,
    a_repeated_command_writes_nothing,
    an_account_that_is_not_verified_gets_no_key_and_nothing_is_written,
    an_account_at_its_limit_gets_no_key_and_nothing_is_written,
    a_revocation_makes_room_for_one_key,
    a_used_idempotency_key_makes_no_key_and_nothing_is_written,
    an_idempotency_key_is_forgotten_after_24_hours,
    a_refused_create_does_not_use_up_its_idempotency_key,
);

fn refusal(outcome: OfKey) -> Refusal {
    match outcome {
        Err(ExecuteError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

async fn a_conflict_leaves_neither_events_nor_rows_nor_counts(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let revocation = ApiKeyEvent::KeyRevoked {
        reason: None,
        by: by.actor(),
        at: at(1),
    };
    // Both look before either writes.
    let mut contexts = Vec::new();
    for _ in 0..2 {
        let mut loaded: Loaded<ApiKey> = load(&given, &id).await;
        loaded.aggregate.apply(revocation.clone());
        contexts.push(loaded);
    }
    let mut commit = async || {
        let loaded = contexts.pop().unwrap();
        let events = vec![revocation.clone()];
        EventStore::<ApiKey>::commit(&given.database, events, loaded, HashMap::new()).await
    };
    assert_eq!(commit().await.unwrap().len(), 1);
    let before = given.everything().await;
    let second = commit().await;
    assert!(
        matches!(second, Err(AggregateError::AggregateConflict)),
        "{second:?}"
    );
    assert_eq!(given.everything().await, before);
    assert_eq!(given.limits("acme").await, Some((0, 2)));
}

async fn load(given: &Given, id: &KeyId) -> Loaded<ApiKey> {
    EventStore::<ApiKey>::load_aggregate(&given.database, id.as_str())
        .await
        .unwrap()
}

async fn an_identifier_that_is_taken_makes_no_second_key_and_leaves_the_first(given: Given) {
    let acme = given.verified("acme").await;
    let globex = given.verified("globex").await;
    let id = given.key(&acme).await;
    let before = given.everything().await;
    for by in [acme, globex] {
        let command = creation(&id, &by, "Mine", Scheme::Hmac, at(5));
        let answer = given.execute(&id, command).await;
        assert!(
            matches!(
                answer,
                Err(ExecuteError::Domain(ApiKeyError::AlreadyExists))
            ),
            "{answer:?}"
        );
    }
    assert_eq!(given.everything().await, before);
}

async fn an_empty_commit_writes_nothing(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let before = given.everything().await;
    let transactions = given.proxy.calls("TransactWriteItems");
    let loaded = load(&given, &id).await;
    let written = EventStore::<ApiKey>::commit(&given.database, vec![], loaded, HashMap::new())
        .await
        .unwrap();
    assert!(written.is_empty());
    assert_eq!(given.everything().await, before);
    assert_eq!(given.proxy.calls("TransactWriteItems"), transactions);
}

async fn a_repeated_command_writes_nothing(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    assert!(given.rename(&id, &by, "Invoices").await.unwrap().changed);
    let renamed = given.everything().await;
    let again = given.rename(&id, &by, "Invoices").await.unwrap();
    assert_eq!((again.changed, again.version), (false, 2));
    assert_eq!(given.everything().await, renamed);

    assert!(given.revoke(&id, &by).await.unwrap().changed);
    let revoked = given.everything().await;
    let again = given.revoke(&id, &by).await.unwrap();
    assert_eq!((again.changed, again.version), (false, 3));
    given.verified("acme").await;
    assert_eq!(given.everything().await, revoked);
}

async fn an_account_that_is_not_verified_gets_no_key_and_nothing_is_written(given: Given) {
    // Each was let in by an earlier look that is out of date by now.
    let requested = Principal {
        account: "requested".parse().unwrap(),
        user: "ann@requested".parse().unwrap(),
        role: Role::Administrator,
    };
    let request = AccountCommand::RequestVerification {
        by: requested,
        at: at(0),
    };
    given.on_account("requested", request).await.unwrap();
    given.verified("suspended").await;
    let suspend = AccountCommand::Suspend {
        by: operator(),
        at: at(1),
    };
    given.on_account("suspended", suspend).await.unwrap();
    let before = given.everything().await;
    for account in ["unknown", "requested", "suspended"] {
        let refused = refusal(given.create(&administrator(account)).await);
        assert_eq!(refused, Refusal::AccountNotVerified, "{account}");
    }
    assert_eq!(given.everything().await, before);
}

async fn an_account_at_its_limit_gets_no_key_and_nothing_is_written(given: Given) {
    let by = given.verified("acme").await;
    given.key(&by).await;
    let mut limits = given.view("ACCOUNT#acme", "LIMITS").await;
    limits.insert("live".to_owned(), number(99));
    given.put_view(limits).await;
    given.key(&by).await;
    let before = given.everything().await;
    assert_eq!(refusal(given.create(&by).await), Refusal::LimitReached);
    assert_eq!(given.everything().await, before);
    assert_eq!(given.limits("acme").await, Some((100, 2)));
}

async fn a_revocation_makes_room_for_one_key(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let mut limits = given.view("ACCOUNT#acme", "LIMITS").await;
    limits.insert("live".to_owned(), number(100));
    given.put_view(limits).await;
    assert_eq!(refusal(given.create(&by).await), Refusal::LimitReached);
    given.revoke(&id, &by).await.unwrap();
    // Again makes no more room.
    given.revoke(&id, &by).await.unwrap();
    given.create(&by).await.unwrap();
    assert_eq!(refusal(given.create(&by).await), Refusal::LimitReached);
}

async fn a_used_idempotency_key_makes_no_key_and_nothing_is_written(given: Given) {
    let by = given.verified("acme").await;
    let first = create_once(&given, "once", 0).await.unwrap();
    let before = given.everything().await;
    assert_eq!(
        refusal(create_once(&given, "once", 1).await),
        Refusal::IdempotencyKeyUsed
    );
    assert_eq!(given.everything().await, before);

    let earlier = given
        .store
        .earlier_request(by.account(), "once", at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(earlier.key, first.aggregate.key().unwrap().id);
    assert_eq!(earlier, remembered(&by, "once", &earlier.key, at(0)));
    // Another one is another one.
    create_once(&given, "twice", 1).await.unwrap();
}

const DAY: i64 = 86_400_000;

async fn an_idempotency_key_is_forgotten_after_24_hours(given: Given) {
    let by = given.verified("acme").await;
    create_once(&given, "once", 0).await.unwrap();
    let earlier = async |millis| {
        given
            .store
            .earlier_request(by.account(), "once", at(millis))
            .await
            .unwrap()
            .map(|request| request.at)
    };
    assert_eq!(earlier(DAY - 1_000).await, Some(at(0)));
    assert_eq!(
        refusal(create_once(&given, "once", DAY - 1_000).await),
        Refusal::IdempotencyKeyUsed
    );
    // DynamoDB has not removed the row yet, and it counts no more.
    assert_eq!(earlier(DAY).await, None);
    create_once(&given, "once", DAY).await.unwrap();
    assert_eq!(earlier(DAY).await, Some(at(DAY)));
    assert_eq!(given.limits("acme").await, Some((2, 2)));
}

async fn a_refused_create_does_not_use_up_its_idempotency_key(given: Given) {
    assert_eq!(
        refusal(create_once(&given, "once", 0).await),
        Refusal::AccountNotVerified
    );
    given.verified("acme").await;
    create_once(&given, "once", 1).await.unwrap();
}

/// A create in acme that is to be done once.
async fn create_once(given: &Given, idempotency_key: &str, millis: i64) -> OfKey {
    let by = administrator("acme");
    let id = KeyId::generate(at(millis)).unwrap();
    let command = creation(&id, &by, "Billing", Scheme::Basic, at(millis));
    let row = remembered(&by, idempotency_key, &id, at(millis));
    given
        .store
        .execute_on_key(&id, command, Some(&row), &context())
        .await
}
