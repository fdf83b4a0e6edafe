//! Lambda authorizers: API Gateway asks before it calls a backend.
//!
//! It never shows the body. So a decision here binds what the signature covers, and its context says which digest the body
//! must have: the backend compares (the `tower` layer of the Rust client does).
//!
//! API Gateway may keep an answer for the authorizer's TTL, by the identity source alone. An answer is therefore about the
//! whole API and never about one route; and a signature, which is about one request, must not be kept: TTL 0 for HMAC.

mod answer;
mod request;

pub use answer::{Authorization, AuthorizerAnswer, AuthorizerAnswerError};

use lambda_runtime::Error;
use serde_json::Value;

use crate::Verifier;
use crate::direct::now;
use crate::shape::AuthorizerKind;

pub(crate) async fn answer(
    verifier: &Verifier,
    kind: AuthorizerKind,
    form: AuthorizerAnswer,
    event: &Value,
    request_id: &str,
) -> Result<Authorization, Error> {
    let decision = match request::facts(kind, event) {
        Ok(facts) => verifier.decide_on(&facts, now()?).await?,
        Err(refusal) => crate::Decision::refused(None, refusal),
    };
    decision.log(request_id);
    match kind {
        AuthorizerKind::HttpApi => form.of(&decision, event),
        AuthorizerKind::RestRequest | AuthorizerKind::RestToken => answer::policy(&decision, event),
    }
}
