//! An account suspended and reinstated: its keys follow, whoever is killed and whatever happens at the same time.

use hubkeys_domain::account::{AccountCommand, AccountError, Standing};
use hubkeys_domain::api_key::{ApiKeyError, ApiKeyEvent, DisabledBecause};
use hubkeys_domain::{Actor, AuthorizedAdministrator, KeyId, Scheme};
use hubkeys_store::{
    DriftProblem, Enforced, EnforcementError, ExecuteError, KeyQuery, Lease, Refusal, Status,
    StoreError,
};
use verify::Verifier;

use crate::fleet::{Held, Ring, create, outcome, reseal};
use crate::given::{Given, at, creation, listed_as, number, operator, text};
use fault_proxy::Fault;

const WRITE: &str = "TransactWriteItems";

contract!(
    a_key_of_a_suspended_account_is_refused_on_the_very_next_verify_and_valid_once_reinstated,
    suspending_and_reinstating_again_writes_nothing,
    only_a_verified_account_is_suspended_and_no_other_account_notices,
    a_list_of_several_pages_is_disabled_and_enabled_whole,
    a_create_that_a_suspension_overtakes_makes_no_key,
    a_key_created_while_a_suspension_begins_is_disabled,
    a_rename_that_a_suspension_overtakes_leaves_the_key_disabled,
    a_reinstatement_that_a_suspension_overtakes_enables_no_key_after_its_success,
    a_suspension_that_a_reinstatement_overtakes_is_not_told_as_done,
    a_suspension_that_others_undid_and_did_again_is_not_told_as_done,
    a_disabled_key_can_be_revoked_and_does_not_come_back,
    a_key_that_is_revoked_while_it_is_disabled_is_revoked,
    a_disabled_key_counts_as_live,
    rows_of_a_disabled_key_follow_from_its_events,
    a_row_brought_back_from_before_the_suspension_is_mended_by_suspending_again,
    a_row_that_can_not_be_mended_is_never_told_as_done,
    a_key_listed_without_events_is_never_told_as_done,
    a_disabled_key_is_resealed_and_its_version_is_not_removed,
);

mod killed_suspending {
    use super::{Decision, Given, killed_at_every_call};

    contract!(
        killed_before_any_call_of_a_suspension_the_same_again_goes_on,
        killed_after_any_call_of_a_suspension_the_same_again_goes_on,
    );

    async fn killed_before_any_call_of_a_suspension_the_same_again_goes_on(given: Given) {
        killed_at_every_call(&given, Decision::Suspend, false).await;
    }

    async fn killed_after_any_call_of_a_suspension_the_same_again_goes_on(given: Given) {
        killed_at_every_call(&given, Decision::Suspend, true).await;
    }
}

mod killed_reinstating {
    use super::{Decision, Given, killed_at_every_call};

    contract!(
        killed_before_any_call_of_a_reinstatement_the_same_again_goes_on,
        killed_after_any_call_of_a_reinstatement_the_same_again_goes_on,
    );

    async fn killed_before_any_call_of_a_reinstatement_the_same_again_goes_on(given: Given) {
        killed_at_every_call(&given, Decision::Reinstate, false).await;
    }

    async fn killed_after_any_call_of_a_reinstatement_the_same_again_goes_on(given: Given) {
        killed_at_every_call(&given, Decision::Reinstate, true).await;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Suspend,
    Reinstate,
}

type Answer = Result<Enforced, EnforcementError>;

async fn decide(given: &Given, decision: Decision) -> Answer {
    let (account, by) = ("acme".parse().unwrap(), operator());
    let store = &given.store;
    match decision {
        Decision::Suspend => {
            let suspending = store.suspend_account(&account, &by, at(10), "suspend-1", |_| ());
            suspending.await
        }
        Decision::Reinstate => {
            let reinstating = store.reinstate_account(&account, &by, at(20), "reinstate-1", |_| ());
            reinstating.await
        }
    }
}

/// The store where a suspension has no lease to wait out.
async fn strict(given: &Given) -> &Given {
    given.store.change_lease_alone(Lease::NONE).await.unwrap();
    given
}

async fn suspend(given: &Given) -> Answer {
    decide(given, Decision::Suspend).await
}

async fn reinstate(given: &Given) -> Answer {
    decide(given, Decision::Reinstate).await
}

fn enforced(decided: bool, keys: u64, changed: u64) -> Enforced {
    Enforced {
        decided,
        keys,
        changed,
    }
}

async fn outcomes(verifier: &Verifier, keys: &[Held]) -> Vec<&'static str> {
    let mut found = Vec::new();
    for held in keys {
        found.push(outcome(verifier, held).await);
    }
    found
}

