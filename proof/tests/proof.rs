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

/// The mistake is found, and with it in place the seed is named.
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
    assert!(as_what.iter().any(|what| said.contains(what)), "{said}");
}

const VALID: &str = "after its revocation had returned success";

#[test]
fn verify_without_consistency_is_found() {
    is_found("eventual-verify", &[VALID]);
}

#[test]
fn a_cache_without_a_lease_is_found() {
    is_found("endless-cache", &[VALID]);
}

#[test]
fn rows_written_after_the_commit_are_found() {
    is_found("rows-after-commit", &[VALID, "unknown_key"]);
}

#[test]
fn a_retry_without_conditions_is_found() {
    is_found(
        "unconditioned-retry",
        &["no order explains", "LIMITS: differs"],
    );
}
