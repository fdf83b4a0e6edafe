//! `ACCOUNT#<id>` / `STANDING`: whether an account may have keys.

use hubkeys_domain::account::{Account, Standing};
use hubkeys_domain::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{from_row, to_row};
use crate::stored_event::Item;
use crate::{Store, StoreError};

/// How an account stands, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStanding {
    /// How it stands. An account nobody has opened is unverified.
    pub standing: Standing,
    /// When that was last changed.
    pub standing_since: Option<Timestamp>,
    /// When it was opened, if it was.
    pub opened_at: Option<Timestamp>,
    /// The version of the account's stream this follows from; 0 if it was never opened.
    pub version: u64,
}

impl From<AccountStanding> for Account {
    fn from(standing: AccountStanding) -> Self {
        Self {
            opened_at: standing.opened_at,
            standing: standing.standing,
            standing_since: standing.standing_since,
        }
    }
}

pub(crate) const SORT_KEY: &str = "STANDING";

pub(crate) fn key(id: &str) -> (String, String) {
    (format!("ACCOUNT#{id}"), SORT_KEY.to_owned())
}

pub(crate) fn row(id: &str, account: &Account, version: u64) -> Result<Item, StoreError> {
    let standing = AccountStanding {
        standing: account.standing,
        standing_since: account.standing_since,
        opened_at: account.opened_at,
        version,
    };
    to_row(key(id), standing)
}

impl Store {
    /// How an account stands now: one consistent read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing(&self, id: &AccountId) -> Result<AccountStanding, StoreError> {
        let key = key(id.as_str());
        match self.database.row(&key).await? {
            Some(item) => from_row(&key, item),
            None => Ok(AccountStanding::default()),
        }
    }
}
