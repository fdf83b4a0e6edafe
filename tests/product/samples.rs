//! Every sample of the guides, run as a reader runs it: whole, with what it takes from the environment, and with no secret
//! on a command line. A file of `docs/samples` that nothing here runs fails a test.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::backend::Backend;
use super::clients::{ADMINISTRATOR, Credential, bare, product};
use super::stack::{Stack, binary, built};

const BASIC: [&str; 4] = [
    "curl/basic.sh",
    "python/basic.py",
    "node/basic.mjs",
    "rust/src/basic.rs",
];
const SIGNING: [&str; 4] = [
    "openssl/sign.sh",
    "python/sign.py",
    "node/sign.mjs",
    "rust/src/sign.rs",
];
const SERVICES: [&str; 3] = [
    "python/service.py",
    "node/service.mjs",
    "rust/src/service.rs",
];
const VERIFYING: [&str; 2] = ["curl/verify.sh", "hubkeys/ask-verify.sh"];
const KEYS: [&str; 3] = ["python/keys.py", "node/keys.mjs", "rust/src/keys.rs"];
const KEYS_BY_CURL: [&str; 3] = [
    "curl/create-key.sh",
    "curl/list-keys.sh",
    "curl/revoke-key.sh",
];
const COMMAND_LINE: [&str; 4] = [
    "hubkeys/get-a-key.sh",
    "hubkeys/first-call.sh",
    "hubkeys/rotate.sh",
    "hubkeys/capture.sh",
];
/// What the others read or are built with.
const PARTS: [&str; 4] = [
    "openssl/hmac-sha256.sh",
    "rust/Cargo.toml",
    "worked-example/body.json",
    "worked-example/case.json",
];
/// Programs that samples start, whose command lines everybody on a machine can see.
const STARTED: [&str; 7] = [
    "curl", "openssl", "hubkeys", "python3", "sed", "base64", "cut",
];

/// Where samples run: a folder of its own, an environment of nothing but what they ask for, and a record of every command
/// line.
struct Workplace {
    folder: TempDir,
    environment: BTreeMap<&'static str, String>,
}

impl Workplace {
    fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let programs = folder.path().join("programs");
        std::fs::create_dir(&programs).expect("a folder");
        for name in STARTED {
            let program = if name == "hubkeys" {
                binary()
            } else {
                on_path(name)
            };
            let shim = format!(
                "#!/bin/sh\nprintf '%s\\n' \"$*\" >>'{}'\nexec '{}' \"$@\"\n",
                folder.path().join("command-lines").display(),
                program.display()
            );
            let path = programs.join(name);
            std::fs::write(&path, shim).expect("a program");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o700)).expect("its mode");
        }
        Self {
            folder,
            environment: BTreeMap::new(),
        }
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) -> &mut Self {
        self.environment.insert(name, value.into());
        self
    }

    fn key(&mut self, key: &Credential) -> &mut Self {
        self.set("HUBKEYS_KEY", &key.id)
            .set("HUBKEYS_SECRET", &key.secret)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn command(&self, sample: &str) -> Command {
        let file = samples().join(sample);
        assert!(file.is_file(), "there is no {sample}");
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let interpreter = match sample.rsplit('.').next() {
            Some("sh") => "bash",
            Some("py") => "python3",
            Some("mjs") => "node",
            _ => "",
        };
        let mut command = if interpreter.is_empty() {
            bare(&built(&format!("sample-{stem}")))
        } else {
            let mut command = bare(Path::new(interpreter));
            command.arg(&file);
            command
        };
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .current_dir(self.folder.path())
            .env(
                "PATH",
                format!("{}:{path}", self.path("programs").display()),
            )
            .env("XDG_CONFIG_HOME", self.path("config"))
            .envs(&self.environment)
            .stdin(Stdio::null());
        command
    }

    async fn run(&self, sample: &str) -> Output {
        self.command(sample)
            .output()
            .await
            .unwrap_or_else(|error| panic!("{sample}: {error}"))
    }

    /// What it prints. It must succeed.
    async fn succeeds(&self, sample: &str) -> String {
        let run = self.run(sample).await;
        assert!(
            run.status.success(),
            "{sample}: {}{}",
            String::from_utf8_lossy(&run.stdout),
            String::from_utf8_lossy(&run.stderr)
        );
        String::from_utf8(run.stdout).expect("text")
    }

    /// No command line so far had any of these in it.
    fn has_shown_none_of(&self, secrets: &[&str]) {
        let lines = std::fs::read_to_string(self.path("command-lines")).unwrap_or_default();
        assert!(!lines.is_empty(), "no command line was recorded");
        for secret in secrets {
            assert!(
                !lines.contains(secret),
                "a secret on a command line: {lines}"
            );
        }
    }
}

