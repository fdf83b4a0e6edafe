//! Decisions as a service sees them: facts in, an outcome out, at a fixed instant.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't go on has failed, and says where"
)]

mod attacks;
mod basic;
mod bodies;
mod dialect_outcomes;
mod dialects;
mod explaining;
mod facts;
mod header;
mod properties;
mod request;
mod signers;
mod vectors;
