//! A `tower` layer that lets through only what verify calls valid.
//!
//! [`Protect`] goes around any service of `http` requests: an axum router, a hyper service. The service behind it gets each
//! request with its body in memory, and the sender as a [`Principal`](crate::Principal) in the request's extensions. Nothing that
//! a client sends can put one there.
//!
//! Put it outermost. The facts it states are the request line and the headers as they arrived; whatever rewrites them
//! before (a nested router, a layer that strips a path or decompresses a body) makes good signatures fail.
//!
//! What clients see is the same for every refusal of their credentials: 401, one constant problem document, one constant
//! `WWW-Authenticate`. Refusals of what a known sender may do (`forbidden_*`, `account_suspended`) are 403. A body over the
//! limit is 413. Where nothing could be decided, the answer is 503 with `Retry-After`. The reasons are logged through `tracing`.

mod answer;
mod authorizer;
mod body;
mod facts;
mod service;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderValue;
use http::request::Parts;
use tower_layer::Layer;

pub use authorizer::{AuthorizerContext, UnreadableContext};
pub use service::Protected;

use crate::{UrlScheme, Verify};

/// Protects a service. See the [module](self).
///
/// ```no_run
/// use axum::{Extension, Router, routing::get};
/// use hubkeys_client::{Principal, Protect, Verify};
///
/// async fn whoami(Extension(sender): Extension<Principal>) -> String {
///     sender.account().to_owned()
/// }
///
/// fn service(verify: Verify) -> Router {
///     Router::new().route("/whoami", get(whoami)).layer(Protect::asking(verify))
/// }
/// ```
#[derive(Clone)]
pub struct Protect {
    decider: Decider,
    options: Options,
}

#[derive(Clone)]
enum Decider {
    Verify(Verify),
    Authorizer(Arc<ContextOf>),
}

type ContextOf = dyn Fn(&Parts) -> Option<AuthorizerContext> + Send + Sync;
type AddressOf = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

#[derive(Clone)]
struct Options {
    body_limit: usize,
    url_scheme: UrlScheme,
    source_address: Option<Arc<AddressOf>>,
    challenge: HeaderValue,
}

impl Protect {
    /// The largest body that is taken, in bytes, unless [`Protect::body_limit`] says otherwise: 1 MiB.
    pub const BODY_LIMIT: usize = 1024 * 1024;

    /// Asks verify about each request. It gets digests of the body, never the body.
    pub fn asking(verify: Verify) -> Self {
        Self::new(Decider::Verify(verify))
    }

    /// For a service behind an API whose Lambda authorizer is verify. The authorizer has let the request in without having
    /// seen the body; its context says which digest the body must have, and this layer compares.
    ///
    /// `context` takes the authorizer's context from where the gateway alone can put it. Under `lambda_http` that is the
    /// event's request context, an extension of the request:
    ///
    /// ```
    /// use hubkeys_client::{AuthorizerContext, Protect};
    /// use lambda_http::request::RequestContext;
    ///
    /// let protect = Protect::after_authorizer(|parts| match parts.extensions.get()? {
    ///     RequestContext::ApiGatewayV2(context) => {
    ///         Some(AuthorizerContext::new(context.authorizer.as_ref()?.fields.clone()))
    ///     }
    ///     _ => None,
    /// });
    /// ```
    ///
    /// Never from a header, unless the gateway overwrites it: a client can send any header. A request for which it gives
    /// `None` has passed by the authorizer, and is refused.
    pub fn after_authorizer(
        context: impl Fn(&Parts) -> Option<AuthorizerContext> + Send + Sync + 'static,
    ) -> Self {
        Self::new(Decider::Authorizer(Arc::new(context)))
    }

    fn new(decider: Decider) -> Self {
        let options = Options {
            body_limit: Self::BODY_LIMIT,
            url_scheme: UrlScheme::Https,
            source_address: None,
            challenge: HeaderValue::from_static(r#"Basic realm="api""#),
        };
        Self { decider, options }
    }

    /// Takes bodies of at most this many bytes. Each is in memory while it is decided on and handled.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.options.body_limit = bytes;
        self
    }

    /// How clients reach this service: `https` by default, also where something in front of it ends TLS.
    #[must_use]
    pub fn url_scheme(mut self, scheme: UrlScheme) -> Self {
        self.options.url_scheme = scheme;
        self
    }

    /// Where a request came from, for keys that are bound to addresses. Without it verify is told none. A forwarding header
    /// tells the truth only if the proxy in front of the service overwrites it.
    #[must_use]
    pub fn source_address(
        mut self,
        address: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static,
    ) -> Self {
        self.options.source_address = Some(Arc::new(address));
        self
    }

    /// The `WWW-Authenticate` of every 401: `Basic realm="api"` by default.
    #[must_use]
    pub fn challenge(mut self, challenge: HeaderValue) -> Self {
        self.options.challenge = challenge;
        self
    }
}

impl<S> Layer<S> for Protect {
    type Service = Protected<S>;

    fn layer(&self, inner: S) -> Protected<S> {
        Protected::new(inner, self.clone())
    }
}

impl fmt::Debug for Protect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Protect");
        match &self.decider {
            Decider::Verify(verify) => debug.field("asking", verify),
            Decider::Authorizer(_) => debug.field("after_authorizer", &true),
        };
        debug
            .field("body_limit", &self.options.body_limit)
            .field("url_scheme", &self.options.url_scheme)
            .finish_non_exhaustive()
    }
}
