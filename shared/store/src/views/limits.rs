//! `ACCOUNT#<id>` / `LIMITS`: how many live keys an account has. `version` counts the changes, so that a recount can tell
//! whether it was overtaken.

use hubkeys_domain::AccountId;

use super::credential::Status;
use super::{number, text};
use crate::stored_event::Item;
use crate::{Store, StoreError};

pub(crate) const SORT_KEY: &str = "LIMITS";

pub(crate) fn key(account: &AccountId) -> (String, String) {
    (format!("ACCOUNT#{account}"), SORT_KEY.to_owned())
}

/// Whether the key of this row of a list takes one of its account's places. A disabled one does: it comes back.
pub(crate) fn takes_place(listed: &Item) -> bool {
    text(listed, "status") != Some(Status::Revoked.as_str())
}

impl Store {
    /// How many live keys an account has: one consistent read. Only for people: a create counts in its transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn live_keys(&self, account: &AccountId) -> Result<u32, StoreError> {
        let row = self.database.row(&key(account)).await?;
        let live = row.as_ref().and_then(|row| number(row, "live"));
        // A count that drifted below 0 is 0 to whoever reads it, until a rebuild mends it.
        Ok(live.map_or(0, |live| u32::try_from(live).unwrap_or(0)))
    }
}
