//! Why a request was refused.

use std::borrow::Cow;
use std::fmt;

use crate::FactsError;

/// The kind of a refusal. Its text is part of the API: services branch on it. `valid` is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(rename_all = "snake_case"))]
pub enum Outcome {
    /// The request or its header is not of the form its scheme prescribes, or can be read in two ways.
    Malformed,
    /// The `Authorization` header is of a scheme we do not verify.
    UnsupportedScheme,
    /// There is no such key.
    UnknownKey,
    /// The Basic secret is not the key's.
    WrongSecret,
    /// The signature is not that of this request under the key's secret.
    SignatureMismatch,
    /// The key is of another scheme than the one it was presented with.
    WrongScheme,
    /// The key was revoked. Only a holder of its secret learns this.
    Revoked,
    /// The key's account is suspended. Only a holder of the key's secret learns this.
    AccountSuspended,
    /// The signature was to be used only until an instant that is past.
    Expired,
    /// The signature was used before. Found by whoever keeps what was used, not here.
    Replayed,
    /// The key does not allow to sign in this dialect. Only a holder of its secret learns this.
    ForbiddenDialect,
    /// The key does not allow to sign with this algorithm. Only a holder of its secret learns this.
    ForbiddenAlgorithm,
    /// The signed date is too far from now.
    ClockSkew,
    /// The body is not the one that was signed, or was not handed to the verifier.
    BodyMismatch,
    /// The signature is silent about a part of the request that has to be bound.
    InsufficientCoverage,
}

impl Outcome {
    /// The outcome as it stands in JSON and in logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnsupportedScheme => "unsupported_scheme",
            Self::UnknownKey => "unknown_key",
            Self::WrongSecret => "wrong_secret",
            Self::SignatureMismatch => "signature_mismatch",
            Self::WrongScheme => "wrong_scheme",
            Self::Revoked => "revoked",
            Self::AccountSuspended => "account_suspended",
            Self::Expired => "expired",
            Self::Replayed => "replayed",
            Self::ForbiddenDialect => "forbidden_dialect",
            Self::ForbiddenAlgorithm => "forbidden_algorithm",
            Self::ClockSkew => "clock_skew",
            Self::BodyMismatch => "body_mismatch",
            Self::InsufficientCoverage => "insufficient_coverage",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request was refused. For the service that asked and for the log, never for the outside, which must not learn an
/// unknown key from a wrong secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{outcome}: {detail}")]
pub struct Refusal {
    /// What kind of refusal it is.
    pub outcome: Outcome,
    /// What to change, in a sentence. Holds no secret, no signature, and of the request at most a field's name.
    pub detail: Cow<'static, str>,
}

impl Refusal {
    /// A refusal of this kind. `detail` must hold neither a secret nor a signature.
    pub fn new(outcome: Outcome, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            outcome,
            detail: detail.into(),
        }
    }

    pub(crate) fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Outcome::Malformed, detail)
    }
}

impl From<FactsError> for Refusal {
    fn from(error: FactsError) -> Self {
        Self::malformed(error.to_string())
    }
}
