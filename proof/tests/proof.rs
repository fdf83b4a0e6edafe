//! The short form of the proof: some seeds with faults and kills, every mistake that was planted, and a kill at every step. The
//! long form is `script/prove`.

#![cfg(test)]

use std::process::{Command, Output};

fn prove(arguments: &[&str]) -> Output {
    let run = Command::new(env!("CARGO_BIN_EXE_prove"))
        .args(arguments)
        .output();
    run.expect("it runs")
}

/// What it says, for a test that fails.
fn said(run: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&run.stdout), text(&run.stderr))
}

#[test]
fn some_order_explains_every_answer_through_faults_and_kills() {
    let run = prove(&["--seeds", "3", "--operations", "500", "--kills", "3"]);
    assert!(run.status.success(), "{}", said(&run));
    assert!(said(&run).contains("| violations | 0 |"), "{}", said(&run));
}

#[test]
fn a_process_may_be_killed_at_every_step() {
    let run = prove(&["steps"]);
    assert!(run.status.success(), "{}", said(&run));
}

/// The mistake is found as one of these kinds of wrong, and the seed is named.
fn is_found(mistake: &str, as_what: &[&str]) {
    let strict = [
        "--seed",
        "11",
        "--operations",
        "400",
        "--lease",
        "0",
        "--kills",
        "1",
    ];
    let run = prove(&[&strict[..], &["--plant", mistake]].concat());
    assert_eq!(run.status.code(), Some(1), "{}", said(&run));
    let said = said(&run);
    assert!(said.contains("prove --seed 11"), "{said}");
    let mut rows = as_what.iter().map(|kind| format!("| · {kind} | "));
    assert!(rows.any(|row| said.contains(&row)), "{said}");
}

#[test]
fn verify_without_consistency_is_found() {
    is_found("eventual-verify", &["valid after revoked"]);
}

#[test]
fn a_cache_without_a_lease_is_found() {
    is_found("endless-cache", &["valid after revoked"]);
}

#[test]
fn rows_written_after_the_commit_are_found() {
    // A verify reads the row of before, or no row; a create that is asked for again finds nothing under its idempotency key.
    is_found(
        "rows-after-commit",
        &["valid after revoked", "never right", "not once"],
    );
}

#[test]
fn a_retry_without_conditions_is_found() {
    is_found("unconditioned-retry", &["no order", "rows"]);
}
