//! A rebuild or check that was killed goes on where it was, and what it comes to is what it would have come to.

use std::num::NonZeroU32;

use hubkeys_domain::{AuthorizedAdministrator, KeyId, Scheme};
use hubkeys_store::{Checkpoint, CheckpointError, DriftProblem, Mode, Report, StoreError};

use crate::backend::Backend;
use crate::given::{Given, Rows, at, number, text};

fn segments(of: u32) -> NonZeroU32 {
    NonZeroU32::new(of).unwrap()
}

/// What a process left in a file, as the next one reads it.
fn kept(checkpoint: &Checkpoint) -> Checkpoint {
    let text = serde_json::to_string(checkpoint).unwrap();
    let read: Checkpoint = serde_json::from_str(&text).unwrap();
    assert_eq!(&read, checkpoint);
    read
}

/// Walks until it ends or is killed: then where it had come to.
async fn walked(given: &Given, from: Checkpoint) -> Result<Report, Checkpoint> {
    let mut last = kept(&from);
    let report = given.store.walk(from, |reached| last = kept(reached)).await;
    report.map_err(|error| {
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        last
    })
}

/// Accounts of three keys each: enough that every walk takes several pages of three rows.
async fn inhabited(given: &Given, accounts: &[&str]) -> Vec<(KeyId, AuthorizedAdministrator)> {
    let mut keys = Vec::new();
    for account in accounts {
        let by = given.verified(account).await;
        for number in 0..3 {
            let id = given
                .key_of(&by, "Billing", Scheme::Basic, at(number))
                .await;
            keys.push((id, by.clone()));
        }
    }
    let (renamed, by) = &keys[1];
    given.rename(renamed, by, "Invoices").await.unwrap();
    let (revoked, by) = &keys[2];
    given.revoke(revoked, by).await.unwrap();
    keys
}

/// Of each account takes a credential away and miscounts; brings one back from before its revocation, adds one that nobody
/// made, and takes the standing of "globex" away.
async fn damage(given: &Given, healthy: &Rows, keys: &[(KeyId, AuthorizedAdministrator)]) {
    let id = |index: usize| format!("KEY#{}", keys[index].0);
    for first in (0..keys.len()).step_by(3) {
        given.delete_view(&id(first), "VERIFY").await;
        let account = format!("ACCOUNT#{}", keys[first].1.account());
        let mut row = healthy[&(account, "LIMITS".to_owned())].clone();
        row.insert("live".to_owned(), number(77));
        given.put_view(row).await;
    }
    let mut row = healthy[&(id(2), "VERIFY".to_owned())].clone();
    row.insert("status".to_owned(), text("active"));
    given.put_view(row.clone()).await;
    row.insert("pk".to_owned(), text("KEY#hk_00000000000000000000000000"));
    given.put_view(row).await;
    given.delete_view("ACCOUNT#globex", "STANDING").await;
}

/// All but how often a count has changed.
fn content(mut views: Rows) -> Rows {
    for ((_, sk), row) in &mut views {
        if sk == "LIMITS" {
            row.remove("version");
        }
    }
    views
}

/// More calls than a walk over the rows of one account takes: one that needs them does not come to its end.
const TOO_MANY_CALLS: usize = 150;

async fn killed_at_calls(of: u32, done: bool, apart: usize) {
    let given = Backend::embedded().await.fresh().await;
    given.verified("globex").await;
    let keys = inhabited(&given, &["acme"]).await;
    let healthy = given.views().await;
    damage(&given, &healthy, &keys).await;
    let damaged = given.everything().await;
    for killed in (0..TOO_MANY_CALLS).step_by(apart) {
        given.proxy.kill_after(killed, done);
        let start = Checkpoint::start(Mode::Mend, segments(of)).with_pages_of(3);
        let first = walked(&given, start).await;
        given.proxy.heal();
        let Err(reached) = first else {
            assert_eq!(content(given.views().await), content(healthy));
            assert!(killed > 20, "only {killed} calls");
            return;
        };
        // Nobody waits for it: the account gets a key and loses it, and another key gets a name.
        let (renamed, by) = &keys[1];
        let id = given.key_of(by, "Meanwhile", Scheme::Hmac, at(9)).await;
        given.revoke(&id, by).await.unwrap();
        given.rename(renamed, by, "Meanwhile").await.unwrap();

        let report = walked(&given, reached.for_mode(Mode::Mend).unwrap()).await;
        let report = report.expect("nothing stands in its way");
        assert_eq!(report.drifted.ahead, 0);
        let left = given.check().await.drift;
        assert_eq!(left, [], "killed at call {killed}, {of} segments");
        let views = given.views().await;
        for (id, _) in &keys {
            assert!(views.contains_key(&(format!("KEY#{id}"), "VERIFY".to_owned())));
        }
        // As it was, or the commands of a pause would make the next rebuild longer than the last.
        given.put_back(&damaged).await;
    }
    panic!("{TOO_MANY_CALLS} calls, and no end");
}

#[tokio::test]
async fn a_rebuild_killed_before_any_call_is_gone_on_with_and_mends_everything() {
    killed_at_calls(1, false, 1).await;
}

