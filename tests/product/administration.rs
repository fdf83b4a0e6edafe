//! `hubkeys admin` on the data of a stack that does not run, and the stack on what it left.

use std::collections::HashMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::emulator::Cloud;
use super::stack::{Stack, basic_facts, binary};

/// What a run of `hubkeys admin` left.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    async fn of(command: &mut Command) -> Self {
        let output = command.stdin(Stdio::null()).output();
        let output = output.await.expect("it runs");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// The JSON that it printed, having succeeded.
    fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

fn command(data: &Path, arguments: &str) -> Command {
    let mut command = Command::new(binary());
    command
        .arg("admin")
        .args(arguments.split(' '))
        .args(["--by", "staff-7", "--json", "--data"])
        .arg(data)
        .env_remove("EVENTS_TABLE")
        .env_remove("VIEWS_TABLE")
        .kill_on_drop(true);
    command
}

async fn admin(data: &Path, arguments: &str) -> Run {
    Run::of(&mut command(data, arguments)).await
}

/// Signs a request as a client does, by the same binary.
async fn signed_facts(id: &str, secret: &str) -> Value {
    let url = "https://api.example.com/v1/messages";
    let mut child = Command::new(binary())
        .args([
            "sign",
            "--key",
            id,
            "--url",
            url,
            "--facts",
            "--secret-stdin",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("its input");
    tokio::io::AsyncWriteExt::write_all(&mut stdin, secret.as_bytes())
        .await
        .expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    serde_json::from_slice(&output.stdout).expect("facts")
}

struct Key {
    scheme: &'static str,
    id: String,
    secret: String,
}

async fn create(stack: &Stack) -> Vec<Key> {
    let token = stack.token("admin@acme").await;
    let mut keys = Vec::new();
    for scheme in ["basic", "hmac"] {
        let (id, secret) = stack.create_key(&token, "Kept", scheme).await;
        keys.push(Key { scheme, id, secret });
    }
    keys
}

async fn outcome(stack: &Stack, key: &Key) -> String {
    let facts = match key.scheme {
        "basic" => basic_facts(&key.id, &key.secret),
        _ => signed_facts(&key.id, &key.secret).await,
    };
    let decision = stack.verify(&facts).await;
    decision["outcome"].as_str().unwrap_or_default().to_owned()
}

async fn all_verify(stack: &Stack, keys: &[Key]) {
    for key in keys {
        assert_eq!(
            outcome(stack, key).await,
            "valid",
            "{} {}",
            key.scheme,
            key.id
        );
    }
}

#[tokio::test]
async fn a_keyring_is_rotated_resealed_and_pruned_and_every_key_verifies_all_along() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let stack = Stack::start_in(&data, &[]).await;
    let mut keys = create(&stack).await;
    let refused = admin(&data, "keyring rotate").await;
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.stderr.contains("in use by another process"),
        "{}",
        refused.stderr
    );
    stack.kill().await;

    let nowhere = admin(&folder.path().join("mistyped"), "check").await;
    assert!(
        nowhere.code == Some(1) && nowhere.stderr.contains("missing"),
        "{}",
        nowhere.stderr
    );
    assert!(!folder.path().join("mistyped").exists());

    let rotated = admin(&data, "keyring rotate").await.json();
    assert_eq!(rotated, json!({"from": "1", "to": "2"}));
    let resealed = admin(&data, "keyring reseal").await.json();
    assert_eq!(
        resealed,
        json!({"keys": 2, "sealed": 1, "digests": 0, "waiting": 1, "failed": []})
    );
    let in_use = admin(&data, "keyring prune 1").await;
    assert!(
        in_use.code == Some(1) && in_use.stderr.contains("1 live keys"),
        "{}",
        in_use.stderr
    );

    // A proposal may be lost with the process: then the next request makes another one.
    let mut digests = json!(0);
    for _ in 0..5 {
        let stack = Stack::start_in(&data, &[]).await;
        all_verify(&stack, &keys).await;
        all_verify(&stack, &keys).await;
        stack.kill().await;
        digests = admin(&data, "keyring reseal").await.json()["digests"].clone();
        if digests == 1 {
            break;
        }
    }
    assert_eq!(digests, 1);
    admin(&data, "keyring prune 1").await.json();
    let status = admin(&data, "keyring status").await.json();
    assert_eq!(
        status,
        json!({"current": "2", "versions": [
            {"version": "2", "state": "current", "live": {"basic": 1, "hmac": 1}, "revoked": 0}]})
    );
    let check = admin(&data, "check").await.json();
    assert_eq!(check["drift"], json!([]));

    let stack = Stack::start_in(&data, &[]).await;
    keys.extend(create(&stack).await);
    all_verify(&stack, &keys).await;
    let token = stack.token("admin@acme").await;
    let history = stack
        .manage(
            &token,
            reqwest::Method::GET,
            &format!("/v1/keys/{}/history", keys[0].id),
            Value::Null,
        )
        .await
        .json();
    let resealed = &history["events"][1];
    assert_eq!(resealed["type"], "resealed");
    assert_eq!(
        resealed["by"],
        json!({"kind": "operator", "user": "staff-7"})
    );
    // Who and when, and nothing of what is kept of the secret.
    let members: Vec<&String> = resealed.as_object().expect("an entry").keys().collect();
    assert_eq!(members, ["version", "at", "by", "request_id", "type"]);
}

