//! The whole product on one machine: a gateway that takes its routes, authorizers and tables from `infra/template.yaml`,
//! a sign-in service with demo users, the Hub's pages, and an embedded DynamoDB on a file. Hands each request to the handler that Lambda
//! would run, in the event shape API Gateway would send.
//!
//! Never deployed, and listens on 127.0.0.1 only.

mod as_user;
mod authorizer;
mod data_folder;
mod database;
mod event;
mod functions;
mod gateway;
mod http_server;
mod issuer;
mod logging;
mod openapi;
mod pages;
mod problem;
mod routing;
mod seed;
mod sign_in;
mod stack;
mod start_error;
mod stopped;
mod template;
#[cfg(test)]
mod testing;
mod users;

pub use logging::log_directives;
pub use stack::{Options, ServeError, Stack};
pub use start_error::StartError;
pub use stopped::StoppedStack;
pub use users::{DEMO_USERS, User};
