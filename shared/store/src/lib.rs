//! DynamoDB: the event store, the projections that follow from its events, the keyring, rebuild and check.
//!
//! Every command is one transaction: its events and every row that follows from them, or nothing. Every read that
//! decides something is a consistent read by primary key. Beside the commands two types put rows of their own: used
//! signatures, and when keys were last used. This crate knows no HTTP and verifies nothing.

mod backoff;
mod batch;
mod checksum;
mod command;
mod database;
mod deployed;
mod digest_mover;
mod drift;
mod error;
mod event_store;
mod expected;
mod keyring_editor;
mod keyring_place;
mod keyring_source;
mod keyring_use;
mod last_used;
mod lease;
mod listing;
mod projection;
mod rebuild;
mod replay_guard;
mod resealing;
mod revocation;
mod roots;
#[cfg(feature = "seeding")]
mod seeding;
mod stored_event;
mod suspension;
mod sweep;
mod tally;
mod transaction;
pub mod views;
mod walk;

pub use command::{Committed, ExecuteError, Idempotency, Store, WhoAndWhere};
pub use database::{Database, EnvironmentError, Tables};
pub use deployed::SdkConfigError;
pub use digest_mover::DigestMover;
pub use drift::{Drift, DriftProblem, Drifted, Report};
pub use error::StoreError;
pub use event_store::{History, Loaded, RecordedEvent};
pub use keyring_editor::{EditError, KeyringEditor, Rotated, SETTLED};
pub use keyring_source::{KeyringError, KeyringSource};
pub use keyring_use::{KeyringUse, VersionUse};
pub use last_used::LastUsed;
pub use lease::{Clock, Lease, LeaseChange, LeaseChangeError, LeaseError, LeasedReader, Moment};
pub use listing::{
    KeyPage, KeyQuery, KeySearch, KeySearchError, KeySort, KeySortError, KeyStatuses,
};
pub use rebuild::Mode;
pub use replay_guard::{ReplayGuard, Use};
pub use resealing::{Resealed, ResealingError};
#[cfg(feature = "seeding")]
pub use seeding::SeedRows;
pub use suspension::{Enforced, EnforcementError};
pub use transaction::Refusal;
pub use views::credential::{Credential, CredentialReader, Status};
pub use views::key_list::{KeySummary, KeyView};
pub use views::lease::LeaseInForce;
pub use views::standing::AccountStanding;
pub use walk::{Checkpoint, CheckpointError, Progress};