async fn statuses(given: &Given, by: &AuthorizedAdministrator) -> Vec<Status> {
    let query = KeyQuery::default();
    let page = given.store.keys(by, &query, 100, None).await.unwrap();
    page.keys.iter().map(|key| key.summary.status).collect()
}

/// How many events of this type there are.
async fn count(given: &Given, kind: &str) -> usize {
    let events = given.events().await;
    events
        .values()
        .filter(|event| event["type"] == text(kind))
        .count()
}

fn is_overtaken(answer: &Answer) {
    assert!(
        matches!(answer, Err(EnforcementError::Overtaken)),
        "{answer:?}"
    );
}

async fn a_key_of_a_suspended_account_is_refused_on_the_very_next_verify_and_valid_once_reinstated(
    given: Given,
) {
    let ring = Ring::of(&given).await;
    let by = strict(&given).await.verified("acme").await;
    let keys = create(&given, &by, &ring).await;
    let (verifier, _) = ring.verifier(&given).await;
    assert_eq!(outcomes(&verifier, &keys).await, ["valid"; 2]);

    assert_eq!(suspend(&given).await.unwrap(), enforced(true, 2, 2));
    assert_eq!(outcomes(&verifier, &keys).await, ["account_suspended"; 2]);
    let standing = given.store.standing(by.account()).await.unwrap();
    assert_eq!(standing.standing, Standing::Suspended);
    for held in &keys {
        let credential = given.reader.get(&held.id).await.unwrap().unwrap();
        assert_eq!(
            (credential.status, credential.version),
            (Status::Disabled, 2)
        );
        let (key, _) = given.seen(&held.id, &by).await;
        let disabled = key.disabled.unwrap();
        assert_eq!(
            (disabled.at, disabled.by, disabled.because),
            (
                at(10),
                Actor::from(&operator()),
                DisabledBecause::AccountSuspended
            )
        );
    }
    assert_eq!(statuses(&given, &by).await, [Status::Disabled; 2]);
    assert_eq!(given.check().await.drift, []);

    // Only who holds the secret learns of it.
    let stranger = Held {
        id: keys[1].id.clone(),
        scheme: Scheme::Hmac,
        secret: hubkeys_domain::Secret::generate().unwrap(),
    };
    assert_eq!(outcome(&verifier, &stranger).await, "signature_mismatch");

    assert_eq!(reinstate(&given).await.unwrap(), enforced(true, 2, 2));
    assert_eq!(outcomes(&verifier, &keys).await, ["valid"; 2]);
    let history = given.store.key_history(&by, &keys[0].id).await.unwrap();
    let history = history.unwrap();
    let [_, disabled, enabled] = history.as_slice() else {
        panic!("{history:?}");
    };
    assert!(matches!(disabled.event, ApiKeyEvent::KeyDisabled { .. }));
    assert!(matches!(enabled.event, ApiKeyEvent::KeyEnabled { .. }));
    assert_eq!(
        (&*disabled.request_id, &*enabled.request_id),
        ("suspend-1", "reinstate-1")
    );
    assert_eq!(statuses(&given, &by).await, [Status::Active; 2]);
    assert_eq!(given.check().await.drift, []);
}

async fn suspending_and_reinstating_again_writes_nothing(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    given.key(&by).await;
    // Nothing to reinstate is as asked already.
    let before = given.everything().await;
    assert_eq!(reinstate(&given).await.unwrap(), enforced(false, 1, 0));
    assert_eq!(given.everything().await, before);
    for decision in [Decision::Suspend, Decision::Reinstate, Decision::Suspend] {
        let once = decide(&given, decision).await.unwrap();
        assert_eq!(once, enforced(true, 1, 1));
        let before = given.everything().await;
        let again = decide(&given, decision).await.unwrap();
        assert_eq!(again, enforced(false, 1, 0));
        assert_eq!(given.everything().await, before);
    }
}

