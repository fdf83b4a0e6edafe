//! The embedded database's own threads, and the SDK's way to it: what would go over a socket goes over a channel. The
//! database checks no signatures, so on any socket whoever found it could make a revoked key valid again.
//!
//! One thread writes, because SQLite has one writer: what it is asked for it does in that order, and none of it holds up a
//! thread that serves HTTP. A commit takes as long as the disk does, and not every read has to wait for that. Where the tables are
//! walked over, reads of many rows are done by threads of their own, each with a connection. The read of one row, which is what
//! verify waits for, takes microseconds, less than to hand it over and back, and is done where it is asked for, on a connection for
//! each processor, of up to four. In write-ahead mode a read sees every commit that was over when it began
//! (<https://sqlite.org/wal.html>, section 2.2): so every one that was answered.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use dynoxide::{Database, DynoxideError};
use http::StatusCode;
use tokio::sync::oneshot;

use super::operations::perform;

const TARGET: &str = "x-amz-target";
const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// A handle of the connections. Their threads end when they are told to or when the last handle is gone.
#[derive(Clone)]
pub(super) struct InProcess {
    writes: Sender<Work>,
    /// What reads many rows goes here: the same as `writes`, if there are no readers.
    pages: Sender<Work>,
    readers: usize,
    /// Where one row is read. None, once the database is closed.
    rows: Arc<RwLock<Vec<Database>>>,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

/// A connection holds about a megabyte.
const MOST_FOR_ROWS: usize = 4;

/// Each thread keeps to one of the connections. On a single one they would wait for each other.
fn of_this_thread(connections: &[Database]) -> Option<&Database> {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static NUMBER: usize = THREADS.fetch_add(1, Ordering::Relaxed));
    let turn = NUMBER.with(|number| number.checked_rem(connections.len()))?;
    connections.get(turn)
}

enum Work {
    Answer(Box<HttpRequest>, oneshot::Sender<HttpResponse>),
    Close(oneshot::Sender<()>),
}

#[derive(Debug, thiserror::Error)]
#[error("the embedded database is closed")]
struct Closed;

impl InProcess {
    /// Opens the file, with so many readers. The first connection makes it what it is to be.
    pub(super) async fn open(path: String, readers: usize) -> Result<Self, String> {
        let (writes, queue) = queue();
        connect("database", &path, &queue).await?;
        let pages = if readers == 0 {
            writes.clone()
        } else {
            let (pages, queue) = self::queue();
            for _ in 0..readers {
                connect("database reads", &path, &queue).await?;
            }
            pages
        };
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        let rows = (0..processors.min(MOST_FOR_ROWS))
            .map(|_| Database::new(&path))
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        Ok(Self {
            writes,
            pages,
            readers,
            rows: Arc::new(RwLock::new(rows)),
        })
    }

    /// Answers the requests sent before and closes the file. Those sent after fail.
    pub(super) async fn close(self) -> Result<(), String> {
        self.rows
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        for _ in 0..self.readers {
            close_one(&self.pages).await?;
        }
        close_one(&self.writes).await
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let work = match operation(&request) {
            "GetItem" => {
                let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
                return HttpConnectorFuture::ready(match of_this_thread(&rows) {
                    Some(database) => Ok(answered(database, &request)),
                    None => Err(ConnectorError::other(Closed.into(), None)),
                });
            }
            "BatchGetItem" | "Query" | "Scan" => &self.pages,
            _ => &self.writes,
        };
        let (answer, answered) = oneshot::channel();
        let sent = work.send(Work::Answer(Box::new(request), answer)).is_ok();
        HttpConnectorFuture::new(async move {
            match answered.await {
                Ok(response) if sent => Ok(response),
                _ => Err(ConnectorError::other(Closed.into(), None)),
            }
        })
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// What several threads may take work from: whichever is idle.
type Queue = Arc<Mutex<Receiver<Work>>>;

fn queue() -> (Sender<Work>, Queue) {
    let (work, queue) = channel();
    (work, Arc::new(Mutex::new(queue)))
}

/// A connection on a thread of its own, which takes its work from `queue`.
async fn connect(name: &str, path: &str, queue: &Queue) -> Result<(), String> {
    let (path, queue) = (path.to_owned(), Arc::clone(queue));
    let (opened, opening) = oneshot::channel();
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || match Database::new(&path) {
            Ok(database) => {
                if opened.send(Ok(())).is_ok() {
                    serve(database, &queue);
                }
            }
            Err(error) => {
                // Nobody waits only if the start was given up.
                let _ = opened.send(Err(error.to_string()));
            }
        })
        .map_err(|error| error.to_string())?;
    opening.await.map_err(|_| Closed.to_string())?
}

/// Has one thread of a queue finish what came before, and end.
async fn close_one(queue: &Sender<Work>) -> Result<(), String> {
    let (closed, closing) = oneshot::channel();
    let told = queue.send(Work::Close(closed));
    told.map_err(|_| Closed.to_string())?;
    closing.await.map_err(|_| Closed.to_string())
}

fn serve(database: Database, queue: &Mutex<Receiver<Work>>) {
    loop {
        let work = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match work {
            Ok(Work::Answer(request, answer)) => {
                // Whoever gave up before it was begun must not find out later that it was done after all.
                if !answer.is_closed() {
                    let _ = answer.send(answered(&database, &request));
                }
            }
            Ok(Work::Close(closed)) => {
                drop(database);
                let _ = closed.send(());
                return;
            }
            Err(_) => return,
        }
    }
}

fn operation(request: &HttpRequest) -> &str {
    let target = request.headers().get(TARGET).unwrap_or_default();
    target.strip_prefix(TARGET_PREFIX).unwrap_or_default()
}

/// DynamoDB's answer (its JSON protocol, 1.0).
fn answered(database: &Database, request: &HttpRequest) -> HttpResponse {
    let operation = operation(request);
    let body = request.body().bytes().unwrap_or_default();
    // A panic would end the thread, and with it every later request.
    let result = catch_unwind(AssertUnwindSafe(|| perform(database, operation, body)))
        .unwrap_or_else(|_| Err(DynoxideError::InternalServerError("it panicked".to_owned())));
    let (status, json) = match result {
        Ok(json) => (StatusCode::OK, json),
        Err(error) => (
            StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            error.to_json(),
        ),
    };
    let mut response = HttpResponse::new(status.into(), SdkBody::from(json));
    let headers = response.headers_mut();
    headers.insert("content-type", "application/x-amz-json-1.0");
    response
}
