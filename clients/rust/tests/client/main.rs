//! The client, against servers that do what verify never would, and against the few answers that it gives.

#![cfg(test)]

mod answers;
mod asking;
mod authorized;
mod fake;
#[cfg(feature = "lambda")]
mod invoking;
mod protected;
