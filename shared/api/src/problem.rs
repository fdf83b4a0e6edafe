//! Refusals and failures as problem documents (RFC 9457).

use std::error::Error;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use hubkeys_domain::account::AccountError;
use hubkeys_domain::api_key::ApiKeyError;
use hubkeys_domain::{MAX_LIVE_KEYS, NotAllowed};
use hubkeys_store::{ExecuteError, KeyringError, Refusal, StoreError};
use lambda_http::{Body, Response};
use serde::Serialize;

/// The kinds of problem. Clients branch on the type's URI: a variant may be added, none renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemType {
    /// The request is not of the form this operation takes.
    InvalidRequest,
    /// The body is not JSON, and says so.
    UnsupportedMediaType,
    /// The body is larger than this operation takes.
    BodyTooLarge,
    /// The gateway did not say who asks.
    Unauthenticated,
    /// The user is not an administrator.
    NotAdministrator,
    /// The account is not verified.
    AccountNotVerified,
    /// The account is suspended.
    AccountSuspended,
    /// The operation is for the platform's operators.
    NotOperator,
    /// There is no such key in the account.
    KeyNotFound,
    /// The key is revoked, and the operation wants a live one.
    KeyRevoked,
    /// The key was renamed as often as it may be.
    RenameLimitReached,
    /// The account has as many live keys as it may have.
    KeyLimitReached,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// The cursor is not one of this list.
    InvalidCursor,
    /// The service can't decide now.
    Unavailable,
    /// The service failed.
    Internal,
    /// The gateway has no route of this path.
    NotFound,
    /// The gateway has routes of this path, and none of this method.
    MethodNotAllowed,
    /// The body did not reach the gateway in time.
    RequestTimeout,
    /// The request was meant for another host than the gateway.
    Misdirected,
    /// Request line and headers are larger than the gateway takes.
    HeaderFieldsTooLarge,
}

impl ProblemType {
    /// Every type, by its status.
    pub const ALL: [Self; 21] = [
        Self::InvalidRequest,
        Self::InvalidCursor,
        Self::Unauthenticated,
        Self::NotAdministrator,
        Self::AccountNotVerified,
        Self::AccountSuspended,
        Self::NotOperator,
        Self::KeyNotFound,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::RequestTimeout,
        Self::KeyRevoked,
        Self::RenameLimitReached,
        Self::KeyLimitReached,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::Misdirected,
        Self::IdempotencyKeyReused,
        Self::HeaderFieldsTooLarge,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The last part of the type's URI.
    pub fn name(self) -> &'static str {
        self.parts().0
    }

    /// The type's URI, as clients compare it.
    pub fn uri(self) -> String {
        format!("urn:problem-type:hubkeys:{}", self.name())
    }

    /// The status it is answered with.
    pub fn status(self) -> StatusCode {
        self.parts().1
    }

    /// What it is, the same for every occurrence.
    pub fn title(self) -> &'static str {
        self.parts().2
    }

    fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::InvalidRequest => (
                "invalid-request",
                StatusCode::BAD_REQUEST,
                "The request is not valid",
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body is not JSON",
            ),
            Self::BodyTooLarge => (
                "body-too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large",
            ),
            Self::Unauthenticated => ("unauthenticated", StatusCode::UNAUTHORIZED, "Sign in first"),
            Self::NotAdministrator => (
                "not-administrator",
                StatusCode::FORBIDDEN,
                "Only an Administrator can do this",
            ),
            Self::AccountNotVerified => (
                "account-not-verified",
                StatusCode::FORBIDDEN,
                "The account is not verified",
            ),
            Self::AccountSuspended => (
                "account-suspended",
                StatusCode::FORBIDDEN,
                "The account is suspended",
            ),
            Self::NotOperator => (
                "not-operator",
                StatusCode::FORBIDDEN,
                "Only the platform's staff can do this",
            ),
            Self::KeyNotFound => (
                "key-not-found",
                StatusCode::NOT_FOUND,
                "There is no such key",
            ),
            Self::KeyRevoked => ("key-revoked", StatusCode::CONFLICT, "The key is revoked"),
            Self::RenameLimitReached => (
                "rename-limit-reached",
                StatusCode::CONFLICT,
                "The key was renamed too often",
            ),
            Self::KeyLimitReached => (
                "key-limit-reached",
                StatusCode::CONFLICT,
                "The account has no room for another key",
            ),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The idempotency key was used before",
            ),
            Self::InvalidCursor => (
                "invalid-cursor",
                StatusCode::BAD_REQUEST,
                "The cursor is not valid",
            ),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "Try again in a moment",
            ),
            Self::Internal => (
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something went wrong on our side",
            ),
            Self::NotFound => ("not-found", StatusCode::NOT_FOUND, "Nothing is here"),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "This path has no such method",
            ),
            Self::RequestTimeout => (
                "request-timeout",
                StatusCode::REQUEST_TIMEOUT,
                "The request did not arrive in time",
            ),
            Self::Misdirected => (
                "misdirected",
                StatusCode::MISDIRECTED_REQUEST,
                "This is not the host you asked for",
            ),
            Self::HeaderFieldsTooLarge => (
                "header-fields-too-large",
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "The request line and headers are too large",
            ),
        }
    }
}

