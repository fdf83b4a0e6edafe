//! The proxy itself.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;

use crate::batch;
use crate::defect::{self, Cache, Defect};
use crate::plan::{Call, Death, Nth, Plan};
use crate::wire::{Answer, Body, cancelled, error};
use crate::{Fault, Past, Twin};

/// The proxy. It takes connections until it is dropped.
pub struct FaultProxy {
    address: SocketAddr,
    url: String,
    plan: Arc<Mutex<Plan>>,
    late: watch::Sender<usize>,
    _accepting: JoinSet<()>,
}

struct Upstream {
    url: String,
    client: Client,
    turns: Semaphore,
    plan: Arc<Mutex<Plan>>,
    past: Past,
    cache: Mutex<Cache>,
    /// How many requests are still to be sent though their senders have their answers.
    late: watch::Sender<usize>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FaultProxy {
    /// A proxy on a free port of 127.0.0.1, before the DynamoDB at `upstream`, a URL. Proxies of one database share what they
    /// know of its `past`.
    ///
    /// # Errors
    /// There is no port, or no HTTP client.
    pub async fn start(upstream: &str, one_at_a_time: bool, past: Past) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let plan = Arc::new(Mutex::new(Plan::default()));
        let late = watch::Sender::new(0);
        let upstream = Arc::new(Upstream {
            url: upstream.to_owned(),
            client: http()?,
            turns: Semaphore::new(if one_at_a_time { 1 } else { 64 }),
            plan: Arc::clone(&plan),
            past,
            cache: Mutex::default(),
            late: late.clone(),
        });
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let upstream = Arc::clone(&upstream);
                let _ = stream.set_nodelay(true);
                let service = service_fn(move |request| {
                    let upstream = Arc::clone(&upstream);
                    async move { upstream.answer(request).await }
                });
                let serving = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                // An error of the service closes the connection without a word: that is what it is for.
                tokio::spawn(async move { drop(serving.await) });
            }
        });
        let url = format!("http://{address}");
        Ok(Self {
            address,
            url,
            plan,
            late,
            _accepting: accepting,
        })
    }

    /// Where it listens, as a URL without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        locked(&self.plan)
    }

    /// The next request of this operation, after those planned already, meets `fault`.
    pub fn next(&self, operation: &str, fault: Fault) {
        let mut plan = self.plan();
        let planned = plan.next.entry(operation.to_owned()).or_default();
        planned.push_back(fault);
    }

    /// Every request of this operation meets `fault`.
    pub fn always(&self, operation: &str, fault: fn() -> Fault) {
        self.plan().always.insert(operation.to_owned(), fault);
    }

    /// So many requests are left in peace, whatever they are, and the next one meets `fault`; if `on`, all that follow, too.
    pub fn after(&self, requests: usize, on: bool, fault: impl Fn() -> Fault + Send + 'static) {
        self.plan().nth = Some(Nth {
            left: requests,
            on,
            fault: Box::new(fault),
            met: false,
        });
    }

    /// Whether a request met the fault of [`FaultProxy::after`].
    pub fn met(&self) -> bool {
        self.plan().nth.as_ref().is_some_and(|nth| nth.met)
    }

    /// Every request for which nothing else is planned meets what `choose` says.
    pub fn choose(&self, choose: impl Fn(&Call) -> Fault + Send + 'static) {
        self.plan().choose = Some(Box::new(choose));
    }

    /// The product makes this mistake from now on.
    pub fn plant(&self, defect: Defect) {
        self.plan().defect = Some(defect);
    }

    /// So many requests are answered, whatever they are, and the next is the last that arrives: it is done or not, and
    /// nobody gets its answer. As if the sender were killed then, until [`FaultProxy::heal`] starts it again.
    pub fn kill_after(&self, requests: usize, done: bool) {
        self.plan().death = Some(Death {
            left: requests,
            done,
            silent: false,
            then: None,
        });
    }

    /// The same for a sender that is a process: it is told when to kill it, and until [`FaultProxy::heal`] no request is
    /// answered, so that the process does nothing any more.
    pub fn stop_after(&self, requests: usize, done: bool) -> oneshot::Receiver<()> {
        let (then, stopped) = oneshot::channel();
        self.plan().death = Some(Death {
            left: requests,
            done,
            silent: true,
            then: Some(then),
        });
        stopped
    }

    /// No request meets a fault from now on.
    pub fn heal(&self) {
        let mut plan = self.plan();
        plan.death = None;
        plan.nth = None;
        plan.choose = None;
        plan.next.clear();
        plan.always.clear();
    }

    /// Holds the next request of this operation. The first channel tells that it has come, the second lets it go.
    pub fn hold(&self, operation: &str) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let (arrived, arrival) = oneshot::channel();
        let (release, until) = oneshot::channel();
        self.next(operation, Fault::Held { arrived, until });
        (arrival, release)
    }

    /// Waits until everything was sent that arrives later than its answer.
    pub async fn settled(&self) {
        // Nobody closes it: we hold the sender.
        let _ = self.late.subscribe().wait_for(|late| *late == 0).await;
    }

    /// How many requests of this operation came, whatever became of them.
    pub fn calls(&self, operation: &str) -> usize {
        self.plan().calls.get(operation).copied().unwrap_or(0)
    }

    /// How often each fault happened, by its name. One that changed nothing did not happen.
    pub fn happened(&self) -> BTreeMap<&'static str, u64> {
        self.plan().happened.clone()
    }
}

