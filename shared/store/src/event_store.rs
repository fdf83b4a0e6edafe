//! Streams of events: loaded whole, appended to in one transaction with the rows that follow from them.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use uuid::Uuid;

use crate::projection::Projected;
use crate::stored_event::{Item, Metadata, decode, encode};
use crate::transaction::{Outcome, Write};
use crate::{Database, StoreError};

/// An aggregate as its stream made it, and what goes into the next transaction beside its events.
#[derive(Debug)]
pub struct Loaded<A> {
    /// The identifier of the stream.
    pub id: String,
    /// The state after event `version`.
    pub aggregate: A,
    /// How many events the stream has; 0 if it does not exist.
    pub version: u64,
    pub(crate) additions: Vec<Write>,
}

impl<A> Loaded<A> {
    pub(crate) fn new(id: &str, aggregate: A, version: u64) -> Self {
        Self {
            id: id.to_owned(),
            aggregate,
            version,
            additions: Vec::new(),
        }
    }
}

/// One event as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedEvent<E> {
    /// Its place in the stream, counted from 1.
    pub sequence: u64,
    /// What happened, to whom it is owed, and when.
    pub event: E,
    /// The event's own identifier, a UUIDv7.
    pub event_id: String,
    /// The request that caused it.
    pub request_id: String,
}

/// All events of one stream, in order.
pub type History<E> = Vec<RecordedEvent<E>>;

impl Database {
    /// All events of a stream: sequences 1 to n, without a gap, by consistent reads, however many pages they fill.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] for a gap, an unknown type or an unknown schema; [`StoreError::Unavailable`].
    pub(crate) async fn history<A: Projected>(
        &self,
        id: &str,
    ) -> Result<History<A::Event>, StoreError> {
        let stream = A::stream(id);
        let mut history = Vec::new();
        let mut next_page = None;
        loop {
            let page = self
                .client
                .query()
                .table_name(&self.tables.events)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", AttributeValue::S(stream.clone()))
                .consistent_read(true)
                .set_exclusive_start_key(next_page)
                .send()
                .await
                .map_err(StoreError::unavailable("load a stream"))?;
            for item in page.items.unwrap_or_default() {
                history.push(recorded(&stream, history.len() as u64 + 1, item)?);
            }
            next_page = page.last_evaluated_key;
            if next_page.is_none() {
                return Ok(history);
            }
        }
    }

    /// The state a stream has come to.
    ///
    /// # Errors
    /// As [`Database::history`].
    pub(crate) async fn load<A: Projected>(&self, id: &str) -> Result<Loaded<A>, StoreError> {
        let history = self.history::<A>(id).await?;
        Ok(replay(id, history))
    }

    /// Appends `events` to the stream that `loaded` was loaded from (it holds the state after them), and writes every row
    /// that follows from them: all of it or nothing. No events, no write.
    ///
    /// # Errors
    /// [`StoreError`]; after [`StoreError::Unavailable`] the same commit may be sent again.
    pub(crate) async fn commit<A: Projected>(
        &self,
        loaded: &Loaded<A>,
        events: &[RecordedEvent<A::Event>],
    ) -> Result<Outcome, StoreError> {
        let Some(last) = events.last() else {
            return Ok(Outcome::Written);
        };
        let stream = A::stream(&loaded.id);
        let mut writes = Vec::with_capacity(events.len() + 6);
        for recorded in events {
            let metadata = Metadata {
                event_id: recorded.event_id.clone(),
                request_id: recorded.request_id.clone(),
            };
            let item = encode(&stream, recorded.sequence, &recorded.event, &metadata)?;
            writes.push(Write::append(metadata.event_id, item));
        }
        writes.extend(
            loaded
                .aggregate
                .rows(&loaded.id, last.sequence)?
                .into_iter()
                .map(Write::put),
        );
        let payloads: Vec<A::Event> = events
            .iter()
            .map(|recorded| recorded.event.clone())
            .collect();
        writes.extend(loaded.aggregate.guards(&payloads));
        writes.extend(loaded.additions.iter().cloned());
        self.write(writes, &last.event_id).await
    }
}

pub(crate) fn replay<A: Projected>(id: &str, history: History<A::Event>) -> Loaded<A> {
    let version = history.len() as u64;
    let mut aggregate = A::default();
    for recorded in history {
        aggregate.apply(recorded.event);
    }
    Loaded::new(id, aggregate, version)
}

/// The events a command led to, each with its place after `version` and an identifier of its own.
pub(crate) fn record<E>(events: Vec<E>, version: u64, request_id: &str) -> History<E> {
    events
        .into_iter()
        .zip(version + 1..)
        .map(|(event, sequence)| RecordedEvent {
            sequence,
            event,
            event_id: Uuid::now_v7().to_string(),
            request_id: request_id.to_owned(),
        })
        .collect()
}

pub(crate) fn recorded<E: cqrs_es::DomainEvent>(
    stream: &str,
    sequence: u64,
    item: Item,
) -> Result<RecordedEvent<E>, StoreError> {
    let (event, metadata) = decode(stream, sequence, item)?;
    Ok(RecordedEvent {
        sequence,
        event,
        event_id: metadata.event_id,
        request_id: metadata.request_id,
    })
}

impl<A: Projected> AggregateContext<A> for Loaded<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.aggregate
    }
}

/// The same streams for everything that is written against cqrs-es. Our own commands go by
/// [`Store`](crate::Store), which retries and returns the committed version.
impl<A: Projected> EventStore<A> for Database {
    type AC = Loaded<A>;

    async fn load_events(
        &self,
        id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        Ok(self
            .history::<A>(id)
            .await?
            .into_iter()
            .map(|recorded| envelope(id, recorded))
            .collect())
    }

    async fn load_aggregate(&self, id: &str) -> Result<Loaded<A>, AggregateError<A::Error>> {
        Ok(self.load(id).await?)
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        loaded: Loaded<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let request_id = metadata.get("request_id").map_or("none", String::as_str);
        let events = record(events, loaded.version, request_id);
        match Self::commit(self, &loaded, &events).await? {
            Outcome::Written => Ok(events
                .into_iter()
                .map(|recorded| envelope(&loaded.id, recorded))
                .collect()),
            Outcome::Conflict => Err(AggregateError::AggregateConflict),
            Outcome::Contended => Err(StoreError::Busy { attempts: 1 }.into()),
            Outcome::Refused(refusal) => Err(AggregateError::UnexpectedError(Box::new(refusal))),
        }
    }
}

fn envelope<A: Projected>(id: &str, recorded: RecordedEvent<A::Event>) -> EventEnvelope<A> {
    EventEnvelope {
        aggregate_id: id.to_owned(),
        sequence: usize::try_from(recorded.sequence).unwrap_or(usize::MAX),
        payload: recorded.event,
        metadata: HashMap::from([
            ("event_id".to_owned(), recorded.event_id),
            ("request_id".to_owned(), recorded.request_id),
        ]),
    }
}

impl<E: std::error::Error> From<StoreError> for AggregateError<E> {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable { .. } | StoreError::Busy { .. } => {
                Self::DatabaseConnectionError(Box::new(error))
            }
            StoreError::Unreadable { .. } => Self::DeserializationError(Box::new(error)),
        }
    }
}
