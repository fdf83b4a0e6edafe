//! When keys were last used.

use std::time::Instant;

use hubkeys_domain::{KeyId, Timestamp};
use hubkeys_store::LastUsed;

use crate::given::{Given, administrator, at};
use fault_proxy::Fault;

contract!(
    a_key_that_was_never_used_says_so,
    a_use_is_written_once_in_15_minutes,
    of_a_hundred_uses_at_once_one_is_written,
    a_use_that_found_no_room_is_written_with_the_next_one,
    of_many_keys_no_more_are_written_at_once_than_the_pace_allows,
    time_does_not_go_back_whatever_the_order_of_the_instances,
    a_use_that_can_not_be_written_is_nobodys_failure_and_not_tried_again_by_every_request,
    a_command_is_answered_without_a_last_use_that_can_not_be_read,
    a_revoked_key_keeps_its_last_use,
);

const QUARTER: i64 = 15 * 60 * 1_000;

fn of(given: &Given) -> (LastUsed, KeyId) {
    (
        LastUsed::new(given.database.clone()),
        KeyId::generate(at(0)).unwrap(),
    )
}

async fn used(last_used: &LastUsed, key: &KeyId, at: Timestamp) {
    last_used.record(administrator("acme").account(), key, at);
    last_used.settled().await;
}

async fn seen(given: &Given, key: &KeyId) -> Option<Timestamp> {
    let account = administrator("acme");
    given.store.last_used(account.account(), key).await.unwrap()
}

async fn a_key_that_was_never_used_says_so(given: Given) {
    let (_, key) = of(&given);
    assert_eq!(seen(&given, &key).await, None);
}

async fn a_use_is_written_once_in_15_minutes(given: Given) {
    let (last_used, key) = of(&given);
    for (instant, written) in [
        (at(0), at(0)),
        (at(1), at(0)),
        (at(QUARTER - 1), at(0)),
        (at(QUARTER), at(QUARTER)),
        (at(2 * QUARTER - 1), at(QUARTER)),
        (at(9 * QUARTER), at(9 * QUARTER)),
    ] {
        used(&last_used, &key, instant).await;
        assert_eq!(seen(&given, &key).await, Some(written));
    }
    assert_eq!(given.proxy.calls("PutItem"), 3);
    let row = given.view("USED#acme", key.as_str()).await;
    assert_eq!(row.len(), 3, "{row:?}");
}

async fn of_a_hundred_uses_at_once_one_is_written(given: Given) {
    let (last_used, key) = of(&given);
    for number in 0..100 {
        last_used.record(administrator("acme").account(), &key, at(number));
    }
    last_used.settled().await;
    assert_eq!(given.proxy.calls("PutItem"), 1);
    assert_eq!(seen(&given, &key).await, Some(at(0)));
}

async fn a_use_that_found_no_room_is_written_with_the_next_one(given: Given) {
    let (last_used, _) = of(&given);
    let keys: Vec<_> = (0..40).map(|_| KeyId::generate(at(0)).unwrap()).collect();
    for round in 0..2 {
        // Nothing is written while this does not wait, so there is room for as many as may be under way.
        for key in &keys {
            last_used.record(administrator("acme").account(), key, at(round));
        }
        last_used.settled().await;
        assert_eq!(given.proxy.calls("PutItem"), [32, 40][round as usize]);
    }
    assert_eq!(seen(&given, &keys[39]).await, Some(at(1)));
}

async fn of_many_keys_no_more_are_written_at_once_than_the_pace_allows(given: Given) {
    let (last_used, _) = of(&given);
    let start = Instant::now();
    for _ in 0..30 {
        for _ in 0..32 {
            let key = KeyId::generate(at(0)).unwrap();
            last_used.record(administrator("acme").account(), &key, at(0));
        }
        last_used.settled().await;
    }
    let paced = usize::try_from(start.elapsed().as_millis() / 9).unwrap();
    let written = given.proxy.calls("PutItem");
    assert!((100..=101 + paced).contains(&written), "{written} {paced}");
}

async fn time_does_not_go_back_whatever_the_order_of_the_instances(given: Given) {
    let (one, key) = of(&given);
    let (other, _) = of(&given);
    used(&one, &key, at(5)).await;
    used(&other, &key, at(4)).await;
    assert_eq!(given.proxy.calls("PutItem"), 2);
    assert_eq!(seen(&given, &key).await, Some(at(5)));
}

async fn a_use_that_can_not_be_written_is_nobodys_failure_and_not_tried_again_by_every_request(
    given: Given,
) {
    let (last_used, key) = of(&given);
    given.proxy.always("PutItem", || Fault::InternalError);
    used(&last_used, &key, at(0)).await;
    let tries = given.proxy.calls("PutItem");
    assert!(tries > 0);
    for number in 1..50 {
        used(&last_used, &key, at(number)).await;
    }
    assert_eq!(given.proxy.calls("PutItem"), tries);
    assert_eq!(seen(&given, &key).await, None);
}

async fn a_command_is_answered_without_a_last_use_that_can_not_be_read(given: Given) {
    let (last_used, key) = of(&given);
    used(&last_used, &key, at(0)).await;
    let account = administrator("acme");
    given.proxy.always("GetItem", || Fault::InternalError);
    assert!(
        given
            .store
            .last_used(account.account(), &key)
            .await
            .is_err()
    );
    let known = given.store.last_used_if_known(account.account(), &key);
    assert_eq!(known.await, None);
}

async fn a_revoked_key_keeps_its_last_use(given: Given) {
    let by = given.verified("acme").await;
    let key = given.key(&by).await;
    let (last_used, _) = of(&given);
    used(&last_used, &key, at(1)).await;
    given.revoke(&key, &by).await.unwrap();
    assert_eq!(seen(&given, &key).await, Some(at(1)));
}
