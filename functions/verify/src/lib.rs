//! Who sent this request, and may they?
//!
//! The corridor: event → which of the shapes is it → facts → claim → one consistent read → check → status, policy, first use
//! → decision → the shape it came in. It holds a reader, the guard of used signatures and the writer of last uses: what it can't do, no
//! request can make it do. Whatever keeps it from deciding is a failure, never a verdict.

mod authorizer;
mod decision;
mod direct;
mod facts_document;
mod first_connection;
#[cfg(feature = "openapi")]
pub mod openapi;
mod remapped;
mod service;
mod shape;
mod verifier;

pub use authorizer::{Authorization, AuthorizerAnswer, AuthorizerAnswerError};
pub use decision::Decision;
pub use direct::Answers;
pub use facts_document::FactsDocument;
pub use first_connection::FirstConnection;
pub use shape::{Shape, UnknownShape};
pub use verifier::{CannotDecide, Verifier};

use std::sync::Arc;

use hubkeys_api::invocation::ProxyResponse;
use lambda_runtime::{Error, LambdaEvent};
use serde::Serialize;
use serde_json::Value;

/// An answer, in the shape that its event asks for.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To a service, through API Gateway.
    Service(ProxyResponse),
    /// An authorizer's, to API Gateway.
    Authorizer(Authorization),
    /// On a facts document.
    Decision(Decision),
    /// On a batch of them.
    Decisions(Answers),
}

/// Answers one event of any shape, in that shape.
///
/// # Errors
/// [`UnknownShape`]; of an authorizer `Unauthorized` (which API Gateway answers with 401) or [`CannotDecide`] (500); of a
/// direct invocation what is wrong with it. A service that asks over HTTP gets a problem document instead.
pub async fn handle(
    verifier: Arc<Verifier>,
    answer: AuthorizerAnswer,
    event: LambdaEvent<Value>,
) -> Result<Answer, Error> {
    let (event, context) = event.into_parts();
    let request_id = &context.request_id;
    Ok(match Shape::of(&event)? {
        Shape::Proxy(payload) => {
            Answer::Service(service::answer(&verifier, payload, &event, request_id).await)
        }
        Shape::Authorizer(kind) => Answer::Authorizer(
            authorizer::answer(&verifier, kind, answer, &event, request_id).await?,
        ),
        Shape::Facts => Answer::Decision(direct::decide(&verifier, event, request_id).await?),
        Shape::Batch => {
            Answer::Decisions(direct::answer_batch(&verifier, event, request_id).await?)
        }
    })
}
