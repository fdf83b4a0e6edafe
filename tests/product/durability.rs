//! What survives, and what refuses to start.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use tempfile::TempDir;
use tokio::process::Command;

use super::stack::{Stack, binary};

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let stack = Stack::start_in(&data, &[]).await;
    let token = stack.token("admin@acme").await;
    let (kept, kept_secret) = stack.create_key(&token, "Kept", "basic").await;
    let (ended, ended_secret) = stack.create_key(&token, "Ended", "basic").await;
    stack.revoke(&token, &ended).await;
    stack.kill().await;

    let stack = Stack::start_in(&data, &[]).await;
    assert_eq!(stack.outcome_of_basic(&kept, &kept_secret).await, "valid");
    assert_eq!(
        stack.outcome_of_basic(&ended, &ended_secret).await,
        "revoked"
    );
    // A session lasts, too: the issuer's key is kept.
    stack.revoke(&token, &kept).await;
    assert_eq!(stack.outcome_of_basic(&kept, &kept_secret).await, "revoked");
}

#[tokio::test]
async fn secrets_of_the_stack_are_readable_by_their_owner_alone() {
    let stack = Stack::start().await;
    for name in ["keyring.json", "service-token", "issuer-key.pem"] {
        let file = stack.data().join(name);
        let mode = std::fs::metadata(&file)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_data_folder_in_use_is_one_clear_line_and_exit_code_1() {
    let stack = Stack::start().await;
    let run = start(&["--port", "0", "--data", &stack.data().display().to_string()]).await;
    one_line_says(&run, "in use");
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line_and_exit_code_1() {
    let folder = TempDir::new().expect("a temporary folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its number").port().to_string();
    let run = start(&[
        "--port",
        &port,
        "--data",
        &folder.path().display().to_string(),
    ])
    .await;
    one_line_says(&run, &port);
}

#[tokio::test]
async fn a_data_folder_that_cannot_be_made_is_one_clear_line_and_exit_code_1() {
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("a file");
    // Even root can't make a folder below a file.
    let run = start(&[
        "--port",
        "0",
        "--data",
        &file.join("data").display().to_string(),
    ])
    .await;
    one_line_says(&run, "data");
}

async fn start(arguments: &[&str]) -> Output {
    Command::new(binary())
        .args(arguments)
        .output()
        .await
        .expect("it ran")
}

fn one_line_says(run: &Output, what: &str) {
    let errors = String::from_utf8_lossy(&run.stderr);
    assert_eq!(run.status.code(), Some(1), "{errors}");
    assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
    assert!(errors.contains(what), "{errors}");
}

#[tokio::test]
async fn an_idle_stack_stays_below_60_megabytes() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    let (id, secret) = stack.create_key(&token, "Used", "basic").await;
    for _ in 0..200 {
        assert_eq!(stack.outcome_of_basic(&id, &secret).await, "valid");
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", stack.process_id()))
        .expect("its status");
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("its resident memory");
    let kilobytes: u64 = resident
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number");
    assert!(kilobytes < 60_000, "{kilobytes} kB");
}
