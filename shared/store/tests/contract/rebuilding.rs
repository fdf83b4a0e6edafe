//! Rows made anew from events, beside commands.

use std::num::NonZeroU32;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::{KeyId, Scheme};
use hubkeys_store::{Checkpoint, Drift, DriftProblem, LastUsed, Mode, Report, StoreError};

use crate::given::{
    Given, Item, Rows, at, context, creation, listed_as, number, operator, remembered, text,
};
use fault_proxy::Fault;

contract!(
    a_healthy_store_has_no_drift,
    what_is_well_is_read_by_the_page_only,
    rebuilt_rows_equal_live_rows,
    check_names_every_drift_and_writes_nothing,
    check_finds_every_drift_whatever_a_page_shows_of_it,
    rows_that_were_left_unread_are_no_drift,
    rows_that_are_never_read_end_the_walk,
    rebuild_ends_every_drift_but_takes_no_row_back,
    rebuild_removes_a_credential_that_no_event_made,
    rebuild_removes_a_row_from_a_list_its_key_does_not_belong_to,
    rebuild_counts_live_keys_anew,
    a_row_whose_version_can_not_be_read_is_mended,
    streams_are_mended_as_many_at_once_as_a_transaction_takes,
    two_streams_that_lead_to_the_same_rows_end_no_rebuild,
    rebuild_tries_contended_rows_again,
    a_stream_that_is_not_ours_is_an_error,
    when_keys_were_last_used_is_no_drift_and_survives_a_rebuild,
);

/// Keys of both schemes, renamed and revoked, of two accounts, one of them suspended since, and its key disabled.
async fn inhabited(given: &Given) -> Vec<KeyId> {
    let acme = given.verified("acme").await;
    let globex = given.verified("globex").await;
    let renamed = given.key(&acme).await;
    given.rename(&renamed, &acme, "Invoices").await.unwrap();
    let revoked = given.key_of(&acme, "Signing", Scheme::Hmac, at(5)).await;
    given.revoke(&revoked, &acme).await.unwrap();
    let once = KeyId::generate(at(6)).unwrap();
    let command = creation(&once, &acme, "Billing", Scheme::Basic, at(6));
    let row = remembered(&acme, "once", &once, at(6));
    given
        .store
        .execute_on_key(&once, command, Some(&row), &context())
        .await
        .unwrap();
    let other = given.key(&globex).await;
    let (account, by) = (globex.account(), operator());
    let suspending = given
        .store
        .suspend_account(account, &by, at(7), "suspend-1", |_| ());
    assert_eq!(suspending.await.unwrap().changed, 1);
    vec![renamed, revoked, once, other]
}

fn drift(row: &str, problem: DriftProblem) -> Drift {
    let row = row.to_owned();
    Drift { row, problem }
}

fn verify_row(id: &KeyId) -> String {
    format!("KEY#{id}/VERIFY")
}

async fn a_healthy_store_has_no_drift(given: Given) {
    assert_eq!(given.check().await, Report::default());
    inhabited(&given).await;
    let before = given.everything().await;
    let mut done = Vec::new();
    let start = Checkpoint::start(Mode::Check, NonZeroU32::MIN).with_pages_of(2);
    let report = given
        .store
        .walk(start, |reached| done.push(reached.progress()));
    let report = report.await.unwrap();
    assert_eq!((report.streams, report.drift), (6, vec![]));
    assert!(done.is_sorted_by_key(|progress| (progress.streams, progress.rows)));
    let last = done.last().unwrap();
    assert_eq!((last.streams, last.events, last.rows), (6, 12, 13));
    assert_eq!(given.rebuild().await, given.check().await);
    assert_eq!(given.everything().await, before);
}

async fn what_is_well_is_read_by_the_page_only(given: Given) {
    inhabited(&given).await;
    let one_by_one = || ["Query", "GetItem"].map(|operation| given.proxy.calls(operation));
    let before = one_by_one();
    // No stream is longer than the smallest of these pages, and some would be cut by the end of one.
    for rows in 3..7 {
        let start = Checkpoint::start(Mode::Check, NonZeroU32::MIN).with_pages_of(rows);
        let report = given.store.walk(start, |_| ()).await.unwrap();
        assert_eq!((report.streams, report.drift), (6, vec![]));
        assert_eq!(one_by_one(), before, "pages of {rows}");
    }
}

/// What must be the same again: all but how often a count has changed.
fn content(mut views: Rows) -> Rows {
    for ((_, sk), row) in &mut views {
        if sk == "LIMITS" {
            row.remove("version");
        }
    }
    views
}