async fn only_a_verified_account_is_suspended_and_no_other_account_notices(given: Given) {
    let before = given.everything().await;
    for decision in [Decision::Suspend, Decision::Reinstate] {
        let answer = decide(&given, decision).await;
        assert!(
            matches!(
                answer,
                Err(EnforcementError::Account(AccountError::NotVerified))
            ),
            "{answer:?}"
        );
    }
    assert_eq!(given.everything().await, before);

    strict(&given).await.verified("acme").await;
    // An account whose name begins like another's.
    let other = strict(&given).await.verified("acme-2").await;
    let theirs = given.key(&other).await;
    assert_eq!(suspend(&given).await.unwrap(), enforced(true, 0, 0));
    let credential = given.reader.get(&theirs).await.unwrap().unwrap();
    assert_eq!(credential.status, Status::Active);
    given.create(&other).await.unwrap();
}

async fn a_list_of_several_pages_is_disabled_and_enabled_whole(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    // Revoked keys that fill the first pages, so that every live one is behind them.
    for order in 0..9 {
        let created = at(order);
        let id = given.key_of(&by, "Billing", Scheme::Basic, created).await;
        given.revoke(&id, &by).await.unwrap();
        let mut row = given.view("ACCOUNT#acme", &listed_as(&id, created)).await;
        row.insert("more".to_owned(), text(&"m".repeat(300_000)));
        given.put_view(row).await;
    }
    let mut live = Vec::new();
    for order in 10..12 {
        live.push(given.key_of(&by, "Billing", Scheme::Basic, at(order)).await);
    }
    for (decision, status) in [
        (Decision::Suspend, Status::Disabled),
        (Decision::Reinstate, Status::Active),
    ] {
        let done = decide(&given, decision).await.unwrap();
        assert_eq!(done, enforced(true, 2, 2));
        for id in &live {
            let credential = given.reader.get(id).await.unwrap().unwrap();
            assert_eq!(credential.status, status);
        }
    }
}

async fn a_create_that_a_suspension_overtakes_makes_no_key(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    given.key(&by).await;
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        assert_eq!(suspend(&given).await.unwrap(), enforced(true, 1, 1));
        release.send(()).unwrap();
    };
    let (created, ()) = tokio::join!(given.create(&by), overtake);
    assert!(
        matches!(
            created,
            Err(ExecuteError::Refused(Refusal::AccountNotVerified))
        ),
        "{created:?}"
    );
    assert_eq!(statuses(&given, &by).await, [Status::Disabled]);
}

async fn a_key_created_while_a_suspension_begins_is_disabled(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        given.create(&by).await.unwrap();
        release.send(()).unwrap();
    };
    let (suspended, ()) = tokio::join!(suspend(&given), overtake);
    assert_eq!(suspended.unwrap(), enforced(true, 1, 1));
    assert_eq!(statuses(&given, &by).await, [Status::Disabled]);
    let refused = given.create(&by).await;
    assert!(
        matches!(refused, Err(ExecuteError::Refused(_))),
        "{refused:?}"
    );
}

async fn a_rename_that_a_suspension_overtakes_leaves_the_key_disabled(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let id = given.key(&by).await;
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        suspend(&given).await.unwrap();
        release.send(()).unwrap();
    };
    let (renamed, ()) = tokio::join!(given.rename(&id, &by, "Invoices"), overtake);
    assert_eq!(renamed.unwrap().version, 3);
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(
        (credential.status, credential.version),
        (Status::Disabled, 3)
    );
}

/// Lets `first` begin, holds it at its transaction number `held`, counted from 0, and lets it go when `meanwhile` is over.
async fn overtaken(
    given: &Given,
    first: Decision,
    held: usize,
    meanwhile: &[Decision],
) -> (Answer, Vec<Answer>) {
    for _ in 0..held {
        given.proxy.next(WRITE, Fault::None);
    }
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        let mut answers = Vec::new();
        for decision in meanwhile {
            answers.push(decide(given, *decision).await);
        }
        release.send(()).unwrap();
        answers
    };
    tokio::join!(decide(given, first), overtake)
}

