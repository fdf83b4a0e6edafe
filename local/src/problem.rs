//! What the gateway itself refuses, as problem documents (RFC 9457). What a function refuses is the function's affair.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue};
use hubkeys_api::ProblemType;
use serde_json::json;
use uuid::Uuid;

/// A refusal, or a failure, of the gateway.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: ProblemType,
    detail: String,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            header: None,
        }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemType::InvalidRequest, detail)
    }

    /// `detail` goes into `WWW-Authenticate` too: visible ASCII without quotes.
    pub(crate) fn invalid_token(detail: &'static str) -> Self {
        Self {
            header: Some((
                WWW_AUTHENTICATE,
                format!("Bearer error=\"invalid_token\", error_description=\"{detail}\""),
            )),
            ..Self::unauthorized(detail)
        }
    }

    /// No token at all: RFC 6750 section 3.1 wants no error code then.
    pub(crate) fn unauthorized(detail: &'static str) -> Self {
        Self {
            header: Some((WWW_AUTHENTICATE, "Bearer".to_owned())),
            ..Self::new(ProblemType::Unauthenticated, detail)
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(ProblemType::NotFound, "no route has this path")
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self {
            header: Some((ALLOW, allowed.to_owned())),
            ..Self::new(
                ProblemType::MethodNotAllowed,
                format!("allowed here: {allowed}"),
            )
        }
    }

    pub(crate) fn timed_out() -> Self {
        Self::new(
            ProblemType::RequestTimeout,
            "send the whole body without pause",
        )
    }

    pub(crate) fn too_large(most: usize) -> Self {
        Self::new(
            ProblemType::BodyTooLarge,
            format!("{most} bytes are the most"),
        )
    }

    pub(crate) fn misdirected() -> Self {
        Self::new(ProblemType::Misdirected, "use 127.0.0.1 or localhost")
    }

    pub(crate) fn header_fields_too_large(most: usize) -> Self {
        Self::new(
            ProblemType::HeaderFieldsTooLarge,
            format!("{most} bytes are the most"),
        )
    }

    /// The cause is in the log, under the request's id.
    pub(crate) fn internal() -> Self {
        Self::new(
            ProblemType::Internal,
            "the log has the cause under this request_id",
        )
    }

    pub(crate) fn unavailable() -> Self {
        Self {
            header: Some((RETRY_AFTER, "1".to_owned())),
            ..Self::new(
                ProblemType::Unavailable,
                "the function did not answer in time",
            )
        }
    }

    pub(crate) fn into_response(self, request_id: Uuid) -> Response {
        let document = json!({
            "type": self.kind.uri(),
            "title": self.kind.title(),
            "status": self.kind.status().as_u16(),
            "detail": self.detail,
            "request_id": request_id.to_string(),
        });
        let mut response = Response::new(Body::from(document.to_string()));
        *response.status_mut() = self.kind.status();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::try_from(value)
        {
            headers.insert(name, value);
        }
        response
    }
}
