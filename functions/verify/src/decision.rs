//! What verify answers, and what it logs.

use hubkeys_auth::{Algorithm, Binding, BoundBody, Outcome, Refusal};
use hubkeys_domain::{AccountId, KeyId, Scheme, Timestamp};
use hubkeys_store::Credential;
use lambda_http::http::StatusCode;
use serde::Serialize;

/// A verdict on one request, for the service that asked. What the service tells its own client is `status` and nothing
/// more: there unknown key, wrong secret, wrong scheme and revoked are one answer.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Decision(Verdict);

/// Who sent the request, or why it must not pass. Let it pass if `allowed` is `true`, and only then.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Decision))]
pub(crate) enum Verdict {
    Valid(Box<Valid>),
    Refused(Refused),
}

/// The sender holds the secret of a live key.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ValidDecision))]
pub(crate) struct Valid {
    /// `valid`.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::valid))]
    outcome: &'static str,
    /// The request may pass.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::allowed))]
    allowed: bool,
    /// The key that sent it.
    key: KeyId,
    /// The account of that key.
    account: AccountId,
    /// How the key proves who it is.
    scheme: Scheme,
    /// The version of the key's history that decided it.
    version: u64,
    bound: Bound,
}

/// The request must not pass.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RefusedDecision))]
pub(crate) struct Refused {
    /// Why not. More reasons may be added: treat whatever is not `valid` as refused.
    #[cfg_attr(feature = "openapi", schema(value_type = Outcome))]
    outcome: &'static str,
    /// The request must not pass.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::refused))]
    allowed: bool,
    /// What to answer the client: 401 to whoever did not prove who they are, 403 to who did and may not.
    #[cfg_attr(
        feature = "openapi",
        schema(minimum = 401, maximum = 403, example = 401)
    )]
    status: u16,
    /// What the client's author should change. Not for the client's eyes unless it is trusted.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "the key was revoked: use another one")
    )]
    detail: String,
    /// The key that was claimed, for the log: in an answer it would tell which keys exist.
    #[serde(skip)]
    key: Option<KeyId>,
}

/// What the credential vouched for beside itself.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Bound {
    /// Whether the method is signed: always, but for Basic.
    method: bool,
    /// Whether the target is signed: always, but for Basic.
    target: bool,
    /// Whether the host is signed. If not, the same signature passes at another host of yours.
    authority: bool,
    /// The signed date, of several the earliest; `null` for Basic.
    #[cfg_attr(feature = "openapi", schema(required))]
    date: Option<Timestamp>,
    /// How the body is bound: `none`, `md5`, `sha-256` or `sha-512`.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::bound_body))]
    body: &'static str,
    /// The digest the body must have, in hex. Left out beside `none`.
    #[cfg_attr(
        feature = "openapi",
        schema(
            nullable = false,
            pattern = "^[0-9a-f]{32,128}$",
            example = "e4355dd089ef72a8730a238a3a324237"
        )
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    body_digest: Option<String>,
    /// Whether the body was compared with it. If not, whoever has the body must.
    body_compared: bool,
    /// In which dialect the request proved who sent it.
    #[cfg_attr(feature = "openapi", schema(value_type = hubkeys_auth::Dialect))]
    dialect: &'static str,
    /// What it was signed with. Left out for Basic.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Algorithm>, nullable = false))]
    algorithm: Option<&'static str>,
    /// The signed header fields, as the client spelled them.
    #[cfg_attr(feature = "openapi", schema(example = json!(["Date", "Content-MD5"])))]
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
    pub(crate) fn valid(key: KeyId, credential: &Credential, binding: Binding) -> Self {
        Self(Verdict::Valid(Box::new(Valid {
            outcome: "valid",
            allowed: true,
            key,
            account: credential.account.clone(),
            scheme: credential.scheme,
            version: credential.version,
            bound: binding.into(),
        })))
    }

    pub(crate) fn refused(key: Option<KeyId>, refusal: Refusal) -> Self {
        Self(Verdict::Refused(Refused {
            outcome: refusal.outcome.as_str(),
            allowed: false,
            status: status_of(refusal.outcome).as_u16(),
            detail: refusal.detail.into_owned(),
            key,
        }))
    }

    /// `valid`, or why not.
    pub fn outcome(&self) -> &'static str {
        match &self.0 {
            Verdict::Valid(valid) => valid.outcome,
            Verdict::Refused(refused) => refused.outcome,
        }
    }

    /// Whether the request may pass.
    pub fn is_allowed(&self) -> bool {
        matches!(self.0, Verdict::Valid(_))
    }

    /// The key of a valid request.
    pub(crate) fn key(&self) -> Option<&KeyId> {
        match &self.0 {
            Verdict::Valid(valid) => Some(&valid.key),
            Verdict::Refused(_) => None,
        }
    }

    /// What an authorizer tells the backend, as names and texts. Of a refusal nothing: it may reach the client.
    pub(crate) fn context(&self) -> Vec<(&'static str, String)> {
        let Verdict::Valid(valid) = &self.0 else {
            return Vec::new();
        };
        let Valid {
            key,
            account,
            scheme,
            version,
            bound,
            ..
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
        let (key, account) = match &self.0 {
            Verdict::Valid(valid) => (Some(&valid.key), Some(&valid.account)),
            Verdict::Refused(refused) => (refused.key.as_ref(), None),
        };
        let (key, account) = (
            key.map(tracing::field::display),
            account.map(tracing::field::display),
        );
        tracing::info!(
            request_id,
            outcome = self.outcome(),
            key,
            account,
            "verified"
        );
    }
}

/// What the asking service answers its client: 401 to whoever did not prove who they are, 403 to who did and may not.
fn status_of(outcome: Outcome) -> StatusCode {
    match outcome {
        Outcome::AccountSuspended | Outcome::ForbiddenDialect | Outcome::ForbiddenAlgorithm => {
            StatusCode::FORBIDDEN
        }
        _ => StatusCode::UNAUTHORIZED,
    }
}
