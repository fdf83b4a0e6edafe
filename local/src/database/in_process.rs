//! The embedded database's own thread, and the SDK's way to it: what would go over a socket goes over a channel. The
//! database checks no signatures, so on any socket whoever found it could make a revoked key valid again.
//!
//! One thread, because SQLite has one writer: requests are answered in the order they came, and none of them holds up a
//! thread that serves HTTP. But for the read of one row, which is what verify waits for: it takes microseconds, less than to hand it over
//! and back, and is done where it is asked for, on a connection of its own. In write-ahead mode such a read waits for no commit, which
//! takes as long as the disk does, and sees every commit that was over when it began (<https://sqlite.org/wal.html>, section 2.2): so every
//! one that was answered.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, PoisonError, RwLock};
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
const READ: &str = "GetItem";

/// The connection that reads, until the database is closed.
type Reads = Arc<RwLock<Option<Database>>>;

/// A handle of the thread. It ends when it is told to or when its last handle is gone.
#[derive(Clone)]
pub(super) struct InProcess {
    work: Sender<Work>,
    reads: Reads,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

enum Work {
    Answer(Box<HttpRequest>, oneshot::Sender<HttpResponse>),
    Close(oneshot::Sender<()>),
}

#[derive(Debug, thiserror::Error)]
#[error("the embedded database is closed")]
struct Closed;

impl InProcess {
    /// Opens the file on a thread of its own.
    pub(super) async fn open(path: String) -> Result<Self, String> {
        let (work, queue) = channel();
        let (opened, opening) = oneshot::channel();
        thread::Builder::new()
            .name("database".to_owned())
            .spawn(move || match connections(&path) {
                Ok((database, reads)) => {
                    let reads = Reads::new(RwLock::new(Some(reads)));
                    if opened.send(Ok(Arc::clone(&reads))).is_ok() {
                        serve(database, &reads, queue);
                    }
                }
                Err(error) => {
                    // Nobody waits only if the start was given up.
                    let _ = opened.send(Err(error.to_string()));
                }
            })
            .map_err(|error| error.to_string())?;
        let reads = opening.await.map_err(|_| Closed.to_string())??;
        Ok(Self { work, reads })
    }

    /// Answers the requests sent before and closes the file. Those sent after fail.
    pub(super) async fn close(self) -> Result<(), String> {
        let (closed, closing) = oneshot::channel();
        let told = self.work.send(Work::Close(closed));
        told.map_err(|_| Closed.to_string())?;
        closing.await.map_err(|_| Closed.to_string())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        if operation(&request) == READ {
            let database = self.reads.read().unwrap_or_else(PoisonError::into_inner);
            return HttpConnectorFuture::ready(match &*database {
                Some(database) => Ok(answered(database, &request)),
                None => Err(ConnectorError::other(Closed.into(), None)),
            });
        }
        let (answer, answered) = oneshot::channel();
        let sent = self
            .work
            .send(Work::Answer(Box::new(request), answer))
            .is_ok();
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

/// The one that does everything, and the one that reads single rows. The first makes the file what it is to be.
fn connections(path: &str) -> Result<(Database, Database), DynoxideError> {
    Ok((Database::new(path)?, Database::new(path)?))
}

fn serve(database: Database, reads: &RwLock<Option<Database>>, queue: Receiver<Work>) {
    for work in queue {
        match work {
            Work::Answer(request, answer) => {
                // Whoever gave up must not find out later that it was done after all.
                if !answer.is_closed() {
                    let _ = answer.send(answered(&database, &request));
                }
            }
            Work::Close(closed) => {
                *reads.write().unwrap_or_else(PoisonError::into_inner) = None;
                drop(database);
                let _ = closed.send(());
                return;
            }
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
