//! What survives, and what refuses to start.

use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

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
    for name in [
        "keyring.json",
        "service-token",
        "issuer-key.pem",
        "dynamodb.sqlite",
        "dynamodb.sqlite-wal",
        "dynamodb.sqlite-shm",
    ] {
        let file = stack.data().join(name);
        let mode = fs::metadata(&file)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn nothing_but_the_gateway_listens() {
    let stack = Stack::start().await;
    let token = stack.token("admin@acme").await;
    stack.create_key(&token, "Used", "basic").await;
    let process = PathBuf::from(format!("/proc/{}", stack.process_id()));
    let sockets: Vec<String> = fs::read_dir(process.join("fd"))
        .expect("its files")
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter_map(|file| {
            let inode = file.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?;
            Some(inode.to_owned())
        })
        .collect();
    let mut listening = Vec::new();
    for table in ["net/tcp", "net/tcp6"] {
        let table = fs::read_to_string(process.join(table)).unwrap_or_default();
        for line in table.lines().skip(1) {
            // Number, local address, remote address, state, …, inode: proc_pid_net(5).
            let fields: Vec<&str> = line.split_whitespace().collect();
            if fields[3] == "0A" && sockets.iter().any(|inode| inode == fields[9]) {
                let port = fields[1].rsplit(':').next().unwrap_or_default();
                listening.push(u16::from_str_radix(port, 16).expect("a port"));
            }
        }
    }
    let url = stack.url();
    let gateway = url.rsplit(':').next().unwrap_or_default();
    assert_eq!(listening, [gateway.parse::<u16>().expect("its port")]);
}

/// A data folder as a stack that served left it.
async fn left_behind() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let stack = Stack::start_in(&folder.path().join("data"), &[]).await;
    stack.kill().await;
    folder
}

async fn refused(data: &Path, what: &str) {
    let run = start(&["--port", "0", "--data", &data.display().to_string()]).await;
    one_line_says(&run, what);
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .unwrap_or_else(|error| panic!("{path:?}: {error}"));
}

const FILES: [&str; 7] = [
    "lock",
    "keyring.json",
    "service-token",
    "issuer-key.pem",
    "dynamodb.sqlite",
    "dynamodb.sqlite-wal",
    "dynamodb.sqlite-shm",
];

#[tokio::test]
async fn a_data_folder_that_others_may_write_to_is_refused() {
    let folder = left_behind().await;
    let data = folder.path().join("data");
    for mode in [0o777, 0o770, 0o702] {
        set_mode(&data, mode);
        refused(&data, "data").await;
    }
    set_mode(&data, 0o755);
    Stack::start_in(&data, &[]).await.kill().await;
}

#[tokio::test]
async fn a_file_of_the_stack_that_others_may_read_or_write_is_refused() {
    let folder = left_behind().await;
    let data = folder.path().join("data");
    for name in FILES {
        for mode in [0o640, 0o606] {
            set_mode(&data.join(name), mode);
            refused(&data, name).await;
        }
        set_mode(&data.join(name), 0o600);
    }
    Stack::start_in(&data, &[]).await.kill().await;
}

#[tokio::test]
async fn a_symbolic_link_in_the_place_of_a_file_or_of_the_folder_is_refused() {
    let folder = left_behind().await;
    let data = folder.path().join("data");
    for name in FILES {
        let (file, elsewhere) = (data.join(name), folder.path().join("elsewhere"));
        fs::rename(&file, &elsewhere).expect("it is moved");
        symlink(&elsewhere, &file).expect("a link");
        let before = fs::read(&elsewhere).expect("a copy");
        refused(&data, name).await;
        assert_eq!(fs::read(&elsewhere).expect("it is there"), before, "{name}");
        // One that leads nowhere would have the file made where it points.
        fs::rename(&elsewhere, folder.path().join("kept")).expect("it is moved");
        refused(&data, name).await;
        assert!(!elsewhere.exists(), "{name}");
        fs::rename(folder.path().join("kept"), &file).expect("it is moved back");
    }
    let link = folder.path().join("link");
    symlink(&data, &link).expect("a link");
    refused(&link, "link").await;
    Stack::start_in(&data, &[]).await.kill().await;
}

#[tokio::test]
async fn what_belongs_to_another_user_is_refused() {
    const NOBODY: u32 = 65_534;
    let folder = left_behind().await;
    let data = folder.path().join("data");
    match chown(&data, Some(NOBODY), None) {
        // Only root can give a folder away, and then nobody else can make this mistake either.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return,
        given => given.expect("it is given away"),
    }
    refused(&data, "data").await;
    chown(&data, Some(0), None).expect("it is taken back");
    for name in FILES {
        chown(data.join(name), Some(NOBODY), None).expect("it is given away");
        refused(&data, name).await;
        chown(data.join(name), Some(0), None).expect("it is taken back");
    }
    Stack::start_in(&data, &[]).await.kill().await;
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
    fs::write(&file, "not a folder").expect("a file");
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
    let run = Command::new(binary())
        .args(arguments)
        .kill_on_drop(true)
        .output();
    // A stack that starts after all would serve for ever.
    let run = tokio::time::timeout(Duration::from_secs(30), run).await;
    run.expect("it ends by itself").expect("it ran")
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
    let status =
        fs::read_to_string(format!("/proc/{}/status", stack.process_id())).expect("its status");
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("its resident memory");
    let kilobytes: u64 = resident
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number");
    // Of the build that README starts, not optimised. One that is has less code and another allocator.
    assert!(kilobytes < 60_000, "{kilobytes} kB");
}