#[tokio::test]
async fn a_rebuild_killed_after_any_call_is_gone_on_with_and_mends_everything() {
    killed_at_calls(1, true, 1).await;
}

#[tokio::test]
async fn a_rebuild_of_several_segments_is_gone_on_with_in_each_of_them() {
    killed_at_calls(3, true, 3).await;
}

#[tokio::test]
async fn a_check_that_was_killed_reports_what_it_found_before_and_after() {
    let given = Backend::embedded().await.fresh().await;
    given.verified("globex").await;
    let keys = inhabited(&given, &["acme"]).await;
    damage(&given, &given.views().await, &keys).await;
    let whole = sorted(given.check().await);
    assert_eq!(whole.drifted.rows(), 5);
    for killed in 0..TOO_MANY_CALLS {
        given.proxy.kill_after(killed, false);
        let start = Checkpoint::start(Mode::Check, segments(1)).with_pages_of(3);
        let first = walked(&given, start).await;
        given.proxy.heal();
        let (report, interrupted) = match first {
            Ok(report) => (report, false),
            Err(reached) => {
                let rest = walked(&given, reached).await;
                (rest.expect("nothing stands in its way"), true)
            }
        };
        assert_eq!(sorted(report), whole, "killed at call {killed}");
        if !interrupted {
            assert!(killed > 20, "only {killed} calls");
            return;
        }
    }
    panic!("{TOO_MANY_CALLS} calls, and no end");
}

fn sorted(mut report: Report) -> Report {
    report.drift.sort_by(|one, other| one.row.cmp(&other.row));
    report
}

#[tokio::test]
async fn segments_find_together_what_one_finds() {
    let given = Backend::embedded().await.fresh().await;
    let keys = inhabited(&given, &["acme", "globex"]).await;
    damage(&given, &given.views().await, &keys).await;
    let whole = sorted(given.check().await);
    assert_eq!(whole.drifted.rows(), 7);
    for of in [2, 4, 7, 64] {
        let start = Checkpoint::start(Mode::Check, segments(of)).with_pages_of(2);
        let report = walked(&given, start).await.expect("a whole check");
        assert_eq!(sorted(report), whole, "{of} segments");
    }
}

#[tokio::test]
async fn a_rebuild_under_traffic_ends_with_every_row_right() {
    let given = Backend::embedded().await.fresh().await;
    let keys = inhabited(&given, &["acme", "globex"]).await;
    let commands = async {
        for round in 0..12 {
            let by = &keys[0].1;
            let id = given.key_of(by, "New", Scheme::Hmac, at(round)).await;
            given
                .rename(&id, by, &format!("New {round}"))
                .await
                .unwrap();
            given.revoke(&id, by).await.unwrap();
            let (id, by) = &keys[3];
            given.rename(id, by, &format!("Old {round}")).await.unwrap();
        }
    };
    let rebuilds = async {
        for of in [1, 3, 1, 3] {
            damage(&given, &given.views().await, &keys).await;
            let start = Checkpoint::start(Mode::Mend, segments(of)).with_pages_of(3);
            walked(&given, start).await.expect("a whole rebuild");
        }
    };
    tokio::join!(commands, rebuilds);
    // The commands may have overtaken the last damage, and the last damage the last command: one more, and all is right.
    given.rebuild().await;
    assert_eq!(given.check().await.drift, []);
    let history = given
        .store
        .key_history(&keys[3].1, &keys[3].0)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(history.len(), 13, "the rebuild added or lost an event");
}

#[tokio::test]
async fn a_report_of_great_damage_counts_all_of_it_and_names_a_thousand() {
    let mut report = Report::default();
    for row in 0..2_500 {
        report.add(hubkeys_store::Drift {
            row: format!("KEY#{row}/VERIFY"),
            problem: DriftProblem::Missing,
        });
    }
    report.add(hubkeys_store::Drift {
        row: "KEY#ahead/VERIFY".to_owned(),
        problem: DriftProblem::Ahead,
    });
    assert_eq!((report.drifted.missing, report.drifted.ahead), (2_500, 1));
    assert_eq!((report.drifted.rows(), report.drift.len()), (2_501, 1_001));
}

#[test]
fn a_checkpoint_of_another_mode_or_form_is_refused() {
    let start = Checkpoint::start(Mode::Check, segments(2));
    let refused = start.clone().for_mode(Mode::Mend).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the checkpoint was left by a check, not by a rebuild"
    );
    let changed = |pointer: &str, value: serde_json::Value| {
        let mut json = serde_json::to_value(&start).unwrap();
        *json.pointer_mut(pointer).unwrap() = value;
        serde_json::from_value::<Checkpoint>(json)
            .unwrap()
            .for_mode(Mode::Check)
    };
    assert!(changed("/form", 1.into()).is_ok());
    for (pointer, value) in [
        ("/form", 2.into()),
        ("/events", serde_json::json!([])),
        ("/rows", serde_json::json!([])),
        ("/page", 0.into()),
    ] {
        assert_eq!(
            changed(pointer, value),
            Err(CheckpointError::Form),
            "{pointer}"
        );
    }
}
