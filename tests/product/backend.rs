//! A small protected backend, as a service of the platform would be one: it hands the facts of every request to `verify`
//! and lets through what is valid. To its clients all refusals are alike; the typed reason it keeps for itself.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const MAX_BODY: usize = 1024 * 1024;

/// A running backend. It stops with the runtime it was started on.
pub(crate) struct Backend {
    address: SocketAddr,
    decisions: Arc<Mutex<Vec<Decision>>>,
}

/// What became of one request.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// The method and the target, e.g. `GET /v1/replies`.
    pub(crate) request: String,
    /// `valid` or the typed refusal, as `verify` put it; [`UNAVAILABLE`] if it could not be asked.
    pub(crate) outcome: String,
    /// What `verify` said the client's author should change; empty if nothing.
    pub(crate) detail: String,
    /// What `verify` was asked, for a test that asks again with something altered.
    pub(crate) facts: Value,
}

/// The outcome of a request that could not be judged.
pub(crate) const UNAVAILABLE: &str = "unavailable";

#[derive(Clone)]
struct Verifier {
    http: reqwest::Client,
    url: String,
    service_token: String,
    decisions: Arc<Mutex<Vec<Decision>>>,
}

impl Backend {
    /// A backend on a free port, which asks the stack at this URL.
    pub(crate) async fn start(
        stack_url: impl Into<String>,
        service_token: impl Into<String>,
    ) -> Self {
        let decisions = Arc::<Mutex<Vec<Decision>>>::default();
        let http = super::stack::http()
            .timeout(Duration::from_secs(30))
            .build()
            .expect("an HTTP client");
        let verifier = Verifier {
            http,
            url: format!("{}/v1/verify", stack_url.into()),
            service_token: service_token.into(),
            decisions: Arc::clone(&decisions),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port's number");
        let service = Router::new()
            .fallback(protected)
            .with_state(verifier)
            .into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, decisions }
    }

    /// Its address as a URL without a trailing slash.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What became of every request so far, in order.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        self.decisions.lock().expect("no panic while held").clone()
    }
}

async fn protected(
    State(verifier): State<Verifier>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    // As it was sent: a signature is over this text, and decoding or sorting it would break the signature.
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let Some(headers) = as_text(&head.headers) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let facts = json!({
        "method": head.method.as_str(),
        "target": target,
        "url_scheme": "http",
        "headers": headers,
        "body_base64": (!body.is_empty()).then(|| STANDARD.encode(&body)),
        "source_address": source.ip(),
    });
    let (outcome, detail) = verifier.ask(&facts).await.unzip();
    let answer = match outcome.as_deref() {
        Some("valid") => accepted(&head.method, head.uri.path()),
        Some(_) => refused(),
        None => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    verifier
        .decisions
        .lock()
        .expect("no panic while held")
        .push(Decision {
            request: format!("{} {target}", head.method),
            outcome: outcome.unwrap_or_else(|| UNAVAILABLE.to_owned()),
            detail: detail.unwrap_or_default(),
            facts,
        });
    answer
}

impl Verifier {
    /// The outcome and its detail, or nothing if there was no answer that says one. Only an answer that says `valid` lets anyone in.
    async fn ask(&self, facts: &Value) -> Option<(String, String)> {
        let answer = self
            .http
            .post(&self.url)
            .bearer_auth(&self.service_token)
            .json(facts)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .ok()?;
        let decision: Value = answer.json().await.ok()?;
        let detail = decision["detail"].as_str().unwrap_or_default();
        let outcome = decision.get("outcome")?.as_str()?;
        Some((outcome.to_owned(), detail.to_owned()))
    }
}

/// The fields in order, with duplicates. None if one of them is not text.
fn as_text(headers: &HeaderMap) -> Option<Vec<(&str, &str)>> {
    headers
        .iter()
        .map(|(name, value)| Some((name.as_str(), str::from_utf8(value.as_bytes()).ok()?)))
        .collect()
}

/// What the platform's API would answer, as far as its SDKs read it.
fn accepted(method: &Method, path: &str) -> Response {
    let (status, body) = match (method.as_str(), path) {
        ("POST", "/v1/messages") => (
            StatusCode::ACCEPTED,
            json!({ "messages": [{ "message_id": "404b941b-2a29-469f-b114-9ea3e16bbe18", "status": "queued" }] }),
        ),
        ("POST", "/v1/replies/confirmed") => (StatusCode::ACCEPTED, json!({})),
        ("GET", "/v1/replies") => (StatusCode::OK, json!({ "replies": [] })),
        _ => (StatusCode::OK, json!({ "status": "queued" })),
    };
    (
        status,
        [(CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

/// One answer for every reason: what differed here would tell a stranger which keys exist.
fn refused() -> Response {
    (
        StatusCode::UNAUTHORIZED,
        [
            (CONTENT_TYPE, "application/json"),
            (WWW_AUTHENTICATE, r#"Basic realm="hubkeys""#),
        ],
        // The SDK for Node parses the body of a refusal, too: it has to be JSON.
        r#"{"message":"Unauthorized"}"#,
    )
        .into_response()
}
