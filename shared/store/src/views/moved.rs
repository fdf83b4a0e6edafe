//! `MOVED#<key>` / `DIGEST`: the digest of a Basic secret, made anew under the keyring's current version by a verify that
//! was shown the secret. A proposal: it counts for nothing until a reseal has found it proven and made an event of it.

use std::time::Duration;

use hubkeys_domain::keyring::MovedDigest;
use hubkeys_domain::{KeyId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{from_row, to_row};
use crate::stored_event::Item;
use crate::transaction::Write;
use crate::{Store, StoreError};

/// How long a proposal waits for a reseal.
const WAITS: Duration = Duration::from_hours(30 * 24);

#[derive(Serialize, Deserialize)]
struct Content {
    #[serde(flatten)]
    digest: MovedDigest,
    /// DynamoDB's time to live, in seconds since the epoch. An expired one that is still there is as good as any.
    expires: i64,
}

fn key(id: &KeyId) -> (String, String) {
    (format!("MOVED#{id}"), "DIGEST".to_owned())
}

pub(crate) fn row(id: &KeyId, digest: MovedDigest, at: Timestamp) -> Result<Item, StoreError> {
    let expires = at.plus(WAITS).as_seconds();
    to_row(key(id), Content { digest, expires })
}

/// Takes the proposal away, together with what was made of it.
pub(crate) fn remove(id: &KeyId) -> Write {
    let (pk, sk) = key(id);
    Write::delete(pk, sk)
}

impl Store {
    /// The digest that was proposed for this key, if one was.
    pub(crate) async fn proposed_digest(
        &self,
        id: &KeyId,
    ) -> Result<Option<MovedDigest>, StoreError> {
        let key = key(id);
        match self.database.row(&key).await? {
            Some(item) => from_row::<Content>(&key, item).map(|content| Some(content.digest)),
            None => Ok(None),
        }
    }
}
