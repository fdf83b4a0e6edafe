//! `REPLAY#<key>#<what>` / `SEEN`: which signatures have been used, so that each is good for one use only.

use std::time::Duration;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use hubkeys_domain::{KeyId, Timestamp};
use uuid::Uuid;

use crate::transaction::primary_key;
use crate::views::text;
use crate::{Database, StoreError};

/// Remembers used signatures. All it can do is put such a row where there is none.
#[derive(Clone, Debug)]
pub struct ReplayGuard {
    database: Database,
}

/// Whether a signature was used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// This is its first use, and from now on it is used.
    First,
    /// It was used before.
    Again,
}

/// How much longer than it is good a signature is remembered: the clocks that decide how long it is good may be this far
/// apart.
const MARGIN: Duration = Duration::from_secs(300);

impl ReplayGuard {
    /// A guard on this database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Uses a signature of `key` that is good until `good_until`: one conditional put, so that of any number of uses at
    /// once, anywhere, one is the first. `what` tells the signature from all others of the key, by at most 300 bytes.
    ///
    /// # Errors
    /// [`StoreError`]; then it is not known whether the signature was used, and nothing may be decided.
    pub async fn use_once(
        &self,
        key: &KeyId,
        what: &str,
        good_until: Timestamp,
    ) -> Result<Use, StoreError> {
        // Tells our own row, whose answer was lost and which the SDK puts again, from somebody else's.
        let attempt = Uuid::now_v7().to_string();
        let mut row = primary_key(format!("REPLAY#{key}#{what}"), "SEEN".to_owned());
        row.insert("attempt".to_owned(), AttributeValue::S(attempt.clone()));
        let expires = good_until.plus(MARGIN).as_seconds();
        row.insert("expires".to_owned(), AttributeValue::N(expires.to_string()));
        let answer = self
            .database
            .client
            .put_item()
            .table_name(&self.database.tables.views)
            .set_item(Some(row))
            // Not even an expired row makes place: a signature that old is refused by its date.
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Use::First),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    let ours = failed
                        .item()
                        .is_some_and(|row| text(row, "attempt") == Some(&attempt));
                    Ok(if ours { Use::First } else { Use::Again })
                }
                _ => Err(StoreError::unavailable("remember a signature")(error)),
            },
        }
    }
}
