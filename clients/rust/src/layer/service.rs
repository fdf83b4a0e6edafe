//! The protected service: read, decide, compare, pass on.

use std::error::Error;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{Either, Full};
use tower_service::Service;

use super::answer::Stop;
use super::body::{self, Read};
use super::{Decider, Protect};
use crate::{BoundBody, Outcome, Principal, Refusal, Scheme, Valid};

/// A service that [`Protect`] protects. Its body in memory, a request reaches it only from a known sender.
#[derive(Clone, Debug)]
pub struct Protected<S> {
    inner: S,
    protect: Protect,
}

impl<S> Protected<S> {
    pub(super) fn new(inner: S, protect: Protect) -> Self {
        Self { inner, protect }
    }
}

impl<S, B, R> Service<Request<B>> for Protected<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Response = Response<Either<Full<Bytes>, R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that was polled ready is the one that may be called.
        let fresh = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, fresh);
        let protect = self.protect.clone();
        Box::pin(async move {
            match protect.admit(request).await {
                Ok(request) => inner
                    .call(request)
                    .await
                    .map(|answer| answer.map(Either::Right)),
                Err(stop) => Ok(stop.answer(&protect.options.challenge).map(Either::Left)),
            }
        })
    }
}

impl Protect {
    async fn admit<B>(&self, request: Request<B>) -> Result<Request<Full<Bytes>>, Stop>
    where
        B: Body,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (mut head, body) = request.into_parts();
        let body = body::read(body, self.options.body_limit, &head.headers).await?;
        let decision = self.decide(&head, &body).await?;
        compare(&decision, &body)?;
        head.extensions.insert(Principal::from(decision));
        Ok(Request::from_parts(head, Full::new(body.bytes)))
    }

    async fn decide(&self, head: &Parts, body: &Read) -> Result<Valid, Stop> {
        match &self.decider {
            Decider::Verify(verify) => {
                let Ok(facts) = self.options.facts(head, body) else {
                    return Err(refused(
                        Outcome::Malformed,
                        "a header is not text, or Host is not the authority",
                    ));
                };
                let decision = verify.ask(&facts).await.map_err(unavailable)?;
                decision.into_result().map_err(|refusal| refusal.stop())
            }
            Decider::Authorizer(context) => match context(head) {
                Some(context) => context.decision().map_err(unavailable),
                None => Err(refused(
                    Outcome::Malformed,
                    "the request has not passed the authorizer",
                )),
            },
        }
    }
}

/// Holds the body against the one that was signed. Verify has done so with the digests that we computed; after an
/// authorizer nobody has.
fn compare(decision: &Valid, body: &Read) -> Result<(), Stop> {
    let bound = &decision.bound;
    // Verify calls no signature valid that binds neither: whoever answers so is not verify, or has not understood.
    if decision.scheme != Scheme::Basic && !(bound.method && bound.target) {
        tracing::warn!("the decision binds no method or no target");
        return Err(Stop::Unavailable);
    }
    match (&bound.body, bound.body.compare(&body.digests)) {
        // Basic binds no body. A signature that binds none is of a request that had none.
        (BoundBody::None, _) if decision.scheme == Scheme::Basic || body.bytes.is_empty() => Ok(()),
        (BoundBody::None, _) => Err(refused(Outcome::BodyMismatch, "the body is not signed")),
        (_, Some(true)) => Ok(()),
        (_, Some(false)) => Err(refused(
            Outcome::BodyMismatch,
            "the body is not the one that was signed",
        )),
        (_, None) if bound.body_compared => Ok(()),
        (unknown, None) => {
            tracing::warn!(
                ?unknown,
                "the body is bound by a digest that this service has not computed"
            );
            Err(Stop::Unavailable)
        }
    }
}

impl Refusal {
    fn stop(&self) -> Stop {
        let (outcome, detail) = (self.outcome.as_str(), self.detail.as_str());
        tracing::info!(outcome, detail, "refused");
        if self.outcome.is_forbidden() {
            Stop::Forbidden
        } else {
            Stop::Unauthenticated
        }
    }
}

/// A refusal of the layer's own.
fn refused(outcome: Outcome, detail: &str) -> Stop {
    let detail = detail.to_owned();
    Refusal { outcome, detail }.stop()
}

fn unavailable(error: impl Error + 'static) -> Stop {
    let error: &(dyn Error + 'static) = &error;
    tracing::warn!(error, "the request could not be decided");
    Stop::Unavailable
}
