//! The product from outside.
//!
//! Every test starts a stack of its own: the `hubkeys` binary, on a free port, with a fresh data folder. It speaks HTTP to
//! it as a client does, and knows nothing of what is inside.

#![cfg(test)]

mod administration;
mod backend;
mod bad_input;
mod canary;
mod clients;
mod concurrency;
mod durability;
mod emulator;
mod journey;
mod lambda;
mod layer;
mod shapes;
mod signed;
mod signing_clients;
mod signing_policy;
mod stack;
mod tenants;