async fn rebuilt_rows_equal_live_rows(given: Given) {
    inhabited(&given).await;
    let live = given.views().await;
    // Which requests came is no projection: their rows are kept.
    let projected = || {
        live.iter()
            .filter(|((pk, _), _)| !pk.starts_with("REQUEST#"))
    };
    for (pk, sk) in projected().map(|(key, _)| key) {
        given.delete_view(pk, sk).await;
    }
    let report = given.rebuild().await;
    assert_eq!(report.drift.len(), projected().count());
    assert_eq!(content(given.views().await), content(live.clone()));

    for ((pk, sk), row) in projected().filter(|((_, sk), _)| sk != "LIMITS") {
        let mut damaged = row.clone();
        damaged.insert("status".to_owned(), text("active"));
        damaged.insert("standing".to_owned(), text("verified"));
        damaged.insert("name".to_owned(), text("Damaged"));
        damaged.insert("more".to_owned(), text("than there was"));
        assert_ne!(&damaged, row, "{pk}/{sk}");
        given.put_view(damaged).await;
    }
    given.rebuild().await;
    assert_eq!(content(given.views().await), content(live));
    assert_eq!(given.check().await.drift, []);
}

/// One drift of each kind.
async fn drifted(given: &Given) -> (Vec<Drift>, KeyId) {
    let ids = inhabited(given).await;
    let orphan = KeyId::generate(at(8)).unwrap();
    let mut row = given.view(&format!("KEY#{}", ids[0]), "VERIFY").await;
    row.insert("pk".to_owned(), text(&format!("KEY#{orphan}")));
    given.put_view(row).await;
    given
        .delete_view(&format!("KEY#{}", ids[0]), "VERIFY")
        .await;
    let mut row = given.view(&format!("KEY#{}", ids[1]), "VERIFY").await;
    row.insert("status".to_owned(), text("active"));
    given.put_view(row).await;
    let mut row = given.view(&format!("KEY#{}", ids[2]), "VERIFY").await;
    row.insert("version".to_owned(), number(7));
    row.insert("status".to_owned(), text("revoked"));
    given.put_view(row).await;
    let mut row = given.view("ACCOUNT#acme", "LIMITS").await;
    row.insert("live".to_owned(), number(-3));
    given.put_view(row).await;
    let expected = vec![
        drift(&verify_row(&ids[0]), DriftProblem::Missing),
        drift(&verify_row(&ids[1]), DriftProblem::Differs),
        drift(&verify_row(&ids[2]), DriftProblem::Ahead),
        drift(&verify_row(&orphan), DriftProblem::Orphan),
        drift("ACCOUNT#acme/LIMITS", DriftProblem::Differs),
    ];
    (sorted(expected), ids[2].clone())
}

fn sorted(mut drift: Vec<Drift>) -> Vec<Drift> {
    drift.sort_by(|one, other| one.row.cmp(&other.row));
    drift
}

async fn check_names_every_drift_and_writes_nothing(given: Given) {
    let (expected, _) = drifted(&given).await;
    let before = given.everything().await;
    let transactions = given.proxy.calls("TransactWriteItems");
    assert_eq!(sorted(given.check().await.drift), expected);
    assert_eq!(given.everything().await, before);
    assert_eq!(given.proxy.calls("TransactWriteItems"), transactions);
}

/// A walk that shows of a stream no more than this many events at once, and of an account as many rows.
fn small(mode: Mode, rows: u16) -> Checkpoint {
    Checkpoint::start(mode, NonZeroU32::MIN).with_pages_of(rows)
}

async fn check_finds_every_drift_whatever_a_page_shows_of_it(given: Given) {
    let (expected, _) = drifted(&given).await;
    for rows in [1, 2, 3, 5, 1_000] {
        let report = given.store.walk(small(Mode::Check, rows), |_| ());
        let report = report.await.unwrap();
        assert_eq!(report.streams, 6, "pages of {rows}");
        let mut found = sorted(report.drift);
        // A stream that no page has whole is looked at more than once.
        found.dedup();
        assert_eq!(found, expected, "pages of {rows}");
    }
}

async fn rows_that_were_left_unread_are_no_drift(given: Given) {
    inhabited(&given).await;
    let healthy = given.views().await;
    given.proxy.always("BatchGetItem", || Fault::Unprocessed);
    assert_eq!(given.check().await.drift, []);
    assert_eq!(given.rebuild().await.drift, []);
    given.proxy.heal();
    assert_eq!(given.views().await, healthy);
}

