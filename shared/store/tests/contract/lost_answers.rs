//! Refusals, lost answers and dead connections: a command is written once, or it is known that it may not be.

use std::time::{Duration, Instant};

use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{ExecuteError, KeyQuery, Status, StoreError};

use crate::given::{Given, OfKey, at, creation, revocation, within};
use fault_proxy::Fault;

const WRITE: &str = "TransactWriteItems";

contract!(
    a_command_whose_answer_is_lost_succeeds_and_is_written_once,
    a_command_whose_request_is_lost_is_written_once,
    a_command_whose_every_answer_is_lost_may_be_sent_again,
    a_lost_answer_is_found_out_though_others_wrote_since,
    an_answer_lost_among_conflicts_is_found_out,
    a_contended_command_is_tried_again,
    a_command_contended_for_ever_is_busy_before_its_deadline,
    a_command_contended_for_ever_is_given_up_after_16_attempts,
    a_server_that_fails_for_ever_is_unavailable,
    a_read_that_fails_is_an_error_and_never_an_absence,
    a_garbled_answer_is_not_believed,
);

/// Makes a key while `faults` happen, and shows that it was made once.
async fn created_once(given: &Given, faults: impl IntoIterator<Item = Fault>) {
    let by = given.verified("acme").await;
    let before = given.events().await.len();
    let live = given.limits("acme").await.map_or(0, |(live, _)| live);
    for fault in faults {
        given.proxy.next(WRITE, fault);
    }
    let created = given.create(&by).await.unwrap();
    assert_eq!((created.changed, created.version), (true, 1));
    assert_eq!(given.events().await.len(), before + 1);
    assert_eq!(given.limits("acme").await.unwrap().0, live + 1);

    // The same for a change of a key that is there.
    let id = created.aggregate.key().unwrap().id.clone();
    assert!(given.revoke(&id, &by).await.unwrap().changed);
    assert_eq!(given.events().await.len(), before + 2);
    assert_eq!(given.limits("acme").await.unwrap().0, live);
    assert_eq!(given.check().await.drift, []);
}

fn times(count: usize, fault: fn() -> Fault) -> impl Iterator<Item = Fault> {
    (0..count).map(move |_| fault())
}

async fn a_command_whose_answer_is_lost_succeeds_and_is_written_once(given: Given) {
    // The SDK tries thrice with one token; then we try with the same events.
    for lost in [1, 2, 3, 4, 6] {
        created_once(&given, times(lost, || Fault::LostAnswer)).await;
    }
}

async fn a_command_whose_request_is_lost_is_written_once(given: Given) {
    for lost in [1, 3, 4] {
        created_once(&given, times(lost, || Fault::LostRequest)).await;
        created_once(&given, times(lost, || Fault::InternalError)).await;
    }
    created_once(
        &given,
        [
            Fault::LostRequest,
            Fault::InternalError,
            Fault::LostAnswer,
            Fault::TransactionConflict,
        ],
    )
    .await;
}

async fn a_command_whose_every_answer_is_lost_may_be_sent_again(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    given.proxy.always(WRITE, || Fault::LostAnswer);
    is_unavailable(given.revoke(&id, &by).await);
    given.proxy.heal();
    // It had been written, and is not written again.
    let again = given.revoke(&id, &by).await.unwrap();
    assert_eq!((again.changed, again.version), (false, 2));
    assert_eq!(given.limits("acme").await, Some((0, 2)));
}

async fn a_lost_answer_is_found_out_though_others_wrote_since(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    for _ in 0..3 {
        given.proxy.next(WRITE, Fault::LostAnswer);
    }
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        given.revoke(&id, &by).await.unwrap();
        release.send(()).unwrap();
    };
    let (renamed, ()) = tokio::join!(given.rename(&id, &by, "Invoices"), overtake);
    let renamed = renamed.unwrap();
    assert_eq!((renamed.changed, renamed.version), (true, 2));
    let history = given.store.key_history(&by, &id).await.unwrap().unwrap();
    assert_eq!(history.len(), 3);
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(
        (credential.status, credential.version),
        (Status::Revoked, 3)
    );
    assert_eq!(given.check().await.drift, []);
}

