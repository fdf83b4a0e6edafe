//! What the targets share: a request as a text that a fuzzer changes well and a person can read, and the sentence that
//! holds of every valid one.

mod holder;
mod request;

pub use holder::{decided_when_signed, known};
pub use request::Request;
