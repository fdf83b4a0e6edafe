//! Signatures that are good for one use only.

use futures::future::join_all;
use hubkeys_domain::KeyId;
use hubkeys_store::{ReplayGuard, StoreError, Use};

use crate::given::{Given, at};
use fault_proxy::Fault;

contract!(
    the_first_use_of_a_signature_wins_and_the_second_is_told,
    of_twenty_uses_at_once_one_is_the_first,
    the_same_signature_of_another_key_is_another_signature,
    a_used_signature_is_remembered_for_five_minutes_longer_than_it_is_good,
    a_use_whose_answer_was_lost_is_still_the_first,
    a_guard_that_gets_no_answer_lets_nothing_pass,
);

fn guard(given: &Given) -> (ReplayGuard, KeyId) {
    (
        ReplayGuard::new(given.database.clone()),
        KeyId::generate(at(1)).unwrap(),
    )
}

async fn the_first_use_of_a_signature_wins_and_the_second_is_told(given: Given) {
    let (guard, key) = guard(&given);
    assert_eq!(guard.use_once(&key, "a", at(1)).await.unwrap(), Use::First);
    assert_eq!(guard.use_once(&key, "a", at(1)).await.unwrap(), Use::Again);
    assert_eq!(guard.use_once(&key, "b", at(1)).await.unwrap(), Use::First);
}

async fn of_twenty_uses_at_once_one_is_the_first(given: Given) {
    let (guard, key) = guard(&given);
    let uses = join_all((0..20).map(|_| guard.use_once(&key, "a", at(1)))).await;
    let first = uses
        .iter()
        .filter(|used| matches!(used, Ok(Use::First)))
        .count();
    assert_eq!((first, uses.len()), (1, 20));
}

async fn the_same_signature_of_another_key_is_another_signature(given: Given) {
    let (guard, key) = guard(&given);
    let other = KeyId::generate(at(2)).unwrap();
    assert_eq!(guard.use_once(&key, "a", at(1)).await.unwrap(), Use::First);
    assert_eq!(
        guard.use_once(&other, "a", at(1)).await.unwrap(),
        Use::First
    );
}

async fn a_used_signature_is_remembered_for_five_minutes_longer_than_it_is_good(given: Given) {
    let (guard, key) = guard(&given);
    guard.use_once(&key, "a", at(60_000)).await.unwrap();
    let row = given.view(&format!("REPLAY#{key}#a"), "SEEN").await;
    assert_eq!(
        row["expires"].as_n().unwrap(),
        &(at(60_000).as_seconds() + 300).to_string()
    );
}

async fn a_use_whose_answer_was_lost_is_still_the_first(given: Given) {
    let (guard, key) = guard(&given);
    given.proxy.next("PutItem", Fault::LostAnswer);
    assert_eq!(guard.use_once(&key, "a", at(1)).await.unwrap(), Use::First);
    assert_eq!(guard.use_once(&key, "a", at(1)).await.unwrap(), Use::Again);
}

async fn a_guard_that_gets_no_answer_lets_nothing_pass(given: Given) {
    let (guard, key) = guard(&given);
    given.proxy.always("PutItem", || Fault::InternalError);
    let used = guard.use_once(&key, "a", at(1)).await;
    assert!(
        matches!(used, Err(StoreError::Unavailable { .. })),
        "{used:?}"
    );
}
