//! Real clients, unmodified, with credentials of this product, against a backend that asks `verify`: accepted until the
//! revocation, refused from the next request on. `script/clients` installs them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use super::backend::{Backend, Decision, UNAVAILABLE};
use super::stack::Stack;

const READS: [&str; 2] = ["get-replies", "get-status"];
const POSTS: [&str; 3] = ["post-confirm", "post-send", "post-send-unicode"];
/// The SDKs sign it as a POST and send it as a PUT.
const CANCEL: &str = "put-cancel";

/// An SDK and the program of ours that makes one call of it.
struct Sdk {
    interpreter: PathBuf,
    driver: PathBuf,
    node_path: OsString,
}

impl Sdk {
    fn node() -> Self {
        let modules = installed("node/node_modules");
        Self {
            interpreter: "node".into(),
            driver: driver("node/driver.js"),
            node_path: modules.into(),
        }
    }

    fn python(version: &str) -> Self {
        Self {
            interpreter: installed(&format!("python-{version}/bin/python")),
            driver: driver("python/driver.py"),
            node_path: OsString::new(),
        }
    }

    /// Makes the call, and gives the status that the SDK reports and what the backend decided.
    async fn call(&self, operation: &str, backend: &Backend, key: &Credential) -> (u64, Decision) {
        let mut command = bare(&self.interpreter);
        command
            .arg(&self.driver)
            .arg(operation)
            .env("NODE_PATH", &self.node_path)
            .env("AUTH", key.scheme);
        drive(command, backend, key).await
    }

    /// Every operation is accepted, and after the key's revocation every one is refused.
    async fn is_served_until_the_revocation(&self, scheme: &'static str, operations: &[&str]) {
        let (stack, backend) = product().await;
        let token = stack.token(ADMINISTRATOR).await;
        let key = Credential::create(&stack, &token, scheme).await;
        for operation in operations {
            let (status, decision) = self.call(operation, &backend, &key).await;
            assert_eq!(decision.outcome, "valid", "{scheme} {operation}");
            let expected = if operation.starts_with("post") {
                202
            } else {
                200
            };
            assert_eq!(status, expected, "{scheme} {operation}");
        }
        stack.revoke(&token, &key.id).await;
        for operation in operations {
            let (status, decision) = self.call(operation, &backend, &key).await;
            assert_eq!(decision.outcome, "revoked", "{scheme} {operation}");
            assert_eq!(status, 401, "{scheme} {operation}");
        }
    }
}

pub(crate) const ADMINISTRATOR: &str = "admin@acme";
const INSTALL: &str = "is missing: run script/clients, which installs it";

pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) scheme: &'static str,
}

impl Credential {
    pub(crate) async fn create(stack: &Stack, token: &str, scheme: &'static str) -> Self {
        let (id, secret) = stack.create_key(token, "A real client", scheme).await;
        Self { id, secret, scheme }
    }
}

/// Runs a driver that makes one request of the backend, and gives the status that it reports and what the backend decided.
pub(crate) async fn drive(
    mut driver: Command,
    backend: &Backend,
    key: &Credential,
) -> (u64, Decision) {
    let before = backend.decisions().len();
    driver
        .env("BASE_URL", backend.url())
        .env("KEY", &key.id)
        .env("SECRET", &key.secret);
    let run = driver.output().await.unwrap_or_else(|error| {
        let program = driver.as_std().get_program().display();
        panic!("{program} {INSTALL}: {error}")
    });
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{errors}");
    let answer: Value =
        serde_json::from_slice(&run.stdout).unwrap_or_else(|error| panic!("{error}: {errors}"));
    let mut decisions = backend.decisions().split_off(before);
    assert_eq!(decisions.len(), 1, "a call is one request");
    let status = answer["status"].as_u64().expect("a status");
    (status, decisions.remove(0))
}

pub(crate) async fn product() -> (Stack, Backend) {
    let stack = Stack::start().await;
    let backend = Backend::start(stack.url(), stack.service_token()).await;
    (stack, backend)
}

/// Where `script/clients` puts them: beside cargo's own, wherever that is.
pub(crate) fn installed(path: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo's target");
    let path = target.join("clients").join(path);
    assert!(path.exists(), "{} {INSTALL}", path.display());
    path
}

pub(crate) fn driver(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("clients")
        .join(path)
}

/// A program without our environment: a proxy or a `.netrc` of this machine would change what is sent.
pub(crate) fn bare(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .kill_on_drop(true);
    command
}

