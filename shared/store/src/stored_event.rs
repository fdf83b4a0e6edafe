//! One event as a row of the events table.
//!
//! `{pk, sk, type, schema, payload, metadata: {event_id, request_id}}`. Type and schema are stored so that old events
//! decode for ever: a type or schema this code does not know is an error, never skipped.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use cqrs_es::DomainEvent;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::StoreError;

pub(crate) type Item = HashMap<String, AttributeValue>;

/// What an event's row holds beside the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    /// A UUIDv7 of our making: tells a write that had already succeeded from somebody else's.
    pub event_id: String,
    /// The request that caused it.
    pub request_id: String,
}

#[derive(Serialize, Deserialize)]
struct Row<E> {
    pk: String,
    sk: String,
    schema: u32,
    metadata: Metadata,
    #[serde(flatten)]
    event: E,
}

/// The sort key of event `sequence`, counted from 1.
pub(crate) fn sort_key(sequence: u64) -> String {
    format!("{sequence:08}")
}

pub(crate) fn encode<E: DomainEvent>(
    stream: &str,
    sequence: u64,
    event: &E,
    metadata: &Metadata,
) -> Result<Item, StoreError> {
    let row = Row {
        pk: stream.to_owned(),
        sk: sort_key(sequence),
        schema: schema_of(event),
        metadata: metadata.clone(),
        event,
    };
    serde_dynamo::to_item(row)
        .map_err(|error| StoreError::unreadable(format!("{stream}/{}", sort_key(sequence)), error))
}

/// Reads a row that must be event `sequence` of its stream.
pub(crate) fn decode<E: DomainEvent + DeserializeOwned>(
    stream: &str,
    sequence: u64,
    item: Item,
) -> Result<(E, Metadata), StoreError> {
    let name = format!("event {stream}/{}", sort_key(sequence));
    match item.get("sk") {
        Some(AttributeValue::S(found)) if *found == sort_key(sequence) => {}
        found => {
            return Err(StoreError::unreadable(
                name,
                format!("a gap: {found:?} stands in its place"),
            ));
        }
    }
    // serde's messages name fields and variants, and quote at most the one text they could not take. Secrets are not
    // in events, and the sealed ones are base64 in fields of their own that never fail as text.
    let row: Row<E> =
        serde_dynamo::from_item(item).map_err(|error| StoreError::unreadable(&name, error))?;
    // Older schemas decode into the newest form by the defaults of the fields they lack.
    if !(1..=schema_of(&row.event)).contains(&row.schema) {
        return Err(StoreError::unreadable(
            name,
            format!("schema {} is not known", row.schema),
        ));
    }
    Ok((row.event, row.metadata))
}

/// cqrs-es keeps versions as text; ours are counting numbers.
fn schema_of<E: DomainEvent>(event: &E) -> u32 {
    event.event_version().parse().unwrap_or(0)
}
