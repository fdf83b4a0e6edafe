//! A proxy before the database that can do what a network and a busy table do: refuse, lose an answer, take its time.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex};

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

/// What happens to one request.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nothing: a later request is meant.
    None,
    /// Another transaction holds one of the rows.
    TransactionConflict,
    /// One of the rows is written to too often.
    RowThrottled,
    /// The account sends too many requests.
    Throttled,
    /// The server fails before it does anything.
    InternalError,
    /// The connection breaks before the request arrives.
    LostRequest,
    /// It is done, and the connection breaks before the answer arrives.
    LostAnswer,
    /// Of a `BatchGetItem`, one row of each table is read and the others are left for another time.
    Unprocessed,
    /// Of a `BatchGetItem`, nothing is read.
    NothingProcessed,
    /// It is done once `until` says so; `arrived` tells that it waits.
    Held {
        arrived: oneshot::Sender<()>,
        until: oneshot::Receiver<()>,
    },
}

#[derive(Default)]
struct Plan {
    next: HashMap<String, VecDeque<Fault>>,
    always: HashMap<String, fn() -> Fault>,
    calls: HashMap<String, usize>,
    death: Option<Death>,
}

/// Whoever sends the requests is killed while one of them is under way.
struct Death {
    /// How many requests are still answered.
    left: usize,
    /// Whether the one that is under way is done.
    done: bool,
}

/// The proxy. It ends with the runtime of the test.
pub(crate) struct FaultProxy {
    address: String,
    plan: Arc<Mutex<Plan>>,
}

struct Upstream {
    address: String,
    client: reqwest::Client,
    turns: Semaphore,
    plan: Arc<Mutex<Plan>>,
}

impl FaultProxy {
    pub(crate) async fn start(upstream: &str, one_at_a_time: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let plan = Arc::new(Mutex::new(Plan::default()));
        let upstream = Arc::new(Upstream {
            address: upstream.to_owned(),
            client: http(),
            turns: Semaphore::new(if one_at_a_time { 1 } else { 64 }),
            plan: Arc::clone(&plan),
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let upstream = Arc::clone(&upstream);
                let service = service_fn(move |request| {
                    let upstream = Arc::clone(&upstream);
                    async move { upstream.answer(request).await }
                });
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                // An error of the service closes the connection without a word: that is what it is for.
                tokio::spawn(async move { drop(serving.await) });
            }
        });
        Self { address, plan }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The next request of this operation, after those planned already, meets `fault`.
    pub(crate) fn next(&self, operation: &str, fault: Fault) {
        let mut plan = self.plan.lock().unwrap();
        plan.next
            .entry(operation.to_owned())
            .or_default()
            .push_back(fault);
    }

    /// Every request of this operation meets `fault`.
    pub(crate) fn always(&self, operation: &str, fault: fn() -> Fault) {
        let mut plan = self.plan.lock().unwrap();
        plan.always.insert(operation.to_owned(), fault);
    }

    /// So many requests are answered, whatever they are, and the next is the last that arrives: it is done or not, and
    /// nobody gets its answer. As if the sender were killed then, until [`FaultProxy::heal`] starts it again.
    pub(crate) fn kill_after(&self, requests: usize, done: bool) {
        let mut plan = self.plan.lock().unwrap();
        plan.death = Some(Death {
            left: requests,
            done,
        });
    }

    /// No request meets a fault from now on.
    pub(crate) fn heal(&self) {
        let mut plan = self.plan.lock().unwrap();
        plan.death = None;
        plan.next.clear();
        plan.always.clear();
    }

    /// Holds the next request of this operation. The first channel tells that it has come, the second lets it go.
    pub(crate) fn hold(&self, operation: &str) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (arrived, arrival) = oneshot::channel();
        let (release, until) = oneshot::channel();
        self.next(operation, Fault::Held { arrived, until });
        (arrival, release)
    }

    /// How many requests of this operation came, whatever became of them.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        let plan = self.plan.lock().unwrap();
        plan.calls.get(operation).copied().unwrap_or(0)
    }
}

