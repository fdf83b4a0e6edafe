//! DynamoDB: the event store, the projections that follow from its events, the keyring, rebuild and check.
//!
//! Every command is one transaction: its events and every row that follows from them, or nothing. Every read that
//! decides something is a consistent read by primary key. This crate knows no HTTP and verifies nothing.

mod backoff;
mod command;
mod database;
mod digest_mover;
mod error;
mod event_store;
mod keyring_editor;
mod keyring_place;
mod keyring_source;
mod keyring_use;
mod projection;
mod rebuild;
mod replay_guard;
mod resealing;
mod revocation;
mod stored_event;
mod sweep;
mod transaction;
pub mod views;

pub use command::{Committed, ExecuteError, Idempotency, Store, WhoAndWhere};
pub use database::{Database, EnvironmentError, Tables};
pub use digest_mover::DigestMover;
pub use error::StoreError;
pub use event_store::{History, Loaded, RecordedEvent};
pub use keyring_editor::{EditError, KeyringEditor, Rotated, SETTLED};
pub use keyring_source::{KeyringError, KeyringSource};
pub use keyring_use::{KeyringUse, VersionUse};
pub use rebuild::{Drift, DriftProblem, Progress, Report};
pub use replay_guard::{ReplayGuard, Use};
pub use resealing::{Resealed, ResealingError};
pub use transaction::Refusal;
pub use views::credential::{Credential, CredentialReader, Status};
pub use views::key_list::{KeyFilter, KeyPage, KeySummary};
pub use views::standing::AccountStanding;
