//! Another Lambda invokes us with a facts document, or a batch of them. IAM has let it in.

use std::time::SystemTime;

use futures::{StreamExt as _, stream};
use hubkeys_domain::Timestamp;
use lambda_runtime::Error;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CannotDecide, Decision, FactsDocument, Verifier};

const MOST: usize = 100;
/// How many are decided at once: one connection's worth of reads under way.
const AT_ONCE: usize = 10;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    requests: Vec<Value>,
}

/// The answers to a batch, in its order.
#[derive(Debug, Serialize)]
pub struct Answers {
    answers: Vec<Answer>,
}

/// An answer in the place of its request. One that could not be decided takes none of the others with it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Decision(Decision),
    Failed { error: String },
}

pub(crate) async fn answer_batch(
    verifier: &Verifier,
    event: Value,
    request_id: &str,
) -> Result<Answers, Error> {
    let Batch { requests } = serde_json::from_value(event)
        .map_err(|_| "a batch is {\"requests\": […]} and nothing else")?;
    if !(1..=MOST).contains(&requests.len()) {
        return Err(format!("a batch has 1 to {MOST} requests, not {}", requests.len()).into());
    }
    let decisions: Vec<_> = requests
        .into_iter()
        .map(|document| decide(verifier, document, request_id))
        .collect();
    let answers = stream::iter(decisions)
        .buffered(AT_ONCE)
        .map(|decided| match decided {
            Ok(decision) => Answer::Decision(decision),
            Err(error) => Answer::Failed {
                error: error.to_string(),
            },
        })
        .collect()
        .await;
    Ok(Answers { answers })
}

/// The decision on one facts document.
pub(crate) async fn decide(
    verifier: &Verifier,
    document: Value,
    request_id: &str,
) -> Result<Decision, DirectError> {
    let document: FactsDocument =
        serde_json::from_value(document).map_err(|_| DirectError::NotFacts)?;
    let decision = verifier.decide(document, now()?).await?;
    decision.log(request_id);
    Ok(decision)
}

/// Why a direct invocation has no decision. Quotes nothing of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DirectError {
    #[error(
        "not a facts document: {{method, target, headers: [[name, value], …], body_base64?, …}}"
    )]
    NotFacts,
    #[error("it could not be decided: ask again")]
    CannotDecide(#[from] CannotDecide),
}

/// Now.
pub(crate) fn now() -> Result<Timestamp, CannotDecide> {
    Timestamp::try_from(SystemTime::now()).map_err(|_| CannotDecide::Clock)
}
