//! Why there is no decision.

use std::error::Error;

use http::StatusCode;

use crate::decision::UnreadableDecision;

type Source = Box<dyn Error + Send + Sync>;

/// Nothing was decided. It is not a refusal, for the request may be valid; and it never lets a request pass.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The facts can't be written as JSON.
    #[error("the facts can't be written as JSON")]
    Facts,
    /// No connection to verify came about.
    #[error("verify can't be reached: check its URL, and that it runs")]
    Unreachable(#[source] Source),
    /// There was no answer in time.
    #[error("verify did not answer in time")]
    TimedOut,
    /// The connection failed while the question or its answer was under way.
    #[error("the connection to verify failed before its answer was read")]
    Interrupted(#[source] Source),
    /// Verify does not take this service's credential.
    #[error(
        "verify answered {status}: check the service token, or that this service's role may call it"
    )]
    NotAService {
        /// 401 or 403.
        status: StatusCode,
    },
    /// Verify, or the gateway in front of it, can't decide now.
    #[error("verify can't decide now, it answered 503")]
    Unavailable,
    /// Verify answered with something else than 200.
    #[error("verify answered {status}: check that the URL is that of the API, without /v1/verify")]
    Unexpected {
        /// The status.
        status: StatusCode,
    },
    /// The answer is larger than any decision.
    #[error("verify's answer is too large for a decision")]
    TooLarge,
    /// The answer can't be read.
    #[error("verify's answer can't be read")]
    Unreadable(#[from] UnreadableDecision),
    /// The invoked function failed.
    #[error("the invoked function failed ({kind}): {message}")]
    Function {
        /// The type of its error.
        kind: String,
        /// What it said.
        message: String,
    },
    /// The function could not be invoked.
    #[error("the function could not be invoked")]
    Invoke(#[source] Source),
    /// There are no credentials of AWS to sign the question with.
    #[error("there are no AWS credentials to sign the question with")]
    Credentials(#[source] Source),
    /// The question could not be signed.
    #[error("the question could not be signed")]
    Signing(#[source] Source),
}

/// Verify can't be asked like this.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The URL is not one.
    #[error("the URL of verify is not one: give it as https://host or https://host/stage")]
    Url,
    /// The URL has a user name, a query or a fragment.
    #[error("the URL of verify has a user name, a query or a fragment: leave them out")]
    UrlParts,
    /// The URL is plain `http` and not of this machine.
    #[error(
        "verify is asked over https: plain http is for this machine only, for questions hold secrets"
    )]
    PlainHttp,
    /// The service token can't stand in a header.
    #[error("the service token is empty or has characters that can't stand in a header")]
    ServiceToken,
    /// TLS could not be set up.
    #[error("TLS could not be set up: check that the system has root certificates")]
    Tls(#[source] Source),
}
