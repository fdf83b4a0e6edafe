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
mod documented;
mod durability;
mod emulator;
mod events;
mod guides;
mod journey;
mod lambda;
mod last_used;
mod layer;
mod listing;
mod pages;
mod samples;
mod shapes;
mod sign_in;
mod signed;
mod signing_clients;
mod signing_policy;
mod stack;
mod tenants;
