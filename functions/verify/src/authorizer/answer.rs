//! What API Gateway takes from an authorizer.

use lambda_runtime::Error;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::Decision;

/// What an HTTP API's authorizer is set to take (`EnableSimpleResponses`): the event does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthorizerAnswer {
    /// `{"isAuthorized": …}`.
    #[default]
    Simple,
    /// An IAM policy.
    Policy,
}

/// The variable has a value that is neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable AUTHORIZER_ANSWER is \"simple\" or \"policy\"")]
pub struct AuthorizerAnswerError;

impl AuthorizerAnswer {
    /// What `AUTHORIZER_ANSWER` says; `simple` where it says nothing.
    ///
    /// # Errors
    /// [`AuthorizerAnswerError`].
    pub fn from_env() -> Result<Self, AuthorizerAnswerError> {
        match std::env::var("AUTHORIZER_ANSWER").as_deref() {
            Err(_) | Ok("" | "simple") => Ok(Self::Simple),
            Ok("policy") => Ok(Self::Policy),
            Ok(_) => Err(AuthorizerAnswerError),
        }
    }

    pub(crate) fn of(self, decision: &Decision, event: &Value) -> Result<Authorization, Error> {
        match self {
            Self::Simple => Ok(Authorization::Simple {
                is_authorized: decision.is_allowed(),
                context: AuthorizerContext(decision.context()),
            }),
            Self::Policy => policy(decision, event),
        }
    }
}

/// An authorizer's answer.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Authorization {
    /// To an HTTP API that takes simple responses.
    #[serde(rename_all = "camelCase")]
    Simple {
        /// Whether the request may pass.
        is_authorized: bool,
        /// What the backend gets to know.
        context: AuthorizerContext,
    },
    /// An IAM policy.
    Policy(Value),
}

/// What the backend gets to know, as texts: an authorizer's context has no other values. Of a refusal nothing.
#[derive(Debug)]
pub struct AuthorizerContext(Vec<(&'static str, String)>);

impl Serialize for AuthorizerContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A policy for the whole stage of the API that asked: a kept answer must neither refuse nor allow another route by
/// accident. A refusal is an error of this very text, which API Gateway answers with 401 and does not keep.
pub(crate) fn policy(decision: &Decision, event: &Value) -> Result<Authorization, Error> {
    let Some(key) = decision.key().filter(|_| decision.is_allowed()) else {
        return Err("Unauthorized".into());
    };
    let arn = event
        .get("methodArn")
        .or_else(|| event.get("routeArn"))
        .and_then(Value::as_str);
    let stage = arn
        .and_then(stage)
        .ok_or("the authorizer's event has no ARN of a route")?;
    Ok(Authorization::Policy(json!({
        "principalId": key,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": format!("{stage}/*")}]
        },
        "context": AuthorizerContext(decision.context())
    })))
}

/// `arn:…:<api>/<stage>` of the ARN of a route.
fn stage(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(3, '/');
    Some(format!("{}/{}", parts.next()?, parts.next()?))
}
