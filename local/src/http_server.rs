//! HTTP on the port: bounds on what is read, an id and a log line for every request, and the stack's own routes. The rest
//! is the gateway's, or a page.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, X_CONTENT_TYPE_OPTIONS};
use http::uri::Authority;
use http::{HeaderName, HeaderValue, Request};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower_http::compression::CompressionLayer;
use tower_service::Service as _;
use uuid::Uuid;

use crate::gateway::{self, AnsweredBy, Gateway};
use crate::pages::Pages;
use crate::problem::Problem;
use crate::sign_in::{self, SignIn};

/// Request line and headers, as API Gateway bounds them.
const MAX_HEADER_BYTES: usize = 10_240;
/// Beyond the bound of the gateway, so that it, not hyper, gets to say what is too large.
const READ_BUFFER: usize = 256 * 1024;
const MAX_HEADERS: usize = 1_000;
/// A head must be here by then; an idle connection is closed then.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Together they can take no more memory than the machine of a developer has to spare. The next one waits its turn.
const MAX_CONNECTIONS: usize = 256;
/// Requests under way get this long when the stack stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone, Copy)]
pub(crate) struct RequestId(pub(crate) Uuid);

/// Everything that answers on the port.
pub(crate) struct Site {
    pub(crate) gateway: Gateway,
    pub(crate) sign_in: SignIn,
    pub(crate) pages: Pages,
    pub(crate) address: SocketAddr,
}

impl Site {
    /// `http://127.0.0.1:<port>`.
    pub(crate) fn origin(&self) -> &str {
        self.gateway.authorizers.issuer.origin()
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }
}

/// What answers beside the gateway.
fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route(
            "/health",
            get(async || json_document(&json!({ "status": "ok" }))),
        )
        .route(
            "/local/users",
            get(async || json_document(&sign_in::users())),
        )
        // A tenth of its size that way: the reference loads it.
        .route(
            "/openapi.json",
            get(crate::openapi::document).layer(CompressionLayer::new()),
        )
        .route("/local/pages.css", get(sign_in::stylesheet))
        .route("/config.json", get(sign_in::hub_settings))
        .route("/.well-known/openid-configuration", get(sign_in::metadata))
        .route("/.well-known/jwks.json", get(sign_in::key_set))
        .route(
            "/oauth2/authorize",
            get(sign_in::authorize).post(sign_in::authorize),
        )
        .route("/oauth2/token", post(sign_in::token))
        .route("/logout", get(sign_in::logout))
        .method_not_allowed_fallback(other_method)
        .route_layer(from_fn(named))
        .fallback(page)
        .with_state(site)
}

