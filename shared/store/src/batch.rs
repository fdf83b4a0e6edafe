//! Many rows by their keys at once.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::KeysAndAttributes;

use crate::backoff::{ATTEMPTS, pause};
use crate::stored_event::Item;
use crate::transaction::{keys_of, primary_key};
use crate::{Database, StoreError};

/// What DynamoDB takes at once.
pub(crate) const MOST_KEYS: usize = 100;

/// Rows by their keys. One that is not among them is not in the table.
pub(crate) type Found = HashMap<(String, String), Item>;

impl Database {
    /// The rows of `table` with these keys, at most [`MOST_KEYS`] of them: each by a consistent read, and no two at the same instant.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if DynamoDB leaves the same keys unread again and again; [`StoreError::Unavailable`].
    pub(crate) async fn rows_at(
        &self,
        table: &str,
        keys: BTreeSet<(String, String)>,
    ) -> Result<Found, StoreError> {
        let mut found = Found::with_capacity(keys.len());
        let mut left: Vec<Item> = keys
            .into_iter()
            .map(|(pk, sk)| primary_key(pk, sk))
            .collect();
        let mut attempt = 1;
        while !left.is_empty() {
            let asked = left.len();
            let keys = KeysAndAttributes::builder()
                .set_keys(Some(left))
                .consistent_read(true)
                .build()
                .map_err(StoreError::unavailable("ask for rows"))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(table, keys)
                .send()
                .await
                .map_err(StoreError::unavailable("read rows"))?;
            for row in answer
                .responses
                .into_iter()
                .flatten()
                .flat_map(|(_, rows)| rows)
            {
                found.insert(keys_of(&row), row);
            }
            // It reads as much as it has capacity for, and names the rest: that was not looked for. Taken for absent, a rebuild
            // would report it as missing and write it.
            let unread = answer
                .unprocessed_keys
                .and_then(|mut unread| unread.remove(table));
            left = unread.map(|unread| unread.keys).unwrap_or_default();
            if left.is_empty() {
                break;
            }
            attempt = if left.len() < asked { 1 } else { attempt + 1 };
            if attempt > ATTEMPTS {
                return Err(StoreError::Busy { attempts: ATTEMPTS });
            }
            pause(attempt).await;
        }
        Ok(found)
    }
}
