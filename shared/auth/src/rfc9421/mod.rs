//! HTTP Message Signatures (RFC 9421) with `hmac-sha256`:
//!
//! ```text
//! Content-Digest: sha-256=:…:
//! Signature-Input: sig1=("@method" "@target-uri" "content-digest");created=1795422859;keyid="…"
//! Signature: sig1=:…:
//! ```
//!
//! What the RFC leaves to its applications (section 3.2.1) is decided here:
//!
//! - One signature a request, under any label. Both fields are sent once, in their canonical form, so that what is signed
//!   is what was received and nothing that two parsers could make of it.
//! - Components are `@method`, `@target-uri`, `@authority`, `@scheme`, `@path`, `@query`, `@request-target` and header
//!   fields that the request has once; none with a parameter.
//! - Required: `@method`; the target, as `@target-uri`, as `@request-target`, or as `@authority`, `@path` and (where there
//!   is one) `@query`; `content-digest` where there is a body; `created` and `keyid`. `created` is fresh for 300 s.
//! - `expires`, `nonce`, `alg` and `tag` may be given; other parameters may not.

mod base;
mod check;
mod claim;
mod component;
mod input;
mod sign;

pub(crate) use check::{check, method_signed, signing_string};
pub use claim::Rfc9421Claim;
pub(crate) use input::Input;
pub use sign::{DigestAlgorithm, Options, TargetStyle, sign};