#[tokio::test]
async fn an_operator_killed_anywhere_leaves_every_key_verifying() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let stack = Stack::start_in(&data, &[]).await;
    let mut keys = create(&stack).await;
    keys.extend(create(&stack).await);
    all_verify(&stack, &keys).await;
    stack.kill().await;

    let mut killed = 0;
    for step in 0..24_u64 {
        let what = if step % 2 == 0 {
            "keyring rotate"
        } else {
            "keyring reseal"
        };
        let mut running = command(&data, what)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("it runs");
        // Not a wait for anything: the instant at which it is killed.
        let instant = Duration::from_millis(1 + step * 5);
        if tokio::time::timeout(instant, running.wait()).await.is_err() {
            running.kill().await.expect("it is killed");
            killed += 1;
        }
        let status = admin(&data, "keyring status").await;
        assert_eq!(
            status.code,
            Some(0),
            "{what}: {}{}",
            status.stdout,
            status.stderr
        );
    }
    assert!(killed > 0);
    let stack = Stack::start_in(&data, &[]).await;
    keys.extend(create(&stack).await);
    all_verify(&stack, &keys).await;
    stack.kill().await;

    admin(&data, "keyring rotate").await.json();
    assert_eq!(
        admin(&data, "keyring reseal").await.json()["failed"],
        json!([])
    );
    assert_eq!(admin(&data, "check").await.json()["drift"], json!([]));
    let stack = Stack::start_in(&data, &[]).await;
    all_verify(&stack, &keys).await;
}

#[tokio::test]
async fn a_restored_backup_is_told_of_the_revocations_it_forgot() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    let stack = Stack::start_in(&data, &[]).await;
    let mut keys = create(&stack).await;
    stack.kill().await;
    let backup = folder.path().join("backup");
    fs::create_dir(&backup).expect("a folder");
    for file in fs::read_dir(&data).expect("the data") {
        let file = file.expect("a file");
        fs::copy(file.path(), backup.join(file.file_name())).expect("a copy");
    }
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(&backup, fs::Permissions::from_mode(0o700)).expect("a mode");

    // Two revocations, one line of the log as a bare one and one as an event of the bus. And what else a log may hold.
    let lost = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
    let revoked = |key: &str, account: &str| {
        json!({"type": "KeyRevoked", "key": key, "account": account, "at": "2026-11-23T08:30:00.000Z", "reason": "laptop lost",
               "by": {"kind": "user", "user": "admin@acme", "role": "administrator"},
               "event_id": "01a208b2-2d9c-7651-bbad-1731942548b5"})
    };
    let event = |kind: &str, detail: Value| json!({"version": "0", "source": "hubkeys", "detail-type": kind, "detail": detail});
    let log = folder.path().join("log/2026/11");
    fs::create_dir_all(&log).expect("a folder");
    let mut file = fs::File::create(log.join("23.jsonl")).expect("a file");
    for line in [
        revoked(&keys[0].id, "acme"),
        json!({"type": "KeyRenamed", "key": keys[0].id, "name": "Another"}),
        event("hubkeys.key.revoked", revoked(&keys[1].id, "acme")),
        event("hubkeys.key.created", json!({"key": keys[0].id})),
        // Without what may be left out.
        json!({"key": lost, "at": "2026-11-23T08:30:00.000Z", "by": {"kind": "operator", "user": "staff-7"}}),
    ] {
        writeln!(file, "{line}\n").expect("it is written");
    }
    drop(file);
    let apply = format!("revocations apply {}", folder.path().join("log").display());
    let applied = admin(&backup, &apply).await.json();
    assert_eq!(
        applied,
        json!({"lines": 5, "revoked": [keys[0].id, keys[1].id], "revoked_already": 0, "unknown": [lost],
               "other_events": 2, "unreadable": [], "failed": []})
    );
    let again = admin(&backup, &apply).await.json();
    assert_eq!(
        (&again["revoked"], &again["revoked_already"]),
        (&json!([]), &json!(2))
    );

    let stack = Stack::start_in(&backup, &[]).await;
    for key in &keys {
        assert_eq!(outcome(&stack, key).await, "revoked");
    }
    keys = create(&stack).await;
    stack.kill().await;

    // What can't be read, and a key that the log says is somebody else's, are no success.
    fs::write(log.join("24.jsonl"), "{\"key\":\"hk_\n[]\n").expect("it is written");
    fs::write(
        log.join("25.jsonl"),
        revoked(&keys[0].id, "globex").to_string(),
    )
    .expect("it is written");
    let applied = admin(&backup, &apply).await;
    assert_eq!(applied.code, Some(1));
    let applied: Value = serde_json::from_str(&applied.stdout).expect("JSON");
    assert_eq!(
        applied["unreadable"].as_array().map(Vec::len),
        Some(2),
        "{applied}"
    );
    assert_eq!(applied["failed"][0]["key"], json!(keys[0].id), "{applied}");
    assert_eq!(
        applied["failed"][0]["reason"],
        "the key belongs to another account"
    );
}

