//! Where the keyring is kept: Secrets Manager when deployed, a file on one machine.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;
use hubkeys_domain::KeyringVersion;
use hubkeys_domain::keyring::{Keyring, KeyringFormatError};
use rustix::fs::OFlags;
use tokio::sync::Mutex;
use tokio::time::Instant;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::EnvironmentError;
use crate::database::setting;

/// The keyring, read once, and again when a credential names a version it has not got.
#[derive(Debug)]
pub struct KeyringSource {
    place: Place,
    held: Mutex<Held>,
}

#[derive(Debug)]
enum Place {
    SecretsManager { client: Client, secret: String },
    File(PathBuf),
}

#[derive(Debug)]
struct Held {
    keyring: Arc<Keyring>,
    read_at: Instant,
}

/// A version that is missing is looked for this often at most: rows that name one which never existed must not turn
/// every verify into a call to Secrets Manager.
const BETWEEN_READS: Duration = Duration::from_secs(5);

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
        make_if_missing(&path).map_err(|source| KeyringError::File {
            path: path.clone(),
            source,
        })?;
        Self::of(Place::File(path)).await
    }

    async fn of(place: Place) -> Result<Self, KeyringError> {
        let keyring = Arc::new(place.read().await?);
        Ok(Self {
            place,
            held: Mutex::new(Held {
                keyring,
                read_at: Instant::now(),
            }),
        })
    }

    /// The keyring as it was read last.
    pub async fn current(&self) -> Arc<Keyring> {
        Arc::clone(&self.held.lock().await.keyring)
    }

    /// The keyring, read anew if it lacks `version` and was not read just now. One reader at a time: the others wait for
    /// what it finds.
    ///
    /// # Errors
    /// [`KeyringError`] from reading it anew. A version that is still missing is found out by opening with it.
    pub async fn with_version(
        &self,
        version: &KeyringVersion,
    ) -> Result<Arc<Keyring>, KeyringError> {
        let mut held = self.held.lock().await;
        if !held.keyring.has_version(version) && held.read_at.elapsed() >= BETWEEN_READS {
            held.read_at = Instant::now();
            held.keyring = Arc::new(self.place.read().await?);
            tracing::info!(current = %held.keyring.current(), "keyring read anew");
        }
        Ok(Arc::clone(&held.keyring))
    }
}

impl Place {
    async fn read(&self) -> Result<Keyring, KeyringError> {
        let text = match self {
            Self::SecretsManager { client, secret } => {
                let answer = client.get_secret_value().secret_id(secret).send().await;
                let answer =
                    answer.map_err(|error| KeyringError::SecretsManager(Box::new(error)))?;
                Zeroizing::new(answer.secret_string.unwrap_or_default())
            }
            Self::File(path) => read_private(path)?,
        };
        Ok(Keyring::parse(&text)?)
    }
}

fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyringError> {
    let failed = |source| KeyringError::File {
        path: path.to_owned(),
        source,
    };
    // What a link points to may be anybody's.
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed())
        .open(path)
        .map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyringError::NotPrivate(path.to_owned()));
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Written whole under another name first, then linked: a crash leaves no half keyring, and of two processes that start
/// at once one makes it and both read the same.
fn make_if_missing(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let text = Keyring::generate_text().map_err(io::Error::other)?;
    // A name of its own: two in one process must not write into each other's draft either.
    let draft = path.with_extension(format!("{}.draft", Uuid::now_v7()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        // What is sealed under a keyring that a power cut takes away is lost: its name must be on the disk too.
        _ => File::open(folder_of(path))?.sync_all(),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
