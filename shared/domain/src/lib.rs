//! Keys, accounts, secrets, and who may do what to them.
//!
//! This crate knows no AWS, no HTTP and no clock: instants come in with commands. Everything in it is right by
//! construction: a [`KeyName`] is a valid name, an [`AuthorizedAdministrator`] may administer keys.

pub mod account;
pub mod api_key;
pub mod keyring;

mod account_id;
mod authorization;
mod base64_text;
mod key_id;
mod key_name;
#[cfg(feature = "openapi")]
mod openapi;
mod principal;
mod revocation_reason;
mod scheme;
mod secret;
mod signing;
mod stored_secret;
mod text;
mod timestamp;

pub use account_id::{AccountId, AccountIdError};
pub use authorization::{AuthorizedAdministrator, NotAllowed};
pub use key_id::{KeyId, KeyIdError};
pub use key_name::{KeyName, KeyNameError};
pub use principal::{Actor, Operator, Principal, Role, UserId, UserIdError};
pub use revocation_reason::{RevocationReason, RevocationReasonError};
pub use scheme::Scheme;
pub use secret::{Secret, SecretFormatError};
pub use signing::{
    Algorithm, AlgorithmError, Dialect, DialectError, ReplayProtection, SigningPolicy,
};
pub use stored_secret::{KeyringVersion, KnownSecret, Pepper, StoredSecret};
pub use timestamp::Timestamp;

/// How many keys of an account may be live (not revoked) at once. A constant policy for now.
pub const MAX_LIVE_KEYS: u32 = 100;

/// How often a key may be renamed. Nothing may make a key slow to load, for its revocation loads it.
pub const MAX_RENAMES: u32 = 500;