impl Upstream {
    async fn answer(self: &Arc<Self>, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let (parts, body) = request.into_parts();
        let target = parts.headers.get("x-amz-target");
        let target = target.and_then(|target| target.to_str().ok());
        let target = target.ok_or_else(|| io::Error::other("a request without a target"))?;
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let (call, fault, defect) = {
            let mut plan = locked(&self.plan);
            let number = plan.count(&operation);
            let call = Call {
                operation,
                number,
                body,
            };
            let fault = plan.fault(&call);
            (call, fault, plan.defect)
        };
        let sent = Sent {
            upstream: Arc::clone(self),
            headers: parts.headers,
            call,
            defect,
        };
        sent.meets(fault).await
    }
}

/// A request on its way.
#[derive(Clone)]
struct Sent {
    upstream: Arc<Upstream>,
    headers: HeaderMap,
    call: Call,
    defect: Option<Defect>,
}

impl Sent {
    async fn meets(self, fault: Fault) -> io::Result<Response<Body>> {
        let happened = |name: &'static str| {
            let mut plan = locked(&self.upstream.plan);
            *plan.happened.entry(name).or_default() += 1;
        };
        let name = fault.name();
        let transaction = self.call.operation == "TransactWriteItems";
        let write = transaction || matches!(&*self.call.operation, "PutItem" | "UpdateItem");
        match fault {
            Fault::None => return self.done().await?.whole(),
            Fault::TransactionConflict | Fault::RowThrottled if !write => {
                return self.done().await?.whole();
            }
            Fault::Stale(back) => {
                let answer = self.done().await?;
                let stale = answer.is_success().then(|| {
                    let request = self.request();
                    let past = &self.upstream.past;
                    past.stale(&request, &answer.json(), back)
                });
                return match stale.flatten() {
                    Some(stale) => {
                        happened(name);
                        answer.saying(&stale).whole()
                    }
                    None => answer.whole(),
                };
            }
            _ => happened(name),
        }
        let request = || self.call.request();
        match fault {
            Fault::None | Fault::Stale(_) => self.done().await?.whole(),
            Fault::TransactionConflict if transaction => {
                cancelled(&request(), "TransactionConflict").whole()
            }
            Fault::TransactionConflict => error(400, "TransactionConflictException").whole(),
            Fault::RowThrottled if transaction => cancelled(&request(), "ThrottlingError").whole(),
            Fault::RowThrottled => error(400, "ProvisionedThroughputExceededException").whole(),
            Fault::Throttled => error(400, "ThrottlingException").whole(),
            Fault::InternalError => error(500, "InternalServerError").whole(),
            Fault::LostRequest => Err(io::ErrorKind::ConnectionReset.into()),
            Fault::LostAnswer => {
                self.done().await?;
                Err(io::ErrorKind::ConnectionReset.into())
            }
            Fault::Delayed(time) => {
                tokio::time::sleep(time).await;
                self.done().await?.whole()
            }
            Fault::Duplicated(twin) => self.twice(twin).await,
            Fault::Corrupted(which) => self.done().await?.corrupted(which).whole(),
            Fault::Truncated => self.done().await?.truncated(),
            Fault::Unprocessed => {
                let (asked, left) = batch::first_keys(request());
                let answer = self.forward(asked.to_string().into()).await?;
                batch::leaving(answer, left).whole()
            }
            Fault::NothingProcessed => batch::nothing(&request()).whole(),
            Fault::Held { arrived, until } => {
                let _ = arrived.send(());
                let _ = until.await;
                self.done().await?.whole()
            }
            Fault::Silent { done, then } => {
                if done {
                    self.done().await?;
                }
                if let Some(then) = then {
                    let _ = then.send(());
                }
                std::future::pending().await
            }
        }
    }

    async fn twice(&self, twin: Twin) -> io::Result<Response<Body>> {
        let first = self.done().await?;
        if let Twin::Late(time) = twin {
            self.later(time, self.call.body.clone());
            return first.whole();
        }
        let second = self.done().await?;
        match twin {
            Twin::Second => second.whole(),
            Twin::First | Twin::Late(_) => first.whole(),
        }
    }

    fn later(&self, time: Duration, body: Bytes) {
        let sent = self.clone();
        sent.upstream.late.send_modify(|late| *late += 1);
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            drop(sent.forward(body).await);
            sent.upstream.late.send_modify(|late| *late -= 1);
        });
    }

    /// The request as it is sent on, with the mistake that was planted.
    fn request(&self) -> Value {
        let request = self.call.request();
        match self.defect {
            Some(Defect::EventualVerify) if defect::is_of_verify(&self.call, &request) => {
                defect::eventual(request)
            }
            _ => request,
        }
    }

    /// Has it done.
    async fn done(&self) -> io::Result<Answer> {
        match self.defect {
            None | Some(Defect::EventualVerify) => self.forward(self.call.body.clone()).await,
            Some(Defect::EndlessCache) => self.cached().await,
            Some(Defect::RowsAfterCommit) => match defect::split(&self.call.request()) {
                Some((events, rows)) => {
                    let answer = self.forward(events.to_string().into()).await?;
                    if answer.is_success() {
                        self.later(defect::LATER, rows.to_string().into());
                    }
                    Ok(answer)
                }
                None => self.forward(self.call.body.clone()).await,
            },
            Some(Defect::UnconditionedRetry) => match defect::unconditioned(&self.call.request()) {
                Some(retry) => {
                    let first = self.forward(self.call.body.clone()).await?;
                    let second = self.forward(retry.to_string().into()).await?;
                    Ok(if second.is_success() { second } else { first })
                }
                None => self.forward(self.call.body.clone()).await,
            },
        }
    }

    async fn cached(&self) -> io::Result<Answer> {
        if !defect::is_of_verify(&self.call, &self.call.request()) {
            return self.forward(self.call.body.clone()).await;
        }
        if let Some(known) = locked(&self.upstream.cache).get(&self.call.body) {
            return Ok(known.clone());
        }
        let answer = self.forward(self.call.body.clone()).await?;
        if answer.json().pointer("/Item/status/S") == Some(&Value::from("active")) {
            locked(&self.upstream.cache).insert(self.call.body.clone(), answer.clone());
        }
        Ok(answer)
    }

    async fn forward(&self, body: Bytes) -> io::Result<Answer> {
        let upstream = &self.upstream;
        let _turn = upstream.turns.acquire().await.map_err(io::Error::other)?;
        let mut headers = self.headers.clone();
        // A body that was changed has another length.
        headers.remove("content-length");
        let answer = upstream
            .client
            .post(&upstream.url)
            .headers(headers)
            .body(body.clone())
            .send()
            .await
            .map_err(io::Error::other)?;
        let mut headers = Vec::new();
        for name in ["content-type", "x-amzn-requestid", "x-amz-crc32"] {
            let value = answer.headers().get(name);
            if let Some(value) = value.and_then(|value| value.to_str().ok()) {
                headers.push((name, value.to_owned()));
            }
        }
        let answer = Answer {
            status: answer.status().as_u16(),
            headers,
            body: answer.bytes().await.map_err(io::Error::other)?,
        };
        if answer.is_success() && is_write(&self.call.operation) {
            let request = serde_json::from_slice(&body).unwrap_or_default();
            upstream.past.wrote(&self.call.operation, &request);
        }
        Ok(answer)
    }
}

fn is_write(operation: &str) -> bool {
    matches!(operation, "DeleteItem" | "PutItem" | "TransactWriteItems")
}

/// An HTTP client. It speaks no TLS, but the features that other crates of the workspace give `reqwest` want a provider.
fn http() -> io::Result<Client> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .no_proxy()
        .build()
        .map_err(io::Error::other)
}