/// What curl prints of the answer with `--include`, but for the date.
async fn curl(user: &str, backend: &Backend, path: &str, more: &[&str]) -> String {
    let run = bare(Path::new("curl"))
        .args([
            "--disable",
            "--silent",
            "--show-error",
            "--include",
            "--user",
            user,
        ])
        .args(more)
        .arg(backend.url() + path)
        .output()
        .await
        .unwrap_or_else(|error| panic!("curl {INSTALL}: {error}"));
    assert!(
        run.status.success(),
        "curl: {}",
        String::from_utf8_lossy(&run.stderr)
    );
    String::from_utf8(run.stdout)
        .expect("text")
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("date:"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn outcomes(backend: &Backend) -> Vec<String> {
    backend
        .decisions()
        .into_iter()
        .map(|decision| decision.outcome)
        .collect()
}

#[tokio::test]
async fn official_node_sdk_with_basic_is_served_until_the_revocation() {
    let operations = [&READS[..], &POSTS, &[CANCEL]].concat();
    Sdk::node()
        .is_served_until_the_revocation("basic", &operations)
        .await;
}

#[tokio::test]
async fn official_node_sdk_with_hmac_is_served_until_the_revocation() {
    let operations = [&READS[..], &POSTS].concat();
    Sdk::node()
        .is_served_until_the_revocation("hmac", &operations)
        .await;
}

#[tokio::test]
async fn official_python_sdk_with_basic_is_served_until_the_revocation() {
    let operations = [&READS[..], &POSTS, &[CANCEL]].concat();
    Sdk::python("2.1.3")
        .is_served_until_the_revocation("basic", &operations)
        .await;
}

#[tokio::test]
async fn official_python_sdk_with_hmac_is_served_until_the_revocation() {
    let operations = [&READS[..], &POSTS].concat();
    Sdk::python("2.1.3")
        .is_served_until_the_revocation("hmac", &operations)
        .await;
}

#[tokio::test]
async fn python_sdk_2_1_0_posts_are_refused_as_body_mismatch() {
    let sdk = Sdk::python("2.1.0");
    let (stack, backend) = product().await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, "hmac").await;
    for (operations, expected) in [
        (&READS[..], (200, "valid")),
        (&POSTS, (401, "body_mismatch")),
    ] {
        for operation in operations {
            let (status, decision) = sdk.call(operation, &backend, &key).await;
            assert_eq!((status, decision.outcome.as_str()), expected, "{operation}");
        }
    }
}

#[tokio::test]
async fn cancel_scheduled_message_under_hmac_is_refused_as_signature_mismatch() {
    let (stack, backend) = product().await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, "hmac").await;
    for sdk in [Sdk::node(), Sdk::python("2.1.3")] {
        let (status, decision) = sdk.call(CANCEL, &backend, &key).await;
        assert!(
            decision.request.starts_with("PUT /v1/messages/"),
            "{decision:?}"
        );
        assert_eq!(
            (status, decision.outcome.as_str()),
            (401, "signature_mismatch")
        );
        assert_eq!(
            decision.detail,
            "the request was signed as POST and sent as PUT"
        );
    }
}

#[tokio::test]
async fn curl_user_is_served_until_the_revocation_and_told_the_same_as_a_stranger_after_it() {
    let (stack, backend) = product().await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, "basic").await;
    let other = Credential::create(&stack, &token, "basic").await;
    let user = format!("{}:{}", key.id, key.secret);

    let replies = "/v1/replies?x=1&y=a%20b";
    let answer = curl(&user, &backend, replies, &[]).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let answer = curl(&user, &backend, "/v1/messages", &["--data", "{}"]).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(outcomes(&backend), ["valid", "valid"]);
    assert_eq!(backend.decisions()[0].request, format!("GET {replies}"));

    stack.revoke(&token, &key.id).await;
    let revoked = curl(&user, &backend, replies, &[]).await;
    assert!(revoked.starts_with("HTTP/1.1 401"), "{revoked}");
    let wrong_secret = format!("{}:{}", other.id, key.secret);
    let unknown_key = format!("hk_{}:{}", "0".repeat(26), key.secret);
    for stranger in [wrong_secret, unknown_key] {
        assert_eq!(curl(&stranger, &backend, replies, &[]).await, revoked);
    }
    assert_eq!(
        outcomes(&backend)[2..],
        ["revoked", "wrong_secret", "unknown_key"]
    );
}

#[tokio::test]
async fn a_backend_without_the_service_token_lets_nobody_in() {
    let stack = Stack::start().await;
    let backend = Backend::start(stack.url(), "not the token").await;
    let token = stack.token(ADMINISTRATOR).await;
    let key = Credential::create(&stack, &token, "basic").await;
    let user = format!("{}:{}", key.id, key.secret);
    let answer = curl(&user, &backend, "/v1/replies", &[]).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert_eq!(outcomes(&backend), [UNAVAILABLE]);
}
