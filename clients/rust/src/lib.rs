//! For services and clients of the platform.
//!
//! - [`Verify`] asks verify who sent a request, over HTTPS or (feature `lambda`) by invoking its function. What it answers is a
//!   [`Decision`]; what keeps it from answering is a [`VerifyError`], which is 503 to a service's client and never a pass.
//! - [`layer`] has a `tower` layer that protects a whole service with it, and gives the service the [`Principal`].
//! - [`sign`] has the other side: it signs requests.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use hubkeys_client::{Body, Decision, Facts, ServiceCredential, UrlScheme, Verify};
//!
//! let token = std::fs::read_to_string(".hubkeys/service-token")?;
//! let verify = Verify::over_https("http://127.0.0.1:3000", ServiceCredential::token(&token)?)?;
//! let facts = Facts {
//!     method: "GET".to_owned(),
//!     target: "/v1/replies".to_owned(),
//!     headers: vec![("Authorization".to_owned(), "Basic …".to_owned())],
//!     body: Body::Absent,
//!     source_address: None,
//!     url_scheme: UrlScheme::Https,
//! };
//! match verify.ask(&facts).await? {
//!     Decision::Valid(sender) => println!("{} of {}", sender.key, sender.account),
//!     Decision::Refused(refusal) => println!("{}: {}", refusal.outcome, refusal.detail),
//! }
//! # Ok(()) }
//! ```

pub mod layer;
pub mod sign;

mod decision;
mod facts;
mod outcome;
mod principal;
mod verify;

pub use decision::{Bound, BoundBody, Decision, Refusal, Scheme, UnreadableDecision, Valid};
pub use facts::{Body, BodyDigests, Facts};
pub use hubkeys_auth::UrlScheme;
pub use layer::{AuthorizerContext, Protect};
pub use outcome::Outcome;
pub use principal::Principal;
pub use verify::{ServiceCredential, SetupError, Verify, VerifyError};
