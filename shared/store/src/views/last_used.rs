//! `USED#<account>` / `<key id>`: when a key was last used, as far as it is known.
//!
//! These rows follow from no event, and nothing is decided by them: they are the only ones that are read without
//! consistency. One that can't be read is one that is not there.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::{AccountId, KeyId, Timestamp};

use super::text;
use crate::stored_event::Item;
use crate::transaction::primary_key;
use crate::{Store, StoreError};

const LAST_USED_AT: &str = "last_used_at";

fn partition(account: &AccountId) -> String {
    format!("USED#{account}")
}

pub(crate) fn row(account: &AccountId, key: &KeyId, at: Timestamp) -> Item {
    let mut row = primary_key(partition(account), key.to_string());
    row.insert(LAST_USED_AT.to_owned(), AttributeValue::S(at.to_string()));
    row
}

fn instant(row: &Item) -> Option<Timestamp> {
    text(row, LAST_USED_AT)?.parse().ok()
}

impl Store {
    /// When a key of this account was last used, to 15 minutes. `None`: never, or it is not known.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_used(
        &self,
        account: &AccountId,
        key: &KeyId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let answer = self
            .database
            .client
            .get_item()
            .table_name(&self.database.tables.views)
            .set_key(Some(primary_key(partition(account), key.to_string())))
            .send()
            .await
            .map_err(StoreError::unavailable("read when a key was last used"))?;
        Ok(answer.item.as_ref().and_then(instant))
    }

    /// The same for the answer to a command. That was carried out, so it is answered with success whatever becomes of this
    /// read: `None`, too, if it fails.
    pub async fn last_used_if_known(&self, account: &AccountId, key: &KeyId) -> Option<Timestamp> {
        self.last_used(account, key).await.unwrap_or_else(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(%key, error, "answered without the last use");
            None
        })
    }

    /// When each of these keys of an account was last used; one that is not there never was, or it is not known. Reads the
    /// rows from the least to the greatest id, which is the order of creation, and holds those that were asked for.
    pub(crate) async fn last_used_of(
        &self,
        account: &AccountId,
        keys: &BTreeSet<&str>,
    ) -> Result<HashMap<String, Timestamp>, StoreError> {
        let mut found = HashMap::new();
        let (Some(first), Some(last)) = (keys.first(), keys.last()) else {
            return Ok(found);
        };
        let mut start = None;
        loop {
            let answer = self
                .database
                .client
                .query()
                .table_name(&self.database.tables.views)
                .key_condition_expression("pk = :pk AND sk BETWEEN :first AND :last")
                .expression_attribute_values(":pk", AttributeValue::S(partition(account)))
                .expression_attribute_values(":first", AttributeValue::S((*first).to_owned()))
                .expression_attribute_values(":last", AttributeValue::S((*last).to_owned()))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(StoreError::unavailable("read when keys were last used"))?;
            for row in answer.items.unwrap_or_default() {
                if let (Some(key), Some(at)) = (text(&row, "sk"), instant(&row))
                    && keys.contains(key)
                {
                    found.insert(key.to_owned(), at);
                }
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(found);
            }
        }
    }
}
