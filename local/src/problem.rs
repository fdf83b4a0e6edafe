//! What the gateway itself refuses, as problem documents (RFC 9457). What a function refuses is the function's affair.

use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use uuid::Uuid;

/// A refusal, or a failure, of the gateway.
#[derive(Debug)]
pub(crate) struct Problem {
    /// The last part of its `type`. Clients match on it: never rename one.
    name: &'static str,
    status: StatusCode,
    title: &'static str,
    detail: String,
    header: Option<(HeaderName, String)>,
}

impl Problem {
    fn new(
        status: StatusCode,
        name: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            name,
            status,
            title,
            detail: detail.into(),
            header: None,
        }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid-request",
            "The request is not valid",
            detail,
        )
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
            ..Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Sign in first",
                detail,
            )
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "Nothing is here",
            "no route has this path",
        )
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        Self {
            header: Some((ALLOW, allowed.to_owned())),
            ..Self::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This path has no such method",
                format!("allowed here: {allowed}"),
            )
        }
    }

    pub(crate) fn timed_out() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            "request-timeout",
            "The request did not arrive in time",
            "send the whole body without pause",
        )
    }

    pub(crate) fn too_large(most: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "The body is too large",
            format!("{most} bytes are the most"),
        )
    }

    pub(crate) fn misdirected() -> Self {
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "misdirected",
            "This is not the host you asked for",
            "use 127.0.0.1 or localhost",
        )
    }

    pub(crate) fn header_fields_too_large(most: usize) -> Self {
        Self::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "header-fields-too-large",
            "The request line and headers are too large",
            format!("{most} bytes are the most"),
        )
    }

    /// The cause is in the log, under the request's id.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side",
            "the log has the cause under this request_id",
        )
    }

    pub(crate) fn unavailable() -> Self {
        Self {
            header: Some((RETRY_AFTER, "1".to_owned())),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "Try again in a moment",
                "the function did not answer in time",
            )
        }
    }

    pub(crate) fn into_response(self, request_id: Uuid) -> Response {
        let document = json!({
            "type": format!("urn:problem-type:hubkeys:{}", self.name),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
            "request_id": request_id.to_string(),
        });
        let mut response = Response::new(Body::from(document.to_string()));
        *response.status_mut() = self.status;
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
