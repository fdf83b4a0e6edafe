//! Many at once.

use std::collections::BTreeSet;

use futures::future::join_all;
use hubkeys_store::{ExecuteError, Refusal, Status};

use crate::given::Given;

contract!(
    of_50_creates_at_once_at_90_live_keys_exactly_10_succeed,
    of_50_revocations_of_one_key_at_once_all_succeed_and_one_is_written,
    renames_at_once_are_each_one_event,
);

async fn of_50_creates_at_once_at_90_live_keys_exactly_10_succeed(given: Given) {
    let by = given.verified("acme").await;
    for _ in 0..90 {
        given.key(&by).await;
    }
    assert_eq!(given.limits("acme").await, Some((90, 90)));
    let outcomes = join_all((0..50).map(|_| given.create(&by))).await;
    let (created, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(created.len(), 10);
    for outcome in refused {
        assert!(
            matches!(outcome, Err(ExecuteError::Refused(Refusal::LimitReached))),
            "{outcome:?}"
        );
    }
    assert_eq!(given.limits("acme").await, Some((100, 100)));
    let streams: BTreeSet<_> = given.events().await.into_keys().map(|(pk, _)| pk).collect();
    assert_eq!(streams.len(), 101);
    // The account's two rows, and two of each key.
    assert_eq!(given.views().await.len(), 202);
}

async fn of_50_revocations_of_one_key_at_once_all_succeed_and_one_is_written(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let outcomes = join_all((0..50).map(|_| given.revoke(&id, &by))).await;
    let changed = outcomes
        .into_iter()
        .filter(|outcome| outcome.as_ref().unwrap().changed);
    assert_eq!(changed.count(), 1);
    let history = given.store.key_history(&by, &id).await.unwrap().unwrap();
    assert_eq!(history.len(), 2);
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(
        (credential.status, credential.version),
        (Status::Revoked, 2)
    );
    assert_eq!(given.limits("acme").await, Some((0, 2)));
}

async fn renames_at_once_are_each_one_event(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let names: Vec<_> = (0..8).map(|number| format!("Name {number}")).collect();
    for outcome in join_all(names.iter().map(|name| given.rename(&id, &by, name))).await {
        assert!(outcome.unwrap().changed);
    }
    let (key, version) = given.seen(&id, &by).await;
    assert_eq!(version, 9);
    assert!(names.contains(&key.name.to_string()));
    let report = given.check().await;
    assert_eq!(report.drift, []);
}
