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

pub use authorizer::{AuthorizerAnswer, AuthorizerAnswerError};
pub use decision::Decision;
pub use facts_document::FactsDocument;
pub use first_connection::FirstConnection;
pub use shape::{Shape, UnknownShape};
pub use verifier::{CannotDecide, Verifier};

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;

/// Answers one event of any shape, in that shape.
///
/// # Errors
/// [`UnknownShape`]; of an authorizer `Unauthorized` (which API Gateway answers with 401) or [`CannotDecide`] (500); of a
/// direct invocation what is wrong with it. A service that asks over HTTP gets a problem document instead.
pub async fn handle(
    verifier: Arc<Verifier>,
    answer: AuthorizerAnswer,
    event: LambdaEvent<Value>,
) -> Result<Value, Error> {
    let (event, context) = event.into_parts();
    match Shape::of(&event)? {
        Shape::Proxy(payload) => {
            service::answer(&verifier, payload, &event, &context.request_id).await
        }
        Shape::Authorizer(kind) => {
            authorizer::answer(&verifier, kind, answer, &event, &context.request_id).await
        }
        Shape::Facts => direct::answer_one(&verifier, event, &context.request_id).await,
        Shape::Batch => direct::answer_batch(&verifier, event, &context.request_id).await,
    }
}
