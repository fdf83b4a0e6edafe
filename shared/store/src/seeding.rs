//! What commands would have left, in bulk: the rows of streams that a benchmark makes up. By the very code that commits, so
//! that a check finds nothing to mend. Only `bench` has this: nothing that is deployed can write an event without a command.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use hubkeys_domain::account::{Account, AccountEvent};
use hubkeys_domain::api_key::{ApiKey, ApiKeyEvent};
use hubkeys_domain::{AccountId, KeyId};

use crate::StoreError;
use crate::event_store::{record, replay};
use crate::projection::Projected;
use crate::stored_event::{Metadata, encode};
use crate::transaction::primary_key;
use crate::views::limits;

/// The rows of one stream.
#[derive(Clone, Debug, Default)]
pub struct SeedRows {
    /// For the table of events.
    pub events: Vec<HashMap<String, AttributeValue>>,
    /// For the table of views.
    pub views: Vec<HashMap<String, AttributeValue>>,
}

impl SeedRows {
    /// Of a key to which this happened.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`]: an event or a row that can't be written.
    pub fn of_key(id: &KeyId, events: Vec<ApiKeyEvent>) -> Result<Self, StoreError> {
        Self::of::<ApiKey>(id.as_str(), events)
    }

    /// Of an account to which this happened and that has `live` keys, counted in `changes` transactions.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`]: an event or a row that can't be written.
    pub fn of_account(
        id: &AccountId,
        events: Vec<AccountEvent>,
        live: u32,
        changes: u32,
    ) -> Result<Self, StoreError> {
        let mut rows = Self::of::<Account>(id.as_str(), events)?;
        let (pk, sk) = limits::key(id);
        let mut counted = primary_key(pk, sk);
        counted.insert("live".to_owned(), AttributeValue::N(live.to_string()));
        counted.insert("version".to_owned(), AttributeValue::N(changes.to_string()));
        rows.views.push(counted);
        Ok(rows)
    }

    fn of<A: Projected>(id: &str, events: Vec<A::Event>) -> Result<Self, StoreError> {
        let stream = A::stream(id);
        let history = record(events, 0, "seed");
        let mut rows = Self::default();
        for recorded in &history {
            let metadata = Metadata {
                event_id: recorded.event_id.clone(),
                request_id: recorded.request_id.clone(),
            };
            let event = encode(&stream, recorded.sequence, &recorded.event, &metadata)?;
            rows.events.push(event);
        }
        let loaded = replay::<A>(id, history);
        rows.views = loaded.aggregate.rows(id, loaded.version)?;
        Ok(rows)
    }
}
