//! The header fields that say who sent a request, the facts of that request, a credential and the time: a decision.
//!
//! [`RequestFacts`] holds what arrived, [`parse`] makes a [`Claim`] of it (which key says it sent this, and how it
//! means to prove it), [`check`] compares the claim with what is known of the key's secret. Whatever is wrong is a
//! [`Refusal`] with a typed [`Outcome`].
//!
//! A claim is made in one of four [`Dialect`]s: [`basic`], [`hub_hmac`], [`rfc9421`], [`cavage`]. The last three also
//! sign, for clients.
//!
//! Everything here is pure: no I/O, no async, no clock. Where the secret comes from, whether its key was revoked, and
//! whether a signature was used before, is the caller's affair. What is not understood is refused, never skipped.

pub mod basic;
pub mod cavage;
pub mod hub_hmac;
pub mod rfc9421;

mod auth_params;
mod authority;
mod authorization;
mod binding;
mod body;
mod canonical_base64;
mod claim;
mod coverage;
mod date;
mod dialect;
mod digest;
mod explanation;
mod facts;
mod freshness;
mod lines;
mod mac;
mod outcome;
mod signature;
mod signed_digest;
mod signing;
mod structured;

pub use authority::UrlScheme;
pub use authorization::{check, parse};
pub use binding::{Binding, BoundBody};
pub use body::Body;
pub use claim::Claim;
pub use dialect::Dialect;
pub use explanation::{ComponentFault, Suspicion, method_signed, signing_string, suspicious};
pub use facts::{FactsError, RequestFacts};
pub use freshness::MAX_SKEW;
pub use hubkeys_domain::Algorithm;
pub use mac::Tag;
pub use outcome::{Outcome, Refusal};
pub use signing::{SignError, Unsigned};