#[tokio::test]
async fn an_account_is_verified_and_rows_are_checked_and_rebuilt() {
    let folder = TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data");
    Stack::start_in(&data, &[]).await.kill().await;
    let verified = admin(&data, "account verify globex").await.json();
    assert_eq!(
        verified,
        json!({"id": "globex", "standing": "verified", "changed": true})
    );
    let again = admin(&data, "account verify globex").await.json();
    assert_eq!(again["changed"], false);
    let check = admin(&data, "check").await.json();
    assert_eq!(check["drift"], json!([]));
    let rebuilt = admin(&data, "rebuild").await.json();
    assert_eq!(rebuilt, check);
    let stack = Stack::start_in(&data, &[]).await;
    let token = stack.token("admin@globex").await;
    stack.create_key(&token, "Allowed", "basic").await;
}

#[tokio::test]
async fn without_data_it_acts_on_the_tables_in_aws_and_never_on_a_stack_of_the_current_folder() {
    let folder = TempDir::new().expect("a temporary folder");
    // Where the stack's own default points, with accounts that are verified and rows to be found.
    let left = folder.path().join(".hubkeys");
    Stack::start_in(&left, &[]).await.kill().await;
    let cloud = Cloud::start().await;
    let run = async |arguments: &str, environment: HashMap<&str, &str>| {
        let mut command = Command::new(binary());
        command
            .arg("admin")
            .args(arguments.split(' '))
            .args(["--by", "staff-7", "--json"])
            .current_dir(&folder)
            .env_remove("EVENTS_TABLE")
            .env_remove("VIEWS_TABLE")
            .env_remove("KEYRING_SECRET")
            .envs(environment)
            .kill_on_drop(true);
        Run::of(&mut command).await
    };
    let nowhere = run("check", HashMap::new()).await;
    assert_eq!(nowhere.code, Some(1), "{}", nowhere.stdout);
    assert!(nowhere.stderr.contains("say where"), "{}", nowhere.stderr);

    let checked = run("check", cloud.environment()).await;
    assert!(
        checked.stderr.contains("events and views in us-east-1"),
        "{}",
        checked.stderr
    );
    assert_eq!(checked.json()["streams"], 0);
    let verified = run("account verify initech", cloud.environment()).await;
    assert_eq!(verified.json()["changed"], true);
    let rotated = run("keyring rotate", cloud.environment()).await;
    assert_eq!(rotated.json(), json!({"from": "1", "to": "2"}));
    let named = "check --events-table events --views-table views";
    let mut environment = cloud.environment();
    environment.retain(|name, _| !name.ends_with("_TABLE"));
    assert_eq!(run(named, environment).await.json()["streams"], 1);

    let untouched = admin(&left, "keyring status").await.json();
    assert_eq!(untouched["current"], "1", "{untouched}");
    assert_eq!(admin(&left, "check").await.json()["drift"], json!([]));
}