async fn rows_that_are_never_read_end_the_walk(given: Given) {
    inhabited(&given).await;
    given
        .proxy
        .always("BatchGetItem", || Fault::NothingProcessed);
    for mode in [Mode::Check, Mode::Mend] {
        let walked = given.store.walk(small(mode, 1_000), |_| ()).await;
        assert!(
            matches!(walked, Err(StoreError::Busy { attempts: 16 })),
            "{walked:?}"
        );
    }
}

async fn rebuild_ends_every_drift_but_takes_no_row_back(given: Given) {
    let (expected, ahead) = drifted(&given).await;
    let before = given.view(&format!("KEY#{ahead}"), "VERIFY").await;
    assert_eq!(sorted(given.rebuild().await.drift), expected);
    let left = given.check().await.drift;
    assert_eq!(left, [drift(&verify_row(&ahead), DriftProblem::Ahead)]);
    assert_eq!(given.view(&format!("KEY#{ahead}"), "VERIFY").await, before);
}

async fn rebuild_removes_a_credential_that_no_event_made(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let forged = KeyId::generate(at(1)).unwrap();
    for (key, sk) in [
        (format!("KEY#{id}"), "VERIFY".to_owned()),
        ("ACCOUNT#acme".to_owned(), listed_as(&id, at(0))),
    ] {
        let row = given.view(&key, &sk).await;
        let forged: Item = row
            .into_iter()
            .map(|(name, value)| match value {
                AttributeValue::S(value) => {
                    let value = value.replace(id.as_str(), forged.as_str());
                    (name, AttributeValue::S(value))
                }
                value => (name, value),
            })
            .collect();
        given.put_view(forged).await;
    }
    assert!(given.reader.get(&forged).await.unwrap().is_some());
    given.rebuild().await;
    assert_eq!(given.reader.get(&forged).await.unwrap(), None);
    assert!(given.reader.get(&id).await.unwrap().is_some());
    assert_eq!(given.views().await.len(), 4);
    assert_eq!(given.check().await.drift, []);
}

async fn rebuild_removes_a_row_from_a_list_its_key_does_not_belong_to(given: Given) {
    let acme = given.verified("acme").await;
    given.verified("globex").await;
    let id = given.key(&acme).await;
    let row = given.view("ACCOUNT#acme", &listed_as(&id, at(0))).await;
    let mut elsewhere = row.clone();
    elsewhere.insert("pk".to_owned(), text("ACCOUNT#globex"));
    let mut at_another_time = row;
    at_another_time.insert("sk".to_owned(), text(&listed_as(&id, at(1))));
    let expected = vec![
        drift(
            &format!("ACCOUNT#acme/{}", listed_as(&id, at(1))),
            DriftProblem::Orphan,
        ),
        drift(
            &format!("ACCOUNT#globex/{}", listed_as(&id, at(0))),
            DriftProblem::Orphan,
        ),
    ];
    let healthy = given.views().await;
    given.put_view(elsewhere).await;
    given.put_view(at_another_time).await;
    let orphans = |report: Report| {
        let of = |drift: &Drift| drift.problem == DriftProblem::Orphan;
        sorted(report.drift.into_iter().filter(of).collect())
    };
    assert_eq!(orphans(given.check().await), expected);
    assert_eq!(orphans(given.rebuild().await), expected);
    assert_eq!(given.views().await, healthy);
}

async fn rebuild_counts_live_keys_anew(given: Given) {
    inhabited(&given).await;
    for live in [-1, 0, 3, 100] {
        let mut row = given.view("ACCOUNT#acme", "LIMITS").await;
        row.insert("live".to_owned(), number(live));
        given.put_view(row).await;
        let report = given.rebuild().await;
        assert_eq!(
            report.drift,
            [drift("ACCOUNT#acme/LIMITS", DriftProblem::Differs)]
        );
        assert_eq!(given.limits("acme").await.unwrap().0, 2);
    }
    given.delete_view("ACCOUNT#acme", "LIMITS").await;
    let missing = [drift("ACCOUNT#acme/LIMITS", DriftProblem::Missing)];
    assert_eq!(given.check().await.drift, missing);
    assert_eq!(given.rebuild().await.drift, missing);
    assert_eq!(given.limits("acme").await, Some((2, 1)));
    assert_eq!(given.check().await.drift, []);
}