async fn a_reinstatement_that_a_suspension_overtakes_enables_no_key_after_its_success(
    given: Given,
) {
    let by = strict(&given).await.verified("acme").await;
    for _ in 0..2 {
        given.key(&by).await;
    }
    // Held before it enables the first key, and before it enables the second one.
    for held in [1, 2] {
        suspend(&given).await.unwrap();
        let (reinstated, suspended) =
            overtaken(&given, Decision::Reinstate, held, &[Decision::Suspend]).await;
        let disabled_again = held as u64 - 1;
        assert_eq!(
            *suspended[0].as_ref().unwrap(),
            enforced(true, 2, disabled_again)
        );
        is_overtaken(&reinstated);
        assert_eq!(statuses(&given, &by).await, [Status::Disabled; 2]);
        assert_eq!(given.check().await.drift, []);
        reinstate(&given).await.unwrap();
        assert_eq!(statuses(&given, &by).await, [Status::Active; 2]);
    }
}

async fn a_suspension_that_a_reinstatement_overtakes_is_not_told_as_done(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    for _ in 0..2 {
        given.key(&by).await;
    }
    for held in [1, 2] {
        let (suspended, reinstated) =
            overtaken(&given, Decision::Suspend, held, &[Decision::Reinstate]).await;
        reinstated[0].as_ref().unwrap();
        is_overtaken(&suspended);
        assert_eq!(statuses(&given, &by).await, [Status::Active; 2]);
        assert_eq!(given.check().await.drift, []);
    }
}

async fn a_suspension_that_others_undid_and_did_again_is_not_told_as_done(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    for _ in 0..2 {
        given.key(&by).await;
    }
    let meanwhile = [Decision::Reinstate, Decision::Suspend];
    let (suspended, answers) = overtaken(&given, Decision::Suspend, 1, &meanwhile).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    // It can't know whether what it has seen is still so.
    is_overtaken(&suspended);
    assert_eq!(statuses(&given, &by).await, [Status::Disabled; 2]);
    assert_eq!(suspend(&given).await.unwrap(), enforced(false, 2, 0));
}

async fn a_disabled_key_can_be_revoked_and_does_not_come_back(given: Given) {
    let ring = Ring::of(&given).await;
    let by = strict(&given).await.verified("acme").await;
    let keys = create(&given, &by, &ring).await;
    suspend(&given).await.unwrap();
    given.revoke(&keys[0].id, &by).await.unwrap();
    let (verifier, _) = ring.verifier(&given).await;
    assert_eq!(
        outcomes(&verifier, &keys).await,
        ["revoked", "account_suspended"]
    );
    assert_eq!(given.limits("acme").await.unwrap().0, 1);
    assert_eq!(suspend(&given).await.unwrap(), enforced(false, 1, 0));
    assert_eq!(reinstate(&given).await.unwrap(), enforced(true, 1, 1));
    assert_eq!(outcomes(&verifier, &keys).await, ["revoked", "valid"]);
    assert_eq!(given.check().await.drift, []);
}

async fn a_key_that_is_revoked_while_it_is_disabled_is_revoked(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let id = given.key(&by).await;
    given.proxy.next(WRITE, Fault::None);
    let (arrived, release) = given.proxy.hold(WRITE);
    let overtake = async {
        arrived.await.unwrap();
        given.revoke(&id, &by).await.unwrap();
        release.send(()).unwrap();
    };
    let (suspended, ()) = tokio::join!(suspend(&given), overtake);
    assert_eq!(suspended.unwrap(), enforced(true, 1, 0));
    assert_eq!(statuses(&given, &by).await, [Status::Revoked]);
    assert_eq!(given.check().await.drift, []);
}

async fn a_disabled_key_counts_as_live(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    for _ in 0..2 {
        given.key(&by).await;
    }
    let limits = given.limits("acme").await;
    suspend(&given).await.unwrap();
    assert_eq!(given.limits("acme").await, limits);
    let mut row = given.view("ACCOUNT#acme", "LIMITS").await;
    row.insert("live".to_owned(), number(0));
    given.put_view(row).await;
    assert_eq!(given.rebuild().await.drift.len(), 1);
    assert_eq!(given.limits("acme").await.unwrap().0, 2);
    reinstate(&given).await.unwrap();
    assert_eq!(given.limits("acme").await.unwrap().0, 2);
}

