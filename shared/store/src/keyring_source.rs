//! The keyring as functions have it: read, and never written.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use hubkeys_domain::KeyringVersion;
use hubkeys_domain::keyring::{Keyring, KeyringFormatError};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::EnvironmentError;
use crate::database::setting;
use crate::keyring_place::{Place, private_file};

/// The keyring, read once, and again when a credential names a version it has not got or when what is made with it must
/// not be made under a version that is no longer current.
#[derive(Debug)]
pub struct KeyringSource {
    place: Place,
    held: Mutex<Held>,
    /// Held while it is read: one reader at a time, and nobody who needs no reading waits for one.
    reading: tokio::sync::Mutex<Looked>,
}

#[derive(Clone, Debug)]
struct Held {
    keyring: Arc<Keyring>,
    read_at: Instant,
    read_on: SystemTime,
}

/// What was looked for in vain, and when.
#[derive(Debug, Default)]
struct Looked {
    /// Versions that were not there.
    missing: BTreeMap<KeyringVersion, Instant>,
    /// The keyring itself.
    failed: Option<Instant>,
}

/// A version that was not found is looked for this often at most: rows that name one which never existed must not turn
/// every verify into a call to Secrets Manager. One that is met for the first time is looked for at once, or a key made
/// just after a rotation could not be verified for as long as this.
const BETWEEN_READS: Duration = Duration::from_secs(5);
/// How many missing versions are told apart. Beyond it they share one bound.
const MISSING: usize = 16;

/// After this time whoever makes something new with the keyring reads it again.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// After this time nothing new is made with it at all, should it not be readable. A version is removed no earlier than an
/// hour after it stopped being current ([`SETTLED`](crate::keyring_editor::SETTLED)), so nobody makes anything under one
/// that is being removed.
const STALE: Duration = Duration::from_secs(30 * 60);

/// The keyring can't be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyringError {
    /// Secrets Manager did not give it.
    #[error("Secrets Manager did not give the keyring")]
    SecretsManager(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The file can't be read or made.
    #[error("the keyring file {path} can't be read or made")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Others than its owner may read the file.
    #[error(
        "the keyring file {0} may be read by others: make it private (chmod 600) and rotate the keyring"
    )]
    NotPrivate(PathBuf),
    /// It is not a keyring.
    #[error("the keyring can't be used")]
    Format(#[from] KeyringFormatError),
    /// Secrets Manager did not take the changed one.
    #[error("Secrets Manager did not take the keyring")]
    NotTaken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Somebody else has changed it since it was read.
    #[error("somebody else has changed the keyring meanwhile: look at it, and try again")]
    Overtaken,
    /// The environment does not say where it is.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
}

impl KeyringSource {
    /// The keyring of a deployed function: the secret that `KEYRING_SECRET` names.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub async fn from_env(config: &SdkConfig) -> Result<Self, KeyringError> {
        let place = Place::SecretsManager {
            client: Client::new(config),
            secret: setting("KEYRING_SECRET")?,
        };
        Self::of(place).await
    }

    /// The keyring in a file of mode 0600, made with one new version if there is none.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub async fn from_file(path: impl Into<PathBuf>) -> Result<Self, KeyringError> {
        let path = path.into();
        private_file::make_if_missing(&path).map_err(|source| KeyringError::File {
            path: path.clone(),
            source,
        })?;
        Self::of(Place::File(path)).await
    }

    pub(crate) async fn of(place: Place) -> Result<Self, KeyringError> {
        let held = Held::now(place.read().await?.keyring()?);
        Ok(Self {
            place,
            held: Mutex::new(held),
            reading: tokio::sync::Mutex::default(),
        })
    }

    /// The keyring as it was read last.
    pub async fn current(&self) -> Arc<Keyring> {
        self.held().keyring
    }

    /// The keyring, read anew if it lacks `version` and that was not looked for in vain just now. One reader at a time:
    /// the others wait for what it finds.
    ///
    /// # Errors
    /// [`KeyringError`] from reading it anew. A version that is still missing is found out by opening with it.
    pub async fn with_version(
        &self,
        version: &KeyringVersion,
    ) -> Result<Arc<Keyring>, KeyringError> {
        let held = self.held();
        if held.keyring.has_version(version) {
            return Ok(held.keyring);
        }
        let mut looked = self.reading.lock().await;
        let missing = &mut looked.missing;
        let held = self.held();
        let looked_for = match missing.get(version) {
            Some(at) => Some(*at),
            None if missing.len() >= MISSING => Some(held.read_at),
            None => None,
        };
        if held.keyring.has_version(version)
            || looked_for.is_some_and(|at| at.elapsed() < BETWEEN_READS)
        {
            return Ok(held.keyring);
        }
        if missing.len() < MISSING || missing.contains_key(version) {
            missing.insert(version.clone(), Instant::now());
        }
        // Apart, or every verify would carry its 5 KB.
        let keyring = Box::pin(self.read_anew()).await?;
        missing.retain(|version, _| !keyring.has_version(version));
        Ok(keyring)
    }

    /// The keyring to make something new with: as it was in the last 5 minutes or, while it can't be read, in the last 30.
    ///
    /// # Errors
    /// [`KeyringError`]: it can't be read, and what is held is too old to make anything with.
    pub async fn recent(&self) -> Result<Arc<Keyring>, KeyringError> {
        if self.is_recent() {
            return Ok(self.held().keyring);
        }
        let mut looked = self.reading.lock().await;
        let held = self.held();
        let failed_just_now = looked.failed.is_some_and(|at| at.elapsed() < BETWEEN_READS);
        let age = held.age();
        if age < FRESH || (age < STALE && failed_just_now) {
            return Ok(held.keyring);
        }
        let read = self.read_anew().await;
        looked.failed = read.is_err().then(Instant::now);
        match read {
            Err(error) if age < STALE => {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "the keyring can't be read anew");
                Ok(held.keyring)
            }
            read => read,
        }
    }

    /// Has it read anew if it was not in the last 5 minutes. Returns at once: what is read is there for whoever comes next,
    /// and if it can't be, what is held stays. Call it in a Tokio runtime.
    pub fn refresh(self: &Arc<Self>) {
        // Somebody who reads it already does it for everybody.
        if self.is_recent() || self.reading.try_lock().is_err() {
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            let source = Arc::clone(self);
            runtime.spawn(async move {
                if let Err(error) = source.recent().await {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "the keyring can't be read anew");
                }
            });
        }
    }

    fn is_recent(&self) -> bool {
        self.held().age() < FRESH
    }

    async fn read_anew(&self) -> Result<Arc<Keyring>, KeyringError> {
        let held = Held::now(self.place.read().await?.keyring()?);
        tracing::info!(current = %held.keyring.current(), "keyring read anew");
        let keyring = Arc::clone(&held.keyring);
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = held;
        Ok(keyring)
    }

    fn held(&self) -> Held {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }
}

impl Held {
    fn now(keyring: Keyring) -> Self {
        Self {
            keyring: Arc::new(keyring),
            read_at: Instant::now(),
            read_on: SystemTime::now(),
        }
    }

    /// By both clocks: that of the process stands still while Lambda has it frozen, and the other one may be set back.
    fn age(&self) -> Duration {
        let on_the_wall = self.read_on.elapsed().unwrap_or_default();
        self.read_at.elapsed().max(on_the_wall)
    }
}
