//! The platform's own signature scheme, as its documentation describes it and its SDKs use it:
//!
//! ```text
//! Authorization: hmac username="…", algorithm="hmac-sha256", headers="Date Content-MD5 request-line", signature="…"
//! ```
//!
//! The signature is the MAC of a line for each listed name, under the secret's bytes. See [`signing_string`].

mod check;
mod claim;
mod coverage;
mod params;
mod sign;
mod signing_string;

pub(crate) use check::check;
pub use check::{MAX_SKEW, method_signed};
pub use claim::HubHmacClaim;
pub use sign::{NameStyle, SignError, Unsigned, sign};
pub use signing_string::signing_string;