impl Upstream {
    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<String>> {
        let operation = request.headers()["x-amz-target"].to_str().unwrap();
        let operation = operation.rsplit('.').next().unwrap().to_owned();
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        match self.fault(&operation) {
            None | Some(Fault::None) => self.forward(parts, body).await,
            Some(Fault::TransactionConflict) => Ok(cancelled(&body, "TransactionConflict")),
            Some(Fault::RowThrottled) => Ok(cancelled(&body, "ThrottlingError")),
            Some(Fault::Throttled) => Ok(error(400, "ThrottlingException")),
            Some(Fault::InternalError) => Ok(error(500, "InternalServerError")),
            Some(Fault::LostRequest) => Err(io::ErrorKind::ConnectionReset.into()),
            Some(Fault::LostAnswer) => {
                self.forward(parts, body).await?;
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Some(Fault::Unprocessed) => self.forward_first(parts, &body).await,
            Some(Fault::NothingProcessed) => Ok(unread(&body)),
            Some(Fault::Held { arrived, until }) => {
                let _ = arrived.send(());
                let _ = until.await;
                self.forward(parts, body).await
            }
        }
    }

    fn fault(&self, operation: &str) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap();
        *plan.calls.entry(operation.to_owned()).or_default() += 1;
        if let Some(death) = &mut plan.death {
            match death.left.checked_sub(1) {
                Some(left) => death.left = left,
                None if std::mem::take(&mut death.done) => return Some(Fault::LostAnswer),
                None => return Some(Fault::LostRequest),
            }
        }
        let planned = plan.next.get_mut(operation).and_then(VecDeque::pop_front);
        planned.or_else(|| plan.always.get(operation).map(|fault| fault()))
    }

    /// Forwards the first key of each table, and answers that the others were not looked for.
    async fn forward_first(
        &self,
        mut parts: hyper::http::request::Parts,
        body: &[u8],
    ) -> io::Result<Response<String>> {
        let mut asked: serde_json::Value = serde_json::from_slice(body)?;
        let mut left = serde_json::Map::new();
        for (table, keys) in asked["RequestItems"].as_object_mut().unwrap() {
            let others = keys["Keys"].as_array_mut().unwrap().split_off(1);
            if !others.is_empty() {
                left.insert(table.clone(), serde_json::json!({"Keys": others}));
            }
        }
        for name in ["content-length", "transfer-encoding"] {
            parts.headers.remove(name);
        }
        let answer = self.forward(parts, asked.to_string().into()).await?;
        let mut answer: serde_json::Value = serde_json::from_str(answer.body())?;
        answer["UnprocessedKeys"] = left.into();
        Ok(json(200, &answer))
    }

    async fn forward(
        &self,
        parts: hyper::http::request::Parts,
        body: Bytes,
    ) -> io::Result<Response<String>> {
        let _turn = self.turns.acquire().await.unwrap();
        let answer = self
            .client
            .post(&self.address)
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .map_err(io::Error::other)?;
        let mut response = Response::builder().status(answer.status());
        for name in ["content-type", "x-amzn-requestid", "x-amz-crc32"] {
            if let Some(value) = answer.headers().get(name) {
                response = response.header(name, value);
            }
        }
        let body = answer.text().await.map_err(io::Error::other)?;
        response.body(body).map_err(io::Error::other)
    }
}

/// The answer that nothing of a batch was read.
fn unread(request: &[u8]) -> Response<String> {
    let asked: serde_json::Value = serde_json::from_slice(request).unwrap();
    let body = serde_json::json!({"Responses": {}, "UnprocessedKeys": asked["RequestItems"]});
    json(200, &body)
}

/// The last row of the transaction is why: every reason has to be read.
fn cancelled(request: &[u8], code: &str) -> Response<String> {
    let request: serde_json::Value = serde_json::from_slice(request).unwrap();
    let rows = request["TransactItems"].as_array().unwrap().len();
    let mut reasons = vec![serde_json::json!({"Code": "None"}); rows - 1];
    reasons.push(serde_json::json!({"Code": code, "Message": "try again"}));
    let body = serde_json::json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{code}]"),
        "CancellationReasons": reasons,
    });
    json(400, &body)
}

fn error(status: u16, code: &str) -> Response<String> {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    json(
        status,
        &serde_json::json!({"__type": name, "message": "injected"}),
    )
}

fn json(status: u16, body: &serde_json::Value) -> Response<String> {
    Response::builder()
        .status(status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(body.to_string())
        .unwrap()
}

/// An HTTP client. It speaks no TLS, but the features that other crates of the workspace give `reqwest` want a provider.
fn http() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}
