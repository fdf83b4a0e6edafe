//! Signing HTTP Messages, draft-cavage-http-signatures-12, for clients that already speak it:
//!
//! ```text
//! Authorization: Signature keyId="…",algorithm="hmac-sha256",headers="(request-target) host date digest",signature="…"
//! ```
//!
//! or the same parameters in a `Signature` field of their own. The signature is the MAC of a line for each listed name.
//!
//! What the draft leaves open is closed here, so that a request can be read in one way only:
//!
//! - `algorithm` is required, and is the one that the signature was made with. `hs2019` is refused: the draft makes it
//!   HMAC-SHA-512 by way of metadata, its implementations something else each.
//! - Names are listed in lower case, once each, and stand once each in the request.
//! - A method with small letters is refused, for `(request-target)` can't tell it from the one in capitals.
//! - `(created)` and `(expires)` may be listed under every algorithm. (The draft keeps them from the older ones for the
//!   sake of verifiers that do not know them.) They are whole seconds, and are heeded listed or not.
//!
//! Required: `(request-target)`, `host`, a signed date (`date`, `x-date` or `(created)`), and `digest` or
//! `content-digest` where there is a body.

mod check;
mod claim;
mod params;
mod sign;

pub(crate) use check::{check, method_signed, signing_string};
pub use claim::CavageClaim;
pub(crate) use params::Params;
pub use sign::{Dated, Options, Placement, sign};
