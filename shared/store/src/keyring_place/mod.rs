//! Where the keyring is kept: Secrets Manager when deployed, a file on one machine.

pub(crate) mod private_file;
mod secrets_manager;

use std::path::PathBuf;
use std::time::SystemTime;

use aws_sdk_secretsmanager::Client;
use hubkeys_domain::keyring::KeyringDocument;

use crate::KeyringError;

/// One of the two.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    SecretsManager { client: Client, secret: String },
    File(PathBuf),
}

/// What tells one text of the keyring from the one before it, so that a change is made to what was read and to nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    /// Of Secrets Manager; a file has none.
    version_id: Option<String>,
    /// When it was put there. A file does not say: nobody else holds the keyring of a stopped stack.
    pub(crate) since: Option<SystemTime>,
}

impl Place {
    pub(crate) async fn read(&self) -> Result<KeyringDocument, KeyringError> {
        Ok(self.read_edition().await?.0)
    }

    pub(crate) async fn read_edition(&self) -> Result<(KeyringDocument, Edition), KeyringError> {
        let (text, edition) = match self {
            Self::SecretsManager { client, secret } => {
                secrets_manager::read(client, secret).await?
            }
            Self::File(path) => {
                let edition = Edition {
                    version_id: None,
                    since: None,
                };
                (private_file::read(path)?, edition)
            }
        };
        Ok((KeyringDocument::parse(&text)?, edition))
    }

    /// Puts `new` in the place of `old`, if that still stands there: whole, or not at all.
    pub(crate) async fn replace(
        &self,
        (old, edition): (&KeyringDocument, &Edition),
        new: &KeyringDocument,
    ) -> Result<(), KeyringError> {
        match (self, &edition.version_id) {
            (Self::SecretsManager { client, secret }, Some(version_id)) => {
                secrets_manager::replace(client, secret, version_id, &new.text()).await
            }
            (Self::SecretsManager { .. }, None) => Err(KeyringError::Overtaken),
            (Self::File(path), _) => {
                let stands = KeyringDocument::parse(&private_file::read(path)?)?;
                if stands.text() != old.text() {
                    return Err(KeyringError::Overtaken);
                }
                private_file::replace(path, &new.text()).map_err(|source| KeyringError::File {
                    path: path.clone(),
                    source,
                })
            }
        }
    }
}
