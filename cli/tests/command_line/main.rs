//! The built `hubkeys`, as its users run it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test stops where it fails"
)]

mod explain;
mod run;
mod sign;
mod stack;

use run::hubkeys;

#[test]
fn every_command_has_a_help() {
    for command in [
        "",
        "login",
        "keys",
        "keys create",
        "keys list",
        "keys show",
        "keys rename",
        "keys revoke",
        "keys history",
        "account",
        "account show",
        "account open",
        "account request-verification",
        "account verify",
        "admin",
        "admin account verify",
        "admin account suspend",
        "admin account reinstate",
        "admin key revoke",
        "admin check",
        "admin rebuild",
        "admin keyring",
        "admin keyring status",
        "admin keyring rotate",
        "admin keyring reseal",
        "admin keyring prune",
        "admin revocations apply",
        "verify",
        "sign",
        "explain",
    ] {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let run = hubkeys(&arguments, "");
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        assert!(run.stdout.contains("Usage: hubkeys"), "{command}");
    }
}