fn on_path(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("{program} is missing: run script/clients, which installs it"))
}

pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/samples")
}

/// Every file of `docs/samples` by its path in there.
pub(crate) fn all() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![samples()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let path = path.strip_prefix(samples()).expect("within it");
                found.insert(path.to_str().expect("text").to_owned());
            }
        }
    }
    found
}

/// Programs and cases that print the same each time, which the file beside them holds.
fn printing(extension: &str) -> Vec<String> {
    let all = all();
    all.iter()
        .filter(|file| {
            file.strip_suffix(extension)
                .is_some_and(|stem| all.contains(&format!("{stem}.out")))
        })
        .cloned()
        .collect()
}

fn expected(sample: &str) -> String {
    let out = samples().join(sample).with_extension("out");
    std::fs::read_to_string(out).expect("what it prints")
}

#[test]
fn no_sample_is_left_out() {
    let mut run: BTreeSet<String> = [
        &BASIC[..],
        &SIGNING,
        &SERVICES,
        &VERIFYING,
        &KEYS,
        &KEYS_BY_CURL,
        &COMMAND_LINE,
        &PARTS,
    ]
    .concat()
    .into_iter()
    .map(str::to_owned)
    .collect();
    for sample in printing(".sh").into_iter().chain(printing(".json")) {
        let out = Path::new(&sample).with_extension("out");
        run.insert(out.to_str().expect("text").to_owned());
        run.insert(sample);
    }
    let all = all();
    let left: Vec<_> = all.difference(&run).collect();
    assert!(left.is_empty(), "run by no test: {left:?}");
    let gone: Vec<_> = run.difference(&all).collect();
    assert!(gone.is_empty(), "not there: {gone:?}");
}

/// Each sample makes these requests and all are valid; once the key is revoked, the first is refused and the sample fails.
async fn are_served_until_the_revocation(list: &[&str], scheme: &'static str, requests: &[&str]) {
    let (stack, backend) = product().await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, scheme).await;
    let mut work = Workplace::new();
    work.key(&key).set("API_URL", backend.url());
    for sample in list {
        let before = backend.decisions().len();
        work.succeeds(sample).await;
        let decisions = backend.decisions().split_off(before);
        let made: Vec<_> = decisions.iter().map(|it| it.request.as_str()).collect();
        assert_eq!(made, requests, "{sample}");
        for decision in decisions {
            assert_eq!(decision.outcome, "valid", "{sample}: {decision:?}");
        }
    }
    stack.revoke(&token, &key.id).await;
    for sample in list {
        let run = work.run(sample).await;
        assert!(!run.status.success(), "{sample} does not tell of a refusal");
        let decisions = backend.decisions();
        assert_eq!(
            decisions.last().expect("one").outcome,
            "revoked",
            "{sample}"
        );
    }
    work.has_shown_none_of(&[&key.secret]);
}

#[tokio::test]
async fn samples_of_basic_are_served_until_the_revocation() {
    are_served_until_the_revocation(&BASIC, "basic", &["GET /v1/replies"]).await;
}

#[tokio::test]
async fn samples_of_signing_are_served_until_the_revocation() {
    let requests = ["GET /v1/replies?limit=10", "POST /v1/messages"];
    are_served_until_the_revocation(&SIGNING, "hmac", &requests).await;
}

/// The sample of a service, and where it listens.
async fn service(work: &Workplace, sample: &str) -> (Child, String) {
    let mut process = work
        .command(sample)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{sample}: {error}"));
    let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
    let line = lines.next_line().await.expect("its output");
    let url = line
        .as_deref()
        .and_then(|line| line.strip_prefix("Listening on "))
        .unwrap_or_else(|| panic!("{sample}: {line:?}"))
        .to_owned();
    (process, url)
}

