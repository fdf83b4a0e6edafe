//! A running stack and what a test needs to speak to it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Client, ClientBuilder, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A stack in a process of its own. It is killed when dropped.
pub(crate) struct Stack {
    process: Child,
    url: String,
    data: PathBuf,
    http: Client,
    _folder: Option<TempDir>,
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) content_type: String,
    pub(crate) text: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The last part of the problem's type, having made sure that it is a whole problem document.
    pub(crate) fn problem(&self) -> String {
        assert_eq!(self.content_type, "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16(), "{self:?}");
        for member in ["title", "detail", "request_id"] {
            assert!(
                problem[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{member}: {self:?}"
            );
        }
        let kind = problem["type"].as_str().unwrap_or_default();
        kind.strip_prefix("urn:problem-type:hubkeys:")
            .unwrap_or_else(|| panic!("{self:?}"))
            .to_owned()
    }
}

/// An HTTP client. None of ours speaks TLS, but the features that the Rust client gives `reqwest` want a provider for it.
pub(crate) fn http() -> ClientBuilder {
    // Somebody else in this process may have installed it: it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}

/// The `hubkeys` binary that was built with these tests.
pub(crate) fn binary() -> PathBuf {
    built("hubkeys")
}

/// A binary that was built with these tests.
pub(crate) fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let folder = test
        .ancestors()
        .nth(2)
        .expect("the test is in <target>/<profile>/deps");
    let binary = folder.join(name);
    assert!(
        binary.is_file(),
        "{} is missing: run script/test, or cargo build -p {name}",
        binary.display()
    );
    binary
}

impl Stack {
    /// A stack with a fresh data folder.
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut stack = Self::start_in(&folder.path().join("data"), &[]).await;
        stack._folder = Some(folder);
        stack
    }

    /// A stack on this data folder, with further arguments. Its log goes to `log` in the data folder.
    pub(crate) async fn start_in(data: &Path, arguments: &[&str]) -> Self {
        std::fs::create_dir_all(data).expect("the data folder");
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(data.join("log"))
            .expect("a log");
        let mut process = Command::new(binary())
            .args(["--port", "0", "--data"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the stack starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let url = loop {
            let line = lines.next_line().await.expect("its output");
            let Some(line) = line else {
                panic!(
                    "the stack ended: {}",
                    std::fs::read_to_string(data.join("log")).unwrap_or_default()
                );
            };
            if let Some((_, rest)) = line.split_once("serves ") {
                break rest.split([',', ' ']).next().unwrap_or_default().to_owned();
            }
        };
        // The rest of the banner must be read, or a full pipe would stop the stack.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let http = http()
            .timeout(Duration::from_secs(60))
            .build()
            .expect("an HTTP client");
        Self {
            process,
            url,
            data: data.to_owned(),
            http,
            _folder: None,
        }
    }

    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.process.id().expect("it runs")
    }

    pub(crate) fn service_token(&self) -> String {
        let token =
            std::fs::read_to_string(self.data.join("service-token")).expect("the service token");
        token.trim().to_owned()
    }

    /// Ends it as a power cut would.
    pub(crate) async fn kill(mut self) -> Option<TempDir> {
        self.process.kill().await.expect("it is killed");
        self._folder.take()
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Answered {
        let response = request.send().await.expect("an answer");
        let content_type = response
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        Answered {
            status: response.status(),
            content_type,
            text: response.text().await.expect("a whole answer"),
        }
    }

    /// Sends a management request, with a JSON body unless it is null.
    pub(crate) async fn manage(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Value,
    ) -> Answered {
        let mut request = self.request(method, path).bearer_auth(token);
        if !body.is_null() {
            request = request.json(&body);
        }
        self.send(request).await
    }

    /// A demo user's token.
    pub(crate) async fn token(&self, user: &str) -> String {
        self.token_for(user, 3600).await
    }

    /// A demo user's token that expires in so many seconds, or so many ago.
    pub(crate) async fn token_for(&self, user: &str, expires_in: i64) -> String {
        let form = format!("grant_type=password&username={user}&expires_in={expires_in}");
        let request = self
            .request(Method::POST, "/oauth2/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.replace('@', "%40"));
        let answer = self.send(request).await;
        answer.json()["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{answer:?}"))
            .to_owned()
    }

    /// A new key's id and secret.
    pub(crate) async fn create_key(
        &self,
        token: &str,
        name: &str,
        scheme: &str,
    ) -> (String, String) {
        let answer = self
            .manage(
                token,
                Method::POST,
                "/v1/keys",
                json!({"name": name, "scheme": scheme}),
            )
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{answer:?}");
        let key = answer.json();
        let text = |member: &str| {
            key[member]
                .as_str()
                .unwrap_or_else(|| panic!("{member}: {key}"))
                .to_owned()
        };
        (text("id"), text("secret"))
    }

    pub(crate) async fn revoke(&self, token: &str, id: &str) {
        let answer = self
            .manage(
                token,
                Method::POST,
                &format!("/v1/keys/{id}/revoke"),
                Value::Null,
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
    }

    /// The decision on these facts.
    pub(crate) async fn verify(&self, facts: &Value) -> Value {
        let request = self
            .request(Method::POST, "/v1/verify")
            .bearer_auth(self.service_token())
            .json(facts);
        let answer = self.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        answer.json()
    }

    /// The outcome of a request with these Basic credentials.
    pub(crate) async fn outcome_of_basic(&self, id: &str, secret: &str) -> String {
        let decision = self.verify(&basic_facts(id, secret)).await;
        decision["outcome"].as_str().unwrap_or_default().to_owned()
    }
}

/// A request with these Basic credentials.
pub(crate) fn basic_facts(id: &str, secret: &str) -> Value {
    let credentials = STANDARD.encode(format!("{id}:{secret}"));
    json!({
        "method": "GET", "target": "/v1/messages",
        "headers": [["Host", "api.example"], ["Authorization", format!("Basic {credentials}")]]
    })
}