async fn rows_of_a_disabled_key_follow_from_its_events(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let id = given.key(&by).await;
    let pk = format!("KEY#{id}");
    let active = given.view(&pk, "VERIFY").await;
    suspend(&given).await.unwrap();
    let suspended = given.everything().await;
    given.put_view(active).await;
    given
        .delete_view("ACCOUNT#acme", &listed_as(&id, at(0)))
        .await;
    given.delete_view("ACCOUNT#acme", "STANDING").await;
    let found: Vec<_> = given.check().await.drift;
    let problems: Vec<_> = found.iter().map(|drift| drift.problem).collect();
    assert_eq!(problems.len(), 4, "{found:?}");
    assert!(problems.contains(&DriftProblem::Differs));
    given.rebuild().await;
    let (events, mut views) = given.everything().await;
    // A recount is counted.
    let limits = ("ACCOUNT#acme".to_owned(), "LIMITS".to_owned());
    views.insert(limits.clone(), suspended.1[&limits].clone());
    assert_eq!((events, views), suspended);
    assert_eq!(given.check().await.drift, []);
}

async fn a_row_brought_back_from_before_the_suspension_is_mended_by_suspending_again(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let id = given.key(&by).await;
    let before = given.views().await;
    suspend(&given).await.unwrap();
    let suspended = given.everything().await;
    // Neither the count of keys nor the lease follows from what was brought back.
    let follows = |(_, sk): &(String, String)| sk != "LIMITS" && sk != "LEASE";
    // Each row by itself, and all of them.
    let rows: Vec<_> = before.iter().filter(|(key, _)| follows(key)).collect();
    assert_eq!(rows.len(), 3);
    for some in [&rows[..1], &rows[1..2], &rows[2..], &rows[..]] {
        for (_, row) in some {
            given.put_view((*row).clone()).await;
        }
        let again = suspend(&given).await.unwrap();
        assert_eq!(again, enforced(false, 1, 0));
        assert_eq!(given.everything().await, suspended);
    }
    let credential = given.reader.get(&id).await.unwrap().unwrap();
    assert_eq!(credential.status, Status::Disabled);
}

async fn a_row_that_can_not_be_mended_is_never_told_as_done(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let id = given.key(&by).await;
    let mut ahead = given.view(&format!("KEY#{id}"), "VERIFY").await;
    suspend(&given).await.unwrap();
    ahead.insert("version".to_owned(), number(99));
    given.put_view(ahead).await;
    let answer = suspend(&given).await;
    assert!(
        matches!(
            answer,
            Err(EnforcementError::Store(StoreError::Unreadable { .. }))
        ),
        "{answer:?}"
    );
}

async fn a_key_listed_without_events_is_never_told_as_done(given: Given) {
    let by = strict(&given).await.verified("acme").await;
    let model = given.key(&by).await;
    let id = KeyId::generate(at(1)).unwrap();
    let mut orphan = given.view("ACCOUNT#acme", &listed_as(&model, at(0))).await;
    orphan.insert("sk".to_owned(), text(&listed_as(&id, at(1))));
    given.put_view(orphan).await;
    let answer = suspend(&given).await;
    assert!(
        matches!(
            &answer,
            Err(EnforcementError::Key { key, source: ApiKeyError::NotFound }) if *key == id
        ),
        "{answer:?}"
    );
    given.rebuild().await;
    assert_eq!(suspend(&given).await.unwrap(), enforced(false, 1, 0));
    assert_eq!(statuses(&given, &by).await, [Status::Disabled]);
}

async fn a_disabled_key_is_resealed_and_its_version_is_not_removed(given: Given) {
    let ring = Ring::of(&given).await;
    let by = strict(&given).await.verified("acme").await;
    let keys = create(&given, &by, &ring).await;
    suspend(&given).await.unwrap();
    ring.editor(&given).rotate().await.unwrap();
    let resealed = reseal(&given, &ring).await.unwrap();
    assert_eq!((resealed.sealed, resealed.waiting), (1, 1));
    // The Basic key's secret is presented, and is refused: no digest is proposed for it.
    let (verifier, mover) = ring.verifier(&given).await;
    assert_eq!(outcomes(&verifier, &keys).await, ["account_suspended"; 2]);
    mover.settled().await;
    assert_eq!(reseal(&given, &ring).await.unwrap().waiting, 1);
    let used = given.store.keyring_use().await.unwrap();
    let first = "1".to_owned().try_into().unwrap();
    assert_eq!(used.live_under(&first), 1);
    let pruned = ring.editor(&given).prune(&given.store, &first).await;
    assert!(pruned.is_err());

    reinstate(&given).await.unwrap();
    assert_eq!(outcomes(&verifier, &keys).await, ["valid"; 2]);
    mover.settled().await;
    let resealed = reseal(&given, &ring).await.unwrap();
    assert_eq!((resealed.digests, resealed.waiting), (1, 0));
}