#[tokio::test]
async fn services_in_samples_let_in_whom_verify_knows_and_nobody_else() {
    let stack = Stack::start().await;
    let token = stack.token(ADMINISTRATOR).await;
    let basic = Credential::create(&stack, &token, "basic").await;
    let hmac = Credential::create(&stack, &token, "hmac").await;
    let mut work = Workplace::new();
    work.set("HUBKEYS_URL", stack.url());
    for sample in SERVICES {
        work.set("HUBKEYS_SERVICE_TOKEN", stack.service_token());
        let (_process, url) = service(&work, sample).await;
        work.set("API_URL", url);
        for (key, clients) in [(&basic, &BASIC), (&hmac, &SIGNING)] {
            work.key(key);
            for client in clients {
                let printed = work.succeeds(client).await;
                assert!(printed.contains("acme"), "{client} at {sample}: {printed}");
            }
        }
        work.set("HUBKEYS_SECRET", &basic.secret);
        let refused = work.run("python/sign.py").await;
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains("401"), "{sample}: {told}");

        // Whoever can't ask lets nobody in.
        work.set("HUBKEYS_SERVICE_TOKEN", "not-the-token");
        let (_process, url) = service(&work, sample).await;
        work.key(&basic).set("API_URL", url);
        let refused = work.run("python/basic.py").await;
        let told = String::from_utf8_lossy(&refused.stderr);
        assert!(told.contains("503"), "{sample}: {told}");
    }
}

#[tokio::test]
async fn samples_that_ask_verify_are_told_who_sent_a_request() {
    let stack = Stack::start().await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, "hmac").await;
    let basic = Credential::create(&stack, &token, "basic").await;
    let mut work = Workplace::new();
    work.key(&key)
        .set("HUBKEYS_URL", stack.url())
        .set("HUBKEYS_SERVICE_TOKEN", stack.service_token())
        .set("FACTS", "facts.json");
    let credentials = {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", basic.id, basic.secret))
    };
    let facts = json!({
        "method": "GET", "target": "/v1/replies",
        "headers": [["Authorization", format!("Basic {credentials}")]],
    });
    std::fs::write(work.path("facts.json"), facts.to_string()).expect("facts");
    let [by_curl, by_command_line] = VERIFYING;
    let decision: Value = serde_json::from_str(&work.succeeds(by_curl).await).expect("JSON");
    assert_eq!(decision["key"], basic.id.as_str());
    let printed = work.succeeds(by_command_line).await;
    assert!(printed.contains("outcome  valid"), "{printed}");
    assert!(printed.contains(&key.id), "{printed}");
    work.has_shown_none_of(&[&key.secret, &stack.service_token()]);
}

#[tokio::test]
async fn samples_that_manage_keys_create_list_and_revoke() {
    let stack = Stack::start().await;
    let token = stack.token(ADMINISTRATOR).await;
    // More than a page, so that the samples have to turn it.
    let mut others = BTreeSet::new();
    for at in 0..55 {
        let (id, _) = stack
            .create_key(&token, &format!("Key {at}"), "basic")
            .await;
        others.insert(id);
    }
    let mut work = Workplace::new();
    work.set("HUBKEYS_URL", stack.url())
        .set("HUBKEYS_TOKEN", &token);
    for sample in KEYS {
        let printed = work.succeeds(sample).await;
        let mut lines = printed.lines();
        let created = lines.next().and_then(|line| line.strip_prefix("created "));
        let created = created.unwrap_or_else(|| panic!("{sample}: {printed}"));
        let live: BTreeSet<_> = lines
            .filter_map(|line| line.strip_prefix("live")?.split_whitespace().next())
            .map(str::to_owned)
            .collect();
        let mut all = others.clone();
        all.insert(created.to_owned());
        assert_eq!(live, all, "{sample}");
        assert!(
            printed.ends_with(&format!("revoked {created}\n")),
            "{printed}"
        );
        assert_eq!(status(&stack, &token, created).await, "revoked", "{sample}");
        let again = work.succeeds(sample).await;
        assert!(
            again.starts_with(&format!("created {created}\n")),
            "{again}"
        );
    }

    let [create, list, revoke] = KEYS_BY_CURL;
    let printed = work.succeeds(create).await;
    let file = std::fs::read(work.path("key.json")).expect("the answer");
    let mode = std::fs::metadata(work.path("key.json"))
        .expect("it")
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    let key: Value = serde_json::from_slice(&file).expect("JSON");
    let id = key["id"].as_str().expect("an id");
    let secret = key["secret"].as_str().expect("a secret");
    assert!(
        printed.contains(id) && !printed.contains(secret),
        "{printed}"
    );
    let listed = work.succeeds(list).await;
    for id in others.iter().map(String::as_str).chain([id]) {
        assert!(listed.contains(id), "{id}: {listed}");
    }
    work.set("OLD_KEY", id).succeeds(revoke).await;
    assert_eq!(status(&stack, &token, id).await, "revoked");
    work.has_shown_none_of(&[&token, secret]);
}