/// One occurrence of a problem. The client reads the detail; the log gets the cause.
#[derive(Debug)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemType,
    /// What happened here, and what to do about it. Holds nothing the client did not know.
    pub detail: String,
    /// Why, for the log alone.
    pub cause: Option<Box<dyn Error + Send + Sync>>,
}

/// A refusal or a failure (RFC 9457). Branch on `type`; `detail` is for people, and its wording may change.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Problem))]
pub(crate) struct Document<'a> {
    #[cfg_attr(feature = "openapi", schema(value_type = ProblemType))]
    r#type: String,
    /// What it is, the same for every problem of this type.
    title: &'static str,
    /// The status of the answer.
    #[cfg_attr(feature = "openapi", schema(minimum = 400, maximum = 599))]
    status: u16,
    /// What happened here, and what to do about it.
    detail: &'a str,
    /// Finds the cause in the log.
    request_id: &'a str,
}

/// A problem inside of another answer: what its document would say, without the members of an answer of its own.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemSummary {
    /// The type's URI.
    #[cfg_attr(feature = "openapi", schema(value_type = ProblemType))]
    pub r#type: String,
    /// What it is, the same for every occurrence.
    pub title: &'static str,
    /// What happened here, and what to do about it.
    pub detail: String,
}

impl From<Problem> for ProblemSummary {
    fn from(problem: Problem) -> Self {
        Self {
            r#type: problem.kind.uri(),
            title: problem.kind.title(),
            detail: problem.detail,
        }
    }
}

impl<'a> Document<'a> {
    pub(crate) fn new(kind: ProblemType, detail: &'a str, request_id: &'a str) -> Self {
        Self {
            r#type: kind.uri(),
            title: kind.title(),
            status: kind.status().as_u16(),
            detail,
            request_id,
        }
    }
}

impl Problem {
    /// A problem of this kind.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            cause: None,
        }
    }

    /// A request that is not of the form its operation takes.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ProblemType::InvalidRequest, detail)
    }

    /// Something that only we can mend.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "it failed on our side: the same request may be sent again (a create with the same Idempotency-Key); tell support the request id";
        Self {
            cause: Some(cause.into()),
            ..Self::new(ProblemType::Internal, detail)
        }
    }

    /// Something that passes by itself.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "the service can't answer now: send the same request again (a create with the same Idempotency-Key)";
        Self {
            cause: Some(cause.into()),
            ..Self::new(ProblemType::Unavailable, detail)
        }
    }

    pub(crate) fn into_response(self, request_id: &str) -> Response<Body> {
        let status = self.kind.status();
        let document = Document::new(self.kind, &self.detail, request_id);
        let text = serde_json::to_string(&document).unwrap_or_default();
        let mut response = Response::new(Body::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.kind == ProblemType::Unauthenticated {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.kind == ProblemType::Unavailable {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

impl From<NotAllowed> for Problem {
    fn from(error: NotAllowed) -> Self {
        let kind = match error {
            NotAllowed::NotAdministrator => ProblemType::NotAdministrator,
            NotAllowed::AccountNotVerified => ProblemType::AccountNotVerified,
            NotAllowed::AccountSuspended => ProblemType::AccountSuspended,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<ApiKeyError> for Problem {
    fn from(error: ApiKeyError) -> Self {
        match error {
            ApiKeyError::NotFound => Self::new(ProblemType::KeyNotFound, error.to_string()),
            ApiKeyError::RenamedTooOften => {
                Self::new(ProblemType::RenameLimitReached, error.to_string())
            }
            ApiKeyError::Revoked => Self::new(ProblemType::KeyRevoked, error.to_string()),
            // Ids are of 80 random bits: a second one of the same is a fault in where they come from.
            ApiKeyError::AlreadyExists
            | ApiKeyError::OfAnotherAccount
            | ApiKeyError::ResealedOtherwise => Self::internal(error),
        }
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::NotAllowed(error) => error.into(),
            AccountError::NotVerified => {
                Self::new(ProblemType::AccountNotVerified, error.to_string())
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountNotVerified => NotAllowed::AccountNotVerified.into(),
            Refusal::LimitReached => Self::new(
                ProblemType::KeyLimitReached,
                format!(
                    "the account has {MAX_LIVE_KEYS} live keys, the most it may have: revoke one that is not needed"
                ),
            ),
            Refusal::IdempotencyKeyUsed => Self::unavailable(refusal),
            // No route disables a key.
            Refusal::AccountNotSuspended => Self::internal(refusal),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } | StoreError::Busy { .. } => Self::unavailable(error),
            StoreError::Unreadable { .. } => Self::internal(error),
        }
    }
}

impl From<KeyringError> for Problem {
    fn from(error: KeyringError) -> Self {
        Self::unavailable(error)
    }
}

impl<E: Error + Into<Self>> From<ExecuteError<E>> for Problem {
    fn from(error: ExecuteError<E>) -> Self {
        match error {
            ExecuteError::Domain(error) => error.into(),
            ExecuteError::Refused(refusal) => refusal.into(),
            ExecuteError::Store(error) => error.into(),
        }
    }
}