/// Runs a decision once and kills it at call `calls`. Returns whether it was killed before its end.
async fn killed_after(given: &Given, decision: Decision, calls: usize, done: bool) -> bool {
    let ring = Ring::of(given).await;
    let by = strict(given).await.verified("acme").await;
    let keys = create(given, &by, &ring).await;
    let (verifier, _) = ring.verifier(given).await;
    let (before, after, event) = match decision {
        Decision::Suspend => ("valid", "account_suspended", "KeyDisabled"),
        Decision::Reinstate => {
            suspend(given).await.unwrap();
            ("account_suspended", "valid", "KeyEnabled")
        }
    };

    given.proxy.kill_after(calls, done);
    let killed = decide(given, decision).await.is_err();
    given.proxy.heal();

    let found = outcomes(&verifier, &keys).await;
    let told = format!("killed at call {calls} (done: {done}): {found:?}");
    if killed {
        assert!(
            found.iter().all(|found| [before, after].contains(found)),
            "{told}"
        );
        assert_eq!(given.check().await.drift, [], "{told}");
        // Once it is decided, nothing is created that the rest of it would have to find.
        let standing = given.store.standing(by.account()).await.unwrap().standing;
        let id = KeyId::generate(at(30)).unwrap();
        let command = creation(&id, &by, "Late", Scheme::Basic, at(30));
        let created = given.execute(&id, command).await;
        assert_eq!(created.is_ok(), standing == Standing::Verified, "{told}");
    }
    decide(given, decision).await.unwrap();
    assert_eq!(outcomes(&verifier, &keys).await, [after; 2], "{told}");
    // What was done before it was killed was not done again.
    let mut events = 2;
    if decision == Decision::Suspend {
        let late = statuses(given, &by).await;
        assert!(late.iter().all(|status| *status == Status::Disabled));
        events = late.len();
    }
    assert_eq!(count(given, event).await, events, "{told}");
    assert_eq!(count(given, "AccountSuspended").await, 1, "{told}");
    let everything = given.everything().await;
    decide(given, decision).await.unwrap();
    assert_eq!(given.everything().await, everything, "{told}");
    assert_eq!(given.check().await.drift, [], "{told}");
    killed
}

async fn killed_at_every_call(given: &Given, decision: Decision, done: bool) {
    let mut calls = 0;
    while killed_after(&given.another().await, decision, calls, done).await {
        calls += 1;
    }
    // The account's stream and its event, the list, each key's stream and its event, the list again, the standing; and of what takes
    // a right away, the lease.
    let expected = match decision {
        Decision::Suspend => 10,
        Decision::Reinstate => 9,
    };
    assert_eq!(calls, expected);
}

#[tokio::test]
async fn a_suspension_is_told_after_the_longest_lease_in_force() {
    let given = crate::backend::Backend::embedded().await.fresh().await;
    let by = given.verified("acme").await;
    given.key(&by).await;
    let lease = Lease::try_from(150).unwrap();
    given.store.change_lease_alone(lease).await.unwrap();
    // The second one changes nothing, and waits all the same: the first might have been killed before it had waited.
    for changed in [1, 0] {
        let began = std::time::Instant::now();
        assert_eq!(suspend(&given).await.unwrap().changed, changed);
        assert!(began.elapsed() > lease.duration());
    }
    // What gives a right back waits for nothing.
    let reads = given.proxy.calls("GetItem");
    reinstate(&given).await.unwrap();
    assert_eq!(given.proxy.calls("GetItem") - reads, 1, "the standing");
}

/// An account command is the first step only: whoever sends it alone has to send the rest.
#[tokio::test]
async fn a_standing_that_changed_by_itself_is_followed_by_its_keys() {
    let given = crate::backend::Backend::embedded().await.fresh().await;
    let by = strict(&given).await.verified("acme").await;
    given.key(&by).await;
    let command = AccountCommand::Suspend {
        by: operator(),
        at: at(5),
    };
    given.on_account("acme", command).await.unwrap();
    assert_eq!(statuses(&given, &by).await, [Status::Active]);
    assert_eq!(suspend(&given).await.unwrap(), enforced(false, 1, 1));
    assert_eq!(statuses(&given, &by).await, [Status::Disabled]);
}
