//! The HTTP edge: who asks, what they ask for, and how it is answered.
//!
//! Everything is parsed into the domain's types here, and every refusal becomes a problem document here. Nothing is
//! decided here.

pub mod body;
pub mod caller;
pub mod context;
pub mod invocation;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod path;
pub mod problem;
pub mod query;
pub mod response;
pub mod telemetry;

pub use problem::{Problem, ProblemSummary, ProblemType};
pub use response::{Answer, json, refused, respond};

pub use lambda_http::{Body, Request, Response};
