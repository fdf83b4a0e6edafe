//! Signing requests, in each dialect that verify takes: [`hub_hmac`], [`rfc9421`] and [`cavage`].
//!
//! ```
//! use hubkeys_client::sign::{Algorithm, Secret, Timestamp, Unsigned, hub_hmac};
//!
//! # fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let secret = Secret::of_any_form("hs_ThisIsAnExampleAndOpensNothing");
//! let request = Unsigned {
//!     method: "POST",
//!     target: "/v1/messages",
//!     date: Timestamp::try_from(std::time::SystemTime::now())?,
//!     body: Some(br#"{"messages":[]}"#),
//! };
//! let names = hub_hmac::NameStyle::Documented;
//! let headers = hub_hmac::sign("hk_01jd3v9m2x8c5q7w4n6t0r1z2y", &secret, Algorithm::HmacSha256, names, &request)?;
//! assert_eq!(headers.len(), 3); // Date, Content-MD5 and Authorization: send them with the request.
//! # Ok(()) }
//! # run().unwrap();
//! ```

pub use hubkeys_auth::{Algorithm, SignError, Unsigned, UrlScheme, cavage, hub_hmac, rfc9421};
pub use hubkeys_domain::{Secret, Timestamp};