/// Serves connections until `shutdown`, then lets the requests under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    site: Arc<Site>,
    shutdown: impl Future<Output = ()>,
) {
    let router = router(Arc::clone(&site));
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(READ_BUFFER)
        .max_headers(MAX_HEADERS);
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let (stream, slot) = tokio::select! {
            accepted = accept(&listener, &slots) => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, or the client is gone again: the next accept may do.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = &mut shutdown => break,
        };
        let _ = stream.set_nodelay(true);
        let (site, router) = (Arc::clone(&site), router.clone());
        let service = service_fn(move |request: Request<Incoming>| {
            let (site, router) = (Arc::clone(&site), router.clone());
            let request = request.map(Body::new);
            async move { Ok::<_, Infallible>(answer(&site, router, request).await) }
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke");
            }
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(STOP_TIMEOUT, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("stopped before every request was answered");
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await;
    let slot = slot.map_err(io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, slot))
}

/// Gives every request an id, refuses what no handler should see, and logs one line. Never headers, query or body: they
/// hold secrets. Nor the path, for people paste the wrong thing there. The template's paths are the API's, whatever else has them.
async fn answer(site: &Site, router: Router, request: Request<Body>) -> Response {
    let started = Instant::now();
    let request_id = Uuid::now_v7();
    let method = request.method().clone();
    let mut response = match admissible(&request) {
        Ok(()) => match site.gateway.answer(request, request_id).await {
            Ok(answer) => answer,
            Err(request) => beside_the_gateway(router, request, request_id).await,
        },
        Err(problem) => {
            gateway::forget(request.into_body());
            problem.into_response(request_id)
        }
    };
    if let Ok(value) = HeaderValue::try_from(request_id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
        .headers_mut()
        .entry(X_CONTENT_TYPE_OPTIONS)
        .or_insert(HeaderValue::from_static("nosniff"));
    let answered_by = response.extensions().get::<AnsweredBy>();
    let route = answered_by.map_or("none", |AnsweredBy(route)| route);
    tracing::info!(
        %request_id,
        %method,
        route,
        status = response.status().as_u16(),
        duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

fn admissible(request: &Request<Body>) -> Result<(), Problem> {
    let line = request.method().as_str().len()
        + request.uri().path().len()
        + request.uri().query().map_or(0, str::len);
    let head = request
        .headers()
        .iter()
        .fold(line, |length, (name, value)| {
            length + name.as_str().len() + value.len() + ": \r\n".len()
        });
    if head > MAX_HEADER_BYTES {
        return Err(Problem::header_fields_too_large(MAX_HEADER_BYTES));
    }
    // An event is JSON and its headers are text: there is no way to hand such bytes on unchanged.
    if request
        .headers()
        .values()
        .any(|value| value.to_str().is_err())
    {
        return Err(Problem::bad_request(
            "a header's value is not visible ASCII",
        ));
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Problem::bad_request("send one Host header"));
    };
    let host = host.to_str().unwrap_or_default();
    // A whole URL as the target names the host too, and then it is the one that counts (RFC 9112 section 3.2.2).
    let elsewhere = |target: &Authority| target.as_str() != host;
    if request.uri().authority().is_some_and(elsewhere) {
        return Err(Problem::misdirected());
    }
    // A web page of another origin whose name was made to point to 127.0.0.1 could otherwise sign in here as anyone.
    let name = match host.rsplit_once(':') {
        Some((name, port)) if is_port(port) => name,
        _ => host,
    };
    if name == "127.0.0.1" || name.eq_ignore_ascii_case("localhost") {
        Ok(())
    } else {
        Err(Problem::misdirected())
    }
}

/// Strictly: `u16` would be parsed from `+80` too, but a function, which makes a URL of its host, would panic at that.
pub(crate) fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse::<u16>().is_ok()
}

async fn beside_the_gateway(
    mut router: Router,
    mut request: Request<Body>,
    request_id: Uuid,
) -> Response {
    request.extensions_mut().insert(RequestId(request_id));
    match router.call(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// Names the route, for the log.
async fn named(path: MatchedPath, request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    let route = AnsweredBy(path.as_str().into());
    response.extensions_mut().insert(route);
    response
}

async fn page(
    State(site): State<Arc<Site>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response {
    let (head, body) = request.into_parts();
    gateway::forget(body);
    let head = Request::from_parts(head, ());
    if let Some(answer) = site.pages.answer(&head, site.origin()).await {
        let mut response = answer.unwrap_or_else(|problem| problem.into_response(request_id));
        response.extensions_mut().insert(AnsweredBy("pages".into()));
        return response;
    }
    Problem::not_found().into_response(request_id)
}

async fn other_method(
    Extension(RequestId(request_id)): Extension<RequestId>,
    request: Request<Body>,
) -> Response {
    let allowed = match request.uri().path() {
        "/oauth2/token" => "POST",
        "/oauth2/authorize" => "GET, HEAD, POST",
        _ => "GET, HEAD",
    };
    Problem::method_not_allowed(allowed).into_response(request_id)
}

pub(crate) fn json_document(document: &Value) -> Response {
    let mut response = Response::new(Body::from(document.to_string()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