async fn status(stack: &Stack, token: &str, id: &str) -> String {
    let path = format!("/v1/keys/{id}");
    let key = stack.manage(token, Method::GET, &path, Value::Null).await;
    key.json()["status"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_command_line_gets_a_key_calls_with_it_and_replaces_it() {
    let stack = Stack::start().await;
    let backend = Backend::start(stack.url(), stack.service_token()).await;
    let token = stack.token(ADMINISTRATOR).await;
    let mut work = Workplace::new();
    work.set("HUBKEYS_URL", stack.url())
        .set("HUBKEYS_SERVICE_TOKEN", stack.service_token())
        .set("API_URL", backend.url());
    let [get, call, rotate, capture] = COMMAND_LINE;
    let told = work.succeeds(get).await;
    let file = std::fs::read_to_string(work.path("nightly-export.env")).expect("the key");
    let of_file = |name: &str| {
        let line = file.lines().find_map(|line| line.strip_prefix(name));
        line.expect("it").trim_matches(['=', '\'', '"']).to_owned()
    };
    let (old, secret) = (of_file("HUBKEYS_KEY"), of_file("HUBKEYS_SECRET"));
    assert!(told.contains(&old) && !told.contains(&secret), "{told}");

    work.succeeds(call).await;
    let decisions = backend.decisions();
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].outcome, "valid");

    let told = work.set("OLD_KEY", &old).succeeds(rotate).await;
    assert!(told.contains("outcome  valid"), "{told}");
    assert_eq!(status(&stack, &token, &old).await, "revoked");
    assert!(!work.run(call).await.status.success());

    // What arrived at the backend is explained at the instant it was signed.
    let facts = &decisions[0].facts;
    let date = facts["headers"].as_array().expect("headers").iter();
    let date = date
        .filter(|field| field[0] == "date")
        .find_map(|field| field[1].as_str());
    work.set("NOW", instant(date.expect("a date")))
        .set("HUBKEYS_KEY", &old)
        .set("HUBKEYS_SECRET", &secret);
    std::fs::write(work.path("request.json"), facts.to_string()).expect("the request");
    let told = work.succeeds(capture).await;
    assert!(told.starts_with("my request: valid\n"), "{told}");
    work.has_shown_none_of(&[&secret, &stack.service_token()]);
}

/// `Mon, 23 Nov 2026 08:30:00 GMT` as `2026-11-23T08:30:00Z`.
fn instant(date: &str) -> String {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let parts: Vec<_> = date.split(' ').collect();
    let month = MONTHS.find(parts[2]).expect("a month") / 3 + 1;
    format!("{}-{month:02}-{}T{}Z", parts[3], parts[1], parts[4])
}

#[tokio::test]
async fn what_the_guides_say_is_printed_is_printed() {
    // In the order of their names, in one folder: steps of the worked example build on each other.
    let work = Workplace::new();
    for sample in printing(".sh") {
        assert_eq!(work.succeeds(&sample).await, expected(&sample), "{sample}");
    }
}

#[tokio::test]
async fn requests_in_the_guides_are_explained_as_the_guides_say() {
    let cases = printing(".json");
    assert!(cases.len() >= 8, "{cases:?}");
    for case in cases {
        let run = bare(&binary())
            .arg("explain")
            .arg(samples().join(&case))
            .output()
            .await
            .expect("it runs");
        assert_eq!(
            String::from_utf8_lossy(&run.stdout),
            expected(&case),
            "{case}"
        );
    }
}
