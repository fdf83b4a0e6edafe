//! The platform's own signature scheme, as its documentation describes it and its SDKs use it:
//!
//! ```text
//! Authorization: hmac username="…", algorithm="hmac-sha256", headers="Date Content-MD5 request-line", signature="…"
//! ```
//!
//! The signature is the MAC of a line for each listed name, under the secret's bytes:
//!
//! - `request-line` gives `POST /v1/messages?x=1 HTTP/1.1`;
//! - `@request-target`, which clients of Kong use in its place, gives `@request-target: post /v1/messages?x=1`;
//! - any other name gives `<name as listed>: <value as sent>`.
//!
//! The body is bound by a signed `Content-MD5` or `x-Content-MD5` (hexadecimal), `Digest: SHA-256=…` or `Content-Digest`.
//! See [`signing_string`].

mod check;
mod claim;
mod params;
mod sign;

pub(crate) use check::check;
pub use check::{method_signed, signing_string};
pub use claim::HubHmacClaim;
pub(crate) use params::Params;
pub use sign::{NameStyle, sign};

pub use crate::freshness::MAX_SKEW;
pub use crate::signing::{SignError, Unsigned};
