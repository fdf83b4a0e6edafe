//! The keyring as who rotates it has it: read, and replaced by one that follows from it.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use aws_sdk_secretsmanager::Client;
use hubkeys_domain::KeyringVersion;
use hubkeys_domain::keyring::{KeyringDocument, KeyringFormatError, RotationError};

use crate::keyring_place::{Edition, Place};
use crate::{KeyringError, KeyringSource, Store, StoreError};

/// For how long the keyring must have stood as it is before a version is taken out of it. Until then somebody who read
/// the one before may make something under the version that was current there; they stop after half of it.
pub const SETTLED: Duration = Duration::from_secs(60 * 60);

/// Changes the keyring. No function has one: the operators' command line alone.
#[derive(Debug)]
pub struct KeyringEditor {
    place: Place,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The version that was current.
    pub from: KeyringVersion,
    /// The version that is.
    pub to: KeyringVersion,
}

/// The keyring could not be changed. It stands as it stood, or one step further: the same again goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It can't be read or written.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// It can't be changed like that.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// The store could not tell who uses it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Live keys can be verified with it only.
    #[error(
        "{live} live keys are stored under version {version} of the keyring: reseal first, and revoke the Basic keys that nobody uses any more"
    )]
    InUse {
        /// The version.
        version: KeyringVersion,
        /// How many.
        live: u64,
    },
    /// Rows that differ from their events may hide who uses it.
    #[error("{0} rows do not follow from their events: run `hubkeys admin rebuild` first")]
    Drift(usize),
    /// Somebody may still make something under it.
    #[error("the keyring was changed less than an hour ago: try again in {} minutes", .0.as_secs().div_ceil(60))]
    NotSettled(Duration),
}

impl From<KeyringFormatError> for EditError {
    fn from(error: KeyringFormatError) -> Self {
        Self::Keyring(error.into())
    }
}

impl KeyringEditor {
    /// Of a secret of Secrets Manager.
    pub fn of_secret(client: Client, secret: impl Into<String>) -> Self {
        let secret = secret.into();
        Self {
            place: Place::SecretsManager { client, secret },
        }
    }

    /// Of a file. Whoever has one keeps others from the file: the stack is stopped and its folder locked.
    pub fn of_file(path: impl Into<PathBuf>) -> Self {
        Self {
            place: Place::File(path.into()),
        }
    }

    /// The keyring as it stands.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub async fn document(&self) -> Result<KeyringDocument, KeyringError> {
        self.place.read().await
    }

    /// The keyring as functions have it.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub async fn source(&self) -> Result<KeyringSource, KeyringError> {
        KeyringSource::of(self.place.clone()).await
    }

    /// Adds a version and makes it current, in two writes: by the time anything is made under it, everybody who looks for
    /// it finds it. A rotation that stopped between them is taken up where it stopped.
    ///
    /// # Errors
    /// [`EditError`].
    pub async fn rotate(&self) -> Result<Rotated, EditError> {
        let (mut document, mut edition) = self.place.read_edition().await?;
        let from = document.current().clone();
        if document.next().is_none() {
            let longer = document.with_new_version()?;
            self.place.replace((&document, &edition), &longer).await?;
            // Read back: what is not to be had from where it was put must not become current.
            (document, edition) = self.place.read_edition().await?;
            if document.text() != longer.text() {
                return Err(KeyringError::Overtaken.into());
            }
        }
        let to = document.next().cloned().ok_or(KeyringError::Overtaken)?;
        let rotated = document.with_current(&to)?;
        self.place.replace((&document, &edition), &rotated).await?;
        Ok(Rotated { from, to })
    }

    /// Takes a version out of the keyring that no live key is stored under. Revoked keys do not count: they never verify
    /// again, with or without it.
    ///
    /// # Errors
    /// [`EditError`].
    pub async fn prune(&self, store: &Store, version: &KeyringVersion) -> Result<(), EditError> {
        let (document, edition) = self.place.read_edition().await?;
        let pruned = document.without(version)?;
        require_settled(&edition)?;
        // What is counted are rows. They are what verify reads, and a rebuild makes them from the events: both must
        // agree that nobody needs the version.
        let drift = store.check(|_| ()).await?.drift.len();
        if drift > 0 {
            return Err(EditError::Drift(drift));
        }
        let live = store.keyring_use().await?.live_under(version);
        if live > 0 {
            let version = version.clone();
            return Err(EditError::InUse { version, live });
        }
        Ok(self.place.replace((&document, &edition), &pruned).await?)
    }
}

fn require_settled(edition: &Edition) -> Result<(), EditError> {
    let Some(since) = edition.since else {
        return Ok(());
    };
    // A clock that stands before it knows nothing of how long that is ago.
    let age = SystemTime::now().duration_since(since).unwrap_or_default();
    match SETTLED.checked_sub(age) {
        None | Some(Duration::ZERO) => Ok(()),
        Some(left) => Err(EditError::NotSettled(left)),
    }
}
