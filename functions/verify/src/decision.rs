//! What verify answers, and what it logs.

use hubkeys_auth::{Algorithm, Binding, BoundBody, Refusal};
use hubkeys_domain::{AccountId, KeyId, Scheme, Timestamp};
use hubkeys_store::Credential;
use lambda_http::http::StatusCode;
use serde::Serialize;

/// A verdict on one request, for the service that asked. What the service tells its own client is `status` and nothing
/// more: there unknown key, wrong secret, wrong scheme and revoked are one answer.
#[derive(Debug, Serialize)]
pub struct Decision {
    /// `valid`, or why not.
    outcome: &'static str,
    /// Whether the request may pass.
    allowed: bool,
    #[serde(flatten)]
    verdict: Verdict,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Verdict {
    Valid(Box<Valid>),
    Refused {
        /// What to answer the client.
        status: u16,
        /// What the client's author should change. Not for the client's eyes unless it is trusted.
        detail: String,
        /// The key that was claimed, for the log: in an answer it would tell which keys exist.
        #[serde(skip)]
        key: Option<KeyId>,
    },
}

#[derive(Debug, Serialize)]
struct Valid {
    key: KeyId,
    account: AccountId,
    scheme: Scheme,
    /// The version of the key's history that decided it.
    version: u64,
    bound: Bound,
}

/// What the credential vouched for beside itself.
#[derive(Debug, Serialize)]
struct Bound {
    method: bool,
    target: bool,
    /// The signed date.
    date: Option<Timestamp>,
    /// How the body is bound: `md5` or `none`.
    body: &'static str,
    /// The bound body's digest in hex: a service that has not handed over the body compares it.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<&'static str>,
    /// The signed header fields, as the client spelled them.
    headers: Vec<String>,
}

impl Decision {
    pub(crate) fn valid(key: KeyId, credential: Credential, binding: Binding) -> Self {
        let body_md5 = match binding.body {
            BoundBody::Md5(md5) => Some(hex::encode(md5)),
            BoundBody::None => None,
        };
        let bound = Bound {
            method: binding.request_line,
            target: binding.request_line,
            date: binding.date,
            body: binding.body.as_str(),
            body_md5,
            algorithm: binding.algorithm.map(Algorithm::as_str),
            headers: binding.signed_headers,
        };
        let Credential {
            account,
            scheme,
            version,
            ..
        } = credential;
        let valid = Valid {
            key,
            account,
            scheme,
            version,
            bound,
        };
        Self {
            outcome: "valid",
            allowed: true,
            verdict: Verdict::Valid(Box::new(valid)),
        }
    }

    pub(crate) fn refused(key: Option<KeyId>, refusal: Refusal) -> Self {
        let verdict = Verdict::Refused {
            status: StatusCode::UNAUTHORIZED.as_u16(),
            detail: refusal.detail.into_owned(),
            key,
        };
        Self {
            outcome: refusal.outcome.as_str(),
            allowed: false,
            verdict,
        }
    }

    /// `valid`, or why not.
    pub fn outcome(&self) -> &'static str {
        self.outcome
    }

    /// Whether the request may pass.
    pub fn is_allowed(&self) -> bool {
        self.allowed
    }

    pub(crate) fn log(&self, request_id: &str) {
        let (key, account) = match &self.verdict {
            Verdict::Valid(valid) => (Some(&valid.key), Some(&valid.account)),
            Verdict::Refused { key, .. } => (key.as_ref(), None),
        };
        let (key, account) = (
            key.map(tracing::field::display),
            account.map(tracing::field::display),
        );
        tracing::info!(request_id, outcome = self.outcome, key, account, "verified");
    }
}