async fn a_row_whose_version_can_not_be_read_is_mended(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let live = given.views().await;
    for version in [text("1"), AttributeValue::Null(true)] {
        for (pk, sk) in [
            (format!("KEY#{id}"), "VERIFY"),
            ("ACCOUNT#acme".to_owned(), "STANDING"),
            ("ACCOUNT#acme".to_owned(), "LIMITS"),
        ] {
            let mut row = given.view(&pk, sk).await;
            row.insert("version".to_owned(), version.clone());
            if sk == "LIMITS" {
                row.insert("live".to_owned(), version.clone());
            }
            given.put_view(row).await;
        }
        assert_eq!(given.rebuild().await.drift.len(), 3);
        assert_eq!(given.views().await, live);
    }
}

async fn streams_are_mended_as_many_at_once_as_a_transaction_takes(given: Given) {
    let by = given.verified("acme").await;
    // With a check and two rows each they are 102 writes, and 100 are the most.
    for number in 0..34 {
        given
            .key_of(&by, "Billing", Scheme::Basic, at(number))
            .await;
    }
    let healthy = given.views().await;
    for (pk, sk) in healthy
        .keys()
        .filter(|(_, sk)| sk.contains("KEY#") || sk == "VERIFY")
    {
        given.delete_view(pk, sk).await;
    }
    let before = given.proxy.calls("TransactWriteItems");
    assert_eq!(given.rebuild().await.drift.len(), 68);
    assert_eq!(given.proxy.calls("TransactWriteItems"), before + 2);
    assert_eq!(given.views().await, healthy);
}

async fn two_streams_that_lead_to_the_same_rows_end_no_rebuild(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let copy = KeyId::generate(at(1)).unwrap();
    let first = (format!("KEY#{id}"), "00000001".to_owned());
    let mut event = given.events().await[&first].clone();
    event.insert("pk".to_owned(), text(&format!("KEY#{copy}")));
    given.put_event(event).await;
    given.delete_view(&first.0, "VERIFY").await;
    let report = given.rebuild().await;
    assert_eq!(
        report.drift,
        [drift(&verify_row(&id), DriftProblem::Missing)]
    );
    assert!(given.reader.get(&id).await.unwrap().is_some());
}

async fn rebuild_tries_contended_rows_again(given: Given) {
    let by = given.verified("acme").await;
    let id = given.key(&by).await;
    let healthy = given.views().await;
    let credential = given.view(&format!("KEY#{id}"), "VERIFY").await;
    let orphan = KeyId::generate(at(9)).unwrap();
    // A row to write, a row to remove, a count to mend: whichever transaction it is that meets another one first.
    for before in 0..3 {
        let mut row = credential.clone();
        row.insert("status".to_owned(), text("revoked"));
        given.put_view(row).await;
        let mut row = credential.clone();
        row.insert("pk".to_owned(), text(&format!("KEY#{orphan}")));
        given.put_view(row).await;
        given.delete_view("ACCOUNT#acme", "LIMITS").await;
        for _ in 0..before {
            given.proxy.next("TransactWriteItems", Fault::None);
        }
        let conflicts = [Fault::TransactionConflict, Fault::RowThrottled];
        for fault in conflicts {
            given.proxy.next("TransactWriteItems", fault);
        }
        assert_eq!(given.rebuild().await.drift.len(), 3);
        assert_eq!(content(given.views().await), content(healthy.clone()));
    }
}

async fn a_stream_that_is_not_ours_is_an_error(given: Given) {
    given.verified("acme").await;
    let key = ("ACCOUNT#acme".to_owned(), "00000001".to_owned());
    let mut row = given.events().await[&key].clone();
    row.insert("pk".to_owned(), text("TENANT#acme"));
    given.put_event(row).await;
    let answer = given.store.check(|_| ()).await;
    assert!(
        matches!(answer, Err(StoreError::Unreadable { .. })),
        "{answer:?}"
    );
}

async fn when_keys_were_last_used_is_no_drift_and_survives_a_rebuild(given: Given) {
    let ids = inhabited(&given).await;
    let last_used = LastUsed::new(given.database.clone());
    // Of a live key, of a revoked one, of one that no event made, of an account that was never opened.
    let unknown = KeyId::generate(at(9)).unwrap();
    for (account, key) in [
        ("acme", &ids[0]),
        ("acme", &ids[1]),
        ("globex", &unknown),
        ("initech", &ids[2]),
    ] {
        last_used.record(&account.parse().unwrap(), key, at(10));
    }
    last_used.settled().await;
    let before = given.everything().await;
    assert_eq!(given.check().await.drift, []);
    assert_eq!(given.rebuild().await.drift, []);
    assert_eq!(given.everything().await, before);
    assert_eq!(
        before
            .1
            .keys()
            .filter(|(pk, _)| pk.starts_with("USED#"))
            .count(),
        4
    );
}
