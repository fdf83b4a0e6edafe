//! Every live key moved to the current version of the keyring: sealed secrets at once, digests as far as they were
//! proposed since ([`DigestMover`](crate::DigestMover)).
//!
//! Key by key, each in one transaction that is conditioned on the key's stream: it runs beside everything else, and may end
//! anywhere. What was moved stays moved, what was not opens under the version it has.

use std::time::{Duration, Instant, SystemTime};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use hubkeys_domain::api_key::{ApiKey, ApiKeyCommand, Key};
use hubkeys_domain::keyring::{Keyring, NotAccepted};
use hubkeys_domain::{KeyId, Operator, StoredSecret, Timestamp};

use crate::views::moved;
use crate::{ExecuteError, KeyringError, KeyringSource, Status, Store, StoreError, WhoAndWhere};

/// How many keys are moved at once: each takes a read and a transaction, and waits for both most of the time.
const AT_ONCE: usize = 8;
const PATIENCE: Duration = Duration::from_secs(30);

/// How far it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Keys looked at.
    pub keys: u64,
    /// HMAC keys whose secret was sealed anew.
    pub sealed: u64,
    /// Basic keys whose proposed digest was taken.
    pub digests: u64,
    /// Basic keys for which there is no digest yet: nobody presented their secret since the rotation.
    pub waiting: u64,
    /// Keys that could not be moved, and stay as they are.
    pub failed: Vec<(KeyId, String)>,
}

/// It had to end. The same again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ResealingError {
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring can't be read.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The clock can't be read, or stands before 1970.
    #[error("the clock can't be read")]
    Clock,
}

/// What became of one key.
enum Became {
    Sealed,
    Moved,
    /// It is where it should be, or revoked.
    Nothing,
    Waiting,
    Failed(String),
}

impl Store {
    /// Moves every live key to the current version of the keyring, as far as that can be done without its secret.
    ///
    /// # Errors
    /// [`ResealingError`]; what was moved stays moved.
    pub async fn reseal(
        &self,
        keyring: &KeyringSource,
        by: &Operator,
        request_id: &str,
        mut progress: impl FnMut(&Resealed),
    ) -> Result<Resealed, ResealingError> {
        let mut report = Resealed::default();
        let mut page = None;
        loop {
            let (credentials, next) = self.database.credential_page(page).await?;
            let mut moves = stream::iter(credentials)
                .map(|(id, credential)| async move {
                    let keyring = keyring.recent().await?;
                    let behind = credential.secret.keyring() < keyring.current();
                    // A disabled key comes back, and must find its version in the keyring then.
                    let became = if behind && credential.status != Status::Revoked {
                        self.reseal_key(&id, &keyring, by, request_id).await?
                    } else {
                        Became::Nothing
                    };
                    Ok::<_, ResealingError>((id, became))
                })
                .buffer_unordered(AT_ONCE);
            while let Some((id, became)) = moves.try_next().await? {
                report.add(id, became);
                progress(&report);
            }
            page = next;
            if page.is_none() {
                return Ok(report);
            }
        }
    }

    async fn reseal_key(
        &self,
        id: &KeyId,
        keyring: &Keyring,
        by: &Operator,
        request_id: &str,
    ) -> Result<Became, ResealingError> {
        // The row only says where to look: what is moved is what the events say.
        let loaded = self.database.load::<ApiKey>(id.as_str()).await?;
        let Some(key) = loaded.aggregate.key().filter(|key| key.is_live()) else {
            return Ok(Became::Nothing);
        };
        if key.secret.keyring() >= keyring.current() {
            return Ok(Became::Nothing);
        }
        let (secret, became) = match &key.secret {
            StoredSecret::Sealed { .. } => match keyring.reseal(id.as_str(), &key.secret) {
                Ok(secret) => (secret, Became::Sealed),
                Err(error) => return Ok(Became::Failed(error.to_string())),
            },
            StoredSecret::Digest { .. } => match self.digest_for(key, keyring).await {
                Ok(Some(secret)) => (secret, Became::Moved),
                Ok(None) => return Ok(Became::Waiting),
                Err(Proposal::None(error)) => return Ok(Became::Failed(error.to_string())),
                Err(Proposal::Store(error)) => return Err(error.into()),
            },
        };
        let command = ApiKeyCommand::Reseal {
            from: key.secret.clone(),
            secret,
            by: by.clone(),
            at: Timestamp::try_from(SystemTime::now()).map_err(|_| ResealingError::Clock)?,
        };
        let context = WhoAndWhere {
            request_id: request_id.to_owned(),
            deadline: Instant::now() + PATIENCE,
        };
        // With the event goes what it was made of.
        let additions = match became {
            Became::Moved => vec![moved::remove(id)],
            _ => Vec::new(),
        };
        let committed = self
            .execute::<ApiKey>(id.as_str(), command, additions, &context)
            .await;
        Ok(match committed {
            Ok(committed) if committed.changed => became,
            Ok(_) => Became::Nothing,
            Err(ExecuteError::Domain(error)) => Became::Failed(error.to_string()),
            Err(ExecuteError::Refused(error)) => Became::Failed(error.to_string()),
            Err(ExecuteError::Store(error)) => return Err(error.into()),
        })
    }

    /// The digest that may replace the key's, if one was proposed.
    async fn digest_for(
        &self,
        key: &Key,
        keyring: &Keyring,
    ) -> Result<Option<StoredSecret>, Proposal> {
        let moved = match self.proposed_digest(&key.id).await {
            Ok(Some(moved)) => moved,
            Ok(None) => return Ok(None),
            // Whoever put it there: it is none.
            Err(StoreError::Unreadable { .. }) => return Ok(None),
            Err(error) => return Err(Proposal::Store(error)),
        };
        match keyring.accept_moved(key.id.as_str(), &key.secret, &moved) {
            Ok(secret) => Ok(Some(secret)),
            // Made before the last rotation: the next request makes another one.
            Err(NotAccepted::NotCurrent(_)) => Ok(None),
            Err(error) => Err(Proposal::None(error)),
        }
    }
}

enum Proposal {
    None(NotAccepted),
    Store(StoreError),
}

impl Resealed {
    fn add(&mut self, id: KeyId, became: Became) {
        self.keys += 1;
        match became {
            Became::Nothing => {}
            Became::Sealed => self.sealed += 1,
            Became::Moved => self.digests += 1,
            Became::Waiting => self.waiting += 1,
            Became::Failed(why) => self.failed.push((id, why)),
        }
    }
}