async fn an_answer_lost_among_conflicts_is_found_out(given: Given) {
    let conflicts = || times(5, || Fault::TransactionConflict);
    let lost = || times(3, || Fault::LostAnswer);
    created_once(&given, conflicts().chain(lost())).await;
    created_once(&given, lost().chain(conflicts())).await;
}

async fn a_contended_command_is_tried_again(given: Given) {
    for fault in [
        || Fault::TransactionConflict,
        || Fault::RowThrottled,
        || Fault::Throttled,
    ] as [fn() -> Fault; 3]
    {
        for contended in [1, 4] {
            let calls = given.proxy.calls(WRITE);
            created_once(&given, times(contended, fault)).await;
            assert!(given.proxy.calls(WRITE) - calls >= contended + 2);
        }
    }
}

async fn a_command_contended_for_ever_is_busy_before_its_deadline(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let before = given.everything().await;
    for fault in [|| Fault::TransactionConflict, || Fault::Throttled] as [fn() -> Fault; 2] {
        given.proxy.always(WRITE, fault);
        let began = Instant::now();
        let context = within(Duration::from_millis(700));
        let answer = given
            .store
            .execute_on_key(&id, revocation(&by), None, &context)
            .await;
        assert!(began.elapsed() < Duration::from_millis(700));
        assert!(
            matches!(answer, Err(ExecuteError::Store(StoreError::Busy { attempts })) if attempts > 1),
            "{answer:?}"
        );
    }
    given.proxy.heal();
    assert_eq!(given.everything().await, before);
}

async fn a_command_contended_for_ever_is_given_up_after_16_attempts(given: Given) {
    let by = given.verified("acme").await;
    let calls = given.proxy.calls(WRITE);
    given.proxy.always(WRITE, || Fault::TransactionConflict);
    let id = KeyId::generate(at(0)).unwrap();
    let command = creation(&id, &by, "Billing", Scheme::Basic, at(0));
    let answer = given.execute(&id, command).await;
    assert!(
        matches!(
            answer,
            Err(ExecuteError::Store(StoreError::Busy { attempts: 16 }))
        ),
        "{answer:?}"
    );
    assert_eq!(given.proxy.calls(WRITE) - calls, 16);
}

async fn a_server_that_fails_for_ever_is_unavailable(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let before = given.everything().await;
    for fault in [|| Fault::InternalError, || Fault::LostRequest] as [fn() -> Fault; 2] {
        given.proxy.always(WRITE, fault);
        is_unavailable(given.revoke(&id, &by).await);
    }
    given.proxy.heal();
    assert_eq!(given.everything().await, before);
}

fn is_unavailable(outcome: OfKey) {
    assert!(
        matches!(
            outcome,
            Err(ExecuteError::Store(StoreError::Unavailable { .. }))
        ),
        "{outcome:?}"
    );
}

async fn a_read_that_fails_is_an_error_and_never_an_absence(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    for operation in ["GetItem", "Query", "Scan"] {
        given.proxy.always(operation, || Fault::InternalError);
    }
    let store = &given.store;
    let errors = [
        given.reader.get(&id).await.unwrap_err(),
        store.key(&by, &id).await.unwrap_err(),
        store.key_history(&by, &id).await.unwrap_err(),
        store.standing(by.account()).await.unwrap_err(),
        store
            .earlier_request(by.account(), "once", at(0))
            .await
            .unwrap_err(),
        store
            .keys(&by, &KeyQuery::default(), 10, None)
            .await
            .unwrap_err(),
        store.check(|_| ()).await.unwrap_err(),
        store.rebuild(|_| ()).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    }
    is_unavailable(given.revoke(&id, &by).await);
}

async fn a_garbled_answer_is_not_believed(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let credential = given.reader.get(&id).await.unwrap();
    // Anywhere in it: most of these are still JSON, and some are still a credential.
    for bit in (0..4_000).step_by(61) {
        let calls = given.proxy.calls("GetItem");
        given.proxy.next("GetItem", Fault::Corrupted(bit));
        assert_eq!(given.reader.get(&id).await.unwrap(), credential, "{bit}");
        assert_eq!(given.proxy.calls("GetItem") - calls, 2, "{bit}");
    }
    given.proxy.always("GetItem", || Fault::Corrupted(2_000));
    let error = given.reader.get(&id).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    given.proxy.heal();
    // A command that was done is found out, as after any lost answer.
    created_once(&given, times(3, || Fault::Corrupted(9))).await;
}
