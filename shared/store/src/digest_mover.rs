//! Digests of Basic secrets under the keyring's current version, proposed beside verify's answers and never in their way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hubkeys_domain::keyring::MovedDigest;
use hubkeys_domain::{KeyId, Timestamp};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::views::moved;
use crate::{Database, StoreError};

/// Puts proposals, and can do nothing else. It reads nothing, and what it puts is no key's row.
#[derive(Clone, Debug)]
pub struct DigestMover {
    database: Database,
    /// What this instance proposed, key by key.
    proposed: Arc<Mutex<HashMap<KeyId, Timestamp>>>,
    under_way: Arc<Semaphore>,
}

/// How long an instance does not propose the same key again. A proposal that was lost is made by another instance, or then.
const INTERVAL: Duration = Duration::from_hours(1);
/// How many keys an instance remembers to have proposed. Beyond it, it proposes no more until some may be forgotten.
const REMEMBERED: usize = 10_000;
/// How many proposals are under way at once. There are no further ones then: the key's next request makes its own.
const AT_ONCE: u32 = 8;

impl DigestMover {
    /// A mover on this database.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            proposed: Arc::default(),
            under_way: Arc::new(Semaphore::new(AT_ONCE as usize)),
        }
    }

    /// Proposes the digest that `make` gives, unless this instance has proposed one of this key in the hour before. Returns
    /// at once: the write goes on by itself, and one that fails is nothing but a proposal less. Call it in a Tokio runtime.
    pub fn propose(&self, key: &KeyId, at: Timestamp, make: impl FnOnce() -> Option<MovedDigest>) {
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        // Under the lock from the look to the note, so that of many requests at once one proposes.
        let mut proposed = self.proposed.lock().unwrap_or_else(PoisonError::into_inner);
        if proposed
            .get(key)
            .is_some_and(|last| at < last.plus(INTERVAL))
        {
            return;
        }
        if proposed.len() >= REMEMBERED {
            proposed.retain(|_, last| at < last.plus(INTERVAL));
            if proposed.len() >= REMEMBERED {
                return;
            }
        }
        let Ok(permit) = Arc::clone(&self.under_way).try_acquire_owned() else {
            return;
        };
        let Some(digest) = make() else {
            return;
        };
        // Noted before it is written: a table that can't take the write is not asked again by every request.
        proposed.insert(key.clone(), at);
        drop(proposed);
        let (database, key) = (self.database.clone(), key.clone());
        runtime.spawn(async move {
            if let Err(error) = put(&database, &key, digest, at).await {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(%key, error, "the digest of a key was not proposed");
            }
            drop(permit);
        });
    }

    /// Waits until no proposal is under way.
    pub async fn settled(&self) {
        // Nobody closes the semaphore, so this fails never; and if it did, there would be nothing to wait for.
        let _ = self.under_way.acquire_many(AT_ONCE).await;
    }
}

async fn put(
    database: &Database,
    key: &KeyId,
    digest: MovedDigest,
    at: Timestamp,
) -> Result<(), StoreError> {
    database
        .client
        .put_item()
        .table_name(&database.tables.views)
        .set_item(Some(moved::row(key, digest, at)?))
        .send()
        .await
        .map_err(StoreError::unavailable("propose a digest"))?;
    Ok(())
}
