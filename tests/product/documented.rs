//! The running stack against its own document, by `schemathesis`: every operation, as every kind of caller, with data of the
//! documented form and with data that is not. No 5xx, and no status, header or body that the document does not have.
//!
//! How it asks, and what it does not check and why, stands in `clients/schemathesis`.

use std::process::Stdio;

use reqwest::Method;
use serde_json::Value;

use super::clients::{bare, driver, installed};
use super::stack::Stack;

/// Runs all checks with this in the `Authorization` header. `more` goes to `schemathesis`.
async fn holds(stack: &Stack, token: Option<&str>, more: &[&str]) {
    let reports = stack.data().join("reports");
    let authorization = token.map(|token| format!("Bearer {token}"));
    let mut schemathesis = bare(&installed("schemathesis/bin/schemathesis"));
    schemathesis
        .arg("--config-file")
        .arg(driver("schemathesis/schemathesis.toml"))
        .args(["run", &format!("{}/openapi.json", stack.url())])
        .args(more)
        .env("HOOKS", driver("schemathesis/hooks.py"))
        .env("REPORTS", &reports)
        .env("COLUMNS", "160")
        .current_dir(stack.data())
        .stdin(Stdio::null());
    if let Some(authorization) = &authorization {
        schemathesis.args(["--header", &format!("Authorization: {authorization}")]);
    }
    let run = schemathesis.output().await.expect("schemathesis");
    let said = String::from_utf8_lossy(&run.stdout);
    let complained = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{said}\n{complained}");
    let log = std::fs::read_to_string(stack.data().join("log")).expect("the log");
    assert!(!log.contains("panicked"), "{log}");
}

async fn holds_for(user: &str) {
    let stack = Stack::start().await;
    let token = stack.token(user).await;
    holds(&stack, Some(&token), &["--max-examples", "4"]).await;
}

#[tokio::test]
async fn the_document_holds_for_an_administrator() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    holds(&stack, Some(&token), &[]).await;
    // It got through to what it was to try.
    let list = stack
        .manage(&token, Method::GET, "/v1/keys?limit=100", Value::Null)
        .await
        .json();
    let keys = list["keys"].as_array().expect("keys");
    let some = |status: &str| keys.iter().any(|key| key["status"] == status);
    assert!(some("active") && some("revoked"), "{list}");
}

#[tokio::test]
async fn the_document_holds_for_a_user_with_advanced_permissions() {
    holds_for("advanced@acme").await;
}

#[tokio::test]
async fn the_document_holds_for_a_user_with_basic_permissions() {
    holds_for("basic@acme").await;
}

#[tokio::test]
async fn the_document_holds_for_an_administrator_of_an_unverified_account() {
    holds_for("admin@globex").await;
}

#[tokio::test]
async fn the_document_holds_for_an_operator() {
    holds_for("operator@hubkeys").await;
}

#[tokio::test]
async fn the_document_holds_for_nobody() {
    let stack = Stack::start().await;
    holds(&stack, None, &["--max-examples", "4"]).await;
}

#[tokio::test]
async fn the_document_holds_for_a_service_that_verifies() {
    let stack = Stack::start().await;
    let more = ["--include-tag", "Verify", "--max-examples", "60"];
    holds(&stack, Some(&stack.service_token()), &more).await;
}
