//! The rows of the views table, one file a kind of row.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::stored_event::Item;
use crate::transaction::primary_key;
use crate::{Database, StoreError};

pub mod credential;
pub mod idempotency;
pub mod key_list;
pub mod last_used;
pub mod lease;
pub mod limits;
pub mod moved;
pub mod standing;

/// A row with its keys around what it says.
#[derive(Serialize)]
struct Row<T> {
    pk: String,
    sk: String,
    #[serde(flatten)]
    content: T,
}

pub(crate) fn to_row<T: Serialize>(
    (pk, sk): (String, String),
    content: T,
) -> Result<Item, StoreError> {
    let name = format!("row {pk}/{sk}");
    serde_dynamo::to_item(Row { pk, sk, content })
        .map_err(|error| StoreError::unreadable(name, error))
}

pub(crate) fn from_row<T: DeserializeOwned>(
    (pk, sk): &(String, String),
    item: Item,
) -> Result<T, StoreError> {
    serde_dynamo::from_item(item)
        .map_err(|error| StoreError::unreadable(format!("row {pk}/{sk}"), error))
}

impl Database {
    /// One row of the views, by a consistent read.
    pub(crate) async fn row(
        &self,
        (pk, sk): &(String, String),
    ) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.tables.views)
            .set_key(Some(primary_key(pk.clone(), sk.clone())))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable("read a row"))?;
        Ok(answer.item)
    }
}

/// A text attribute of a row.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

/// A whole number of a row.
pub(crate) fn number(item: &Item, name: &str) -> Option<i64> {
    match item.get(name) {
        Some(AttributeValue::N(number)) => number.parse().ok(),
        _ => None,
    }
}
