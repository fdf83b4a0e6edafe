//! An `Authorization` header, the facts of its request, a credential and the time: a decision.
//!
//! [`RequestFacts`] holds what arrived, [`parse`] makes a [`Claim`] of it (which key says it sent this, and how it
//! means to prove it), [`check`] compares the claim with what is known of the key's secret. Whatever is wrong is a
//! [`Refusal`] with a typed [`Outcome`].
//!
//! Everything here is pure: no I/O, no async, no clock. Where the secret comes from, and whether its key was revoked,
//! is the caller's affair. What is not understood is refused, never skipped.

pub mod basic;
pub mod hub_hmac;

mod algorithm;
mod auth_params;
mod authorization;
mod binding;
mod canonical_base64;
mod date;
mod digest;
mod facts;
mod outcome;

pub use algorithm::Algorithm;
pub use authorization::{Claim, check, parse};
pub use binding::{Binding, BoundBody};
pub use facts::{Body, FactsError, RequestFacts};
pub use outcome::{Outcome, Refusal};
