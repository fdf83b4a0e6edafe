//! What verify answers, and what it logs.

use hubkeys_auth::{Algorithm, Binding, BoundBody, Outcome, Refusal};
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
    authority: bool,
    /// The signed date.
    date: Option<Timestamp>,
    /// How the body is bound: `none`, `md5`, `sha-256` or `sha-512`.
    body: &'static str,
    /// The digest the body must have, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    body_digest: Option<String>,
    /// Whether the body was compared with it. If not, whoever has the body must.
    body_compared: bool,
    dialect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    algorithm: Option<&'static str>,
    /// The signed header fields, as the client spelled them.
    headers: Vec<String>,
}

impl From<Binding> for Bound {
    fn from(binding: Binding) -> Self {
        let body_digest = match binding.body {
            BoundBody::None => None,
            BoundBody::Md5(digest) => Some(hex::encode(digest)),
            BoundBody::Sha256(digest) => Some(hex::encode(digest)),
            BoundBody::Sha512(digest) => Some(hex::encode(digest)),
        };
        Self {
            method: binding.request_line,
            target: binding.request_line,
            authority: binding.authority,
            date: binding.date,
            body: binding.body.as_str(),
            body_digest,
            body_compared: binding.body_compared,
            dialect: binding.dialect.as_str(),
            algorithm: binding.algorithm.map(Algorithm::as_str),
            headers: binding.signed_headers,
        }
    }
}

impl Decision {
    pub(crate) fn valid(key: KeyId, credential: Credential, binding: Binding) -> Self {
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
            bound: binding.into(),
        };
        Self {
            outcome: "valid",
            allowed: true,
            verdict: Verdict::Valid(Box::new(valid)),
        }
    }

    pub(crate) fn refused(key: Option<KeyId>, refusal: Refusal) -> Self {
        let verdict = Verdict::Refused {
            status: status_of(refusal.outcome).as_u16(),
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

    /// The key of a valid request.
    pub(crate) fn key(&self) -> Option<&KeyId> {
        match &self.verdict {
            Verdict::Valid(valid) => Some(&valid.key),
            Verdict::Refused { .. } => None,
        }
    }

    /// What an authorizer tells the backend, as names and texts. Of a refusal nothing: it may reach the client.
    pub(crate) fn context(&self) -> Vec<(&'static str, String)> {
        let Verdict::Valid(valid) = &self.verdict else {
            return Vec::new();
        };
        let Valid {
            key,
            account,
            scheme,
            version,
            bound,
        } = valid.as_ref();
        let mut context = vec![
            ("account", account.to_string()),
            ("key", key.to_string()),
            ("scheme", scheme.to_string()),
            ("dialect", bound.dialect.to_owned()),
            ("version", version.to_string()),
            ("bound_method", bound.method.to_string()),
            ("bound_target", bound.target.to_string()),
            ("bound_authority", bound.authority.to_string()),
            ("bound_body", bound.body.to_owned()),
        ];
        context.extend(
            bound
                .body_digest
                .clone()
                .map(|digest| ("bound_body_digest", digest)),
        );
        context
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

/// What the asking service answers its client: 401 to whoever did not prove who they are, 403 to who did and may not.
fn status_of(outcome: Outcome) -> StatusCode {
    match outcome {
        Outcome::ForbiddenDialect | Outcome::ForbiddenAlgorithm => StatusCode::FORBIDDEN,
        _ => StatusCode::UNAUTHORIZED,
    }
}
