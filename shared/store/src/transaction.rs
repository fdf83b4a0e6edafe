//! One `TransactWriteItems`: everything or nothing, and what its cancellation means.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};

use crate::stored_event::Item;
use crate::views::text;
use crate::{Database, StoreError};

/// What a write's condition protects, and so what its failure means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// It has no condition.
    None,
    /// The event's place in its stream is free. Holds our `event_id`.
    Event(String),
    /// The account stands as it has to. Holds what is said where it does not.
    Standing(Refusal),
    /// The account has fewer live keys than it may have.
    Limit,
    /// The idempotency key is unused.
    Idempotency,
    /// The row to be rebuilt is not newer than what we know, and no event has come since.
    Unchanged,
}

/// Why a transaction wrote nothing, for good: the state of other rows forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The account is not verified (any more).
    #[error("the account is not verified")]
    AccountNotVerified,
    /// The account is not suspended (any more).
    #[error("the account is not suspended")]
    AccountNotSuspended,
    /// The account has as many live keys as it may have.
    #[error(
        "the account has {} live keys, the most it may have",
        hubkeys_domain::MAX_LIVE_KEYS
    )]
    LimitReached,
    /// The idempotency key is in use: another request with it came first.
    #[error("the idempotency key is in use")]
    IdempotencyKeyUsed,
}

/// What became of a transaction that DynamoDB decided.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Everything was written, now or by an earlier try whose answer was lost.
    Written,
    /// Somebody else wrote to the stream, or to the row being rebuilt, first: load again.
    Conflict,
    /// Nothing is wrong with it: try the same again.
    Contended,
    /// Forbidden.
    Refused(Refusal),
}

/// One write of a transaction, and what its condition protects.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    guard: Guard,
    kind: Kind,
    condition: Option<&'static str>,
    values: HashMap<String, AttributeValue>,
}

#[derive(Clone, Debug)]
enum Kind {
    Append(Item),
    Put(Item),
    Update {
        pk: String,
        sk: String,
        expression: &'static str,
    },
    Check {
        pk: String,
        sk: String,
    },
    CheckNoEvent {
        pk: String,
        sk: String,
    },
    Delete {
        pk: String,
        sk: String,
    },
}

impl Write {
    /// Appends an event: its place must be free. There is no other way to write to the events table.
    pub(crate) fn append(event_id: String, event: Item) -> Self {
        Self::new(Guard::Event(event_id), Kind::Append(event)).condition("attribute_not_exists(pk)")
    }

    /// Puts a row into the views, whatever stands there.
    pub(crate) fn put(row: Item) -> Self {
        Self::new(Guard::None, Kind::Put(row))
    }

    /// Puts a row into the views on a condition.
    pub(crate) fn put_if(guard: Guard, row: Item, condition: &'static str) -> Self {
        Self::new(guard, Kind::Put(row)).condition(condition)
    }

    /// Changes a row of the views, making it if it is not there.
    pub(crate) fn update(guard: Guard, pk: String, sk: String, expression: &'static str) -> Self {
        Self::new(guard, Kind::Update { pk, sk, expression })
    }

    /// Only checks a row of the views.
    pub(crate) fn check(guard: Guard, pk: String, sk: String, condition: &'static str) -> Self {
        Self::new(guard, Kind::Check { pk, sk }).condition(condition)
    }

    /// Only checks that an event does not exist.
    pub(crate) fn check_no_event(pk: String, sk: String) -> Self {
        Self::new(Guard::Unchanged, Kind::CheckNoEvent { pk, sk })
            .condition("attribute_not_exists(pk)")
    }

    /// Removes a row of the views.
    pub(crate) fn delete(pk: String, sk: String) -> Self {
        Self::new(Guard::None, Kind::Delete { pk, sk })
    }

    pub(crate) fn condition(mut self, condition: &'static str) -> Self {
        self.condition = Some(condition);
        self
    }

    pub(crate) fn value(mut self, name: &str, value: AttributeValue) -> Self {
        self.values.insert(name.to_owned(), value);
        self
    }

    fn new(guard: Guard, kind: Kind) -> Self {
        Self {
            guard,
            kind,
            condition: None,
            values: HashMap::new(),
        }
    }

    fn into_item(self, database: &Database) -> Result<TransactWriteItem, StoreError> {
        let values = (!self.values.is_empty()).then_some(self.values);
        let condition = self.condition.map(str::to_owned);
        let views = &database.tables.views;
        let events = &database.tables.events;
        let item = TransactWriteItem::builder();
        let built = match self.kind {
            Kind::Append(row) => put(events, row, condition, values)
                // The old event comes back with a refusal, so that ours is told from somebody else's without a read.
                .return_values_on_condition_check_failure(
                    ReturnValuesOnConditionCheckFailure::AllOld,
                )
                .build()
                .map(|put| item.put(put)),
            Kind::Put(row) => put(views, row, condition, values)
                .build()
                .map(|put| item.put(put)),
            Kind::Update { pk, sk, expression } => Update::builder()
                .table_name(views)
                .set_key(Some(primary_key(pk, sk)))
                .update_expression(expression)
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .build()
                .map(|update| item.update(update)),
            Kind::Check { pk, sk } => {
                check(views, pk, sk, condition, values).map(|check| item.condition_check(check))
            }
            Kind::CheckNoEvent { pk, sk } => {
                check(events, pk, sk, condition, values).map(|check| item.condition_check(check))
            }
            Kind::Delete { pk, sk } => aws_sdk_dynamodb::types::Delete::builder()
                .table_name(views)
                .set_key(Some(primary_key(pk, sk)))
                .build()
                .map(|delete| item.delete(delete)),
        };
        built
            .map(aws_sdk_dynamodb::types::builders::TransactWriteItemBuilder::build)
            .map_err(StoreError::unavailable("build a transaction"))
    }
}

type Built<T> = Result<T, aws_sdk_dynamodb::error::BuildError>;
type Values = Option<HashMap<String, AttributeValue>>;

fn put(table: &str, row: Item, condition: Option<String>, values: Values) -> PutBuilder {
    Put::builder()
        .table_name(table)
        .set_item(Some(row))
        .set_condition_expression(condition)
        .set_expression_attribute_values(values)
}

fn check(
    table: &str,
    pk: String,
    sk: String,
    condition: Option<String>,
    values: Values,
) -> Built<ConditionCheck> {
    ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(primary_key(pk, sk)))
        .set_condition_expression(condition)
        .set_expression_attribute_values(values)
        .build()
}

/// The primary key of a row, of either table.
pub(crate) fn primary_key(pk: String, sk: String) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(pk)),
        ("sk".to_owned(), AttributeValue::S(sk)),
    ])
}

/// Partition key and sort key of a row, of either table.
pub(crate) fn keys_of(item: &Item) -> (String, String) {
    let part = |name| text(item, name).unwrap_or_default().to_owned();
    (part("pk"), part("sk"))
}

impl Database {
    /// Writes all of `writes`, or nothing. `token` is DynamoDB's idempotency token of this very transaction (`ClientRequestToken`,
    /// kept for 10 minutes), 1 to 36 characters.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it is not known whether it was written. Trying again with the same writes is
    /// safe then: it finds its own events.
    pub(crate) async fn write(
        &self,
        writes: Vec<Write>,
        token: &str,
    ) -> Result<Outcome, StoreError> {
        let guards: Vec<Guard> = writes.iter().map(|write| write.guard.clone()).collect();
        let items: Vec<_> = writes
            .into_iter()
            .map(|write| write.into_item(self))
            .collect::<Result<_, _>>()?;
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items))
            .client_request_token(token)
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Outcome::Written),
            Err(error) => match cancellation_reasons(&error) {
                Some(reasons) => classify(&guards, reasons)
                    .ok_or(error)
                    .map_err(StoreError::unavailable("write a transaction")),
                None if is_contention(&error) => Ok(Outcome::Contended),
                None => Err(StoreError::unavailable("write a transaction")(error)),
            },
        }
    }
}

fn cancellation_reasons(
    error: &SdkError<TransactWriteItemsError>,
) -> Option<&[CancellationReason]> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            Some(cancelled.cancellation_reasons())
        }
        _ => None,
    }
}

fn is_contention(error: &SdkError<TransactWriteItemsError>) -> bool {
    matches!(
        error.code(),
        Some(
            "TransactionInProgressException"
                | "ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
        )
    )
}

/// What a cancellation means, by *all* of its reasons, worst first. `None`: something we can't explain.
fn classify(guards: &[Guard], reasons: &[CancellationReason]) -> Option<Outcome> {
    let mut outcome = None;
    let mut worst = |rank: u8, found: Outcome| {
        if outcome.as_ref().is_none_or(|(held, _)| rank > *held) {
            outcome = Some((rank, found));
        }
    };
    for (guard, reason) in guards.iter().zip(reasons) {
        match (reason.code().unwrap_or("None"), guard) {
            ("None", _) => {}
            // The answer of an earlier try of this very transaction was lost: it had been written, all of it.
            ("ConditionalCheckFailed", Guard::Event(ours)) if holds_event(reason, ours) => {
                worst(9, Outcome::Written);
            }
            ("ConditionalCheckFailed", Guard::Event(_) | Guard::Unchanged) => {
                worst(7, Outcome::Conflict);
            }
            ("ConditionalCheckFailed", Guard::Idempotency) => {
                worst(6, Outcome::Refused(Refusal::IdempotencyKeyUsed));
            }
            ("ConditionalCheckFailed", Guard::Standing(refusal)) => {
                worst(5, Outcome::Refused(*refusal));
            }
            ("ConditionalCheckFailed", Guard::Limit) => {
                worst(4, Outcome::Refused(Refusal::LimitReached));
            }
            ("TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded", _) => {
                worst(1, Outcome::Contended);
            }
            // A condition failed that was not set, or the request itself is wrong: ours to mend, not to try again.
            _ => return None,
        }
    }
    outcome.map(|(_, outcome)| outcome)
}

fn holds_event(reason: &CancellationReason, ours: &str) -> bool {
    let metadata = reason.item().and_then(|item| item.get("metadata"));
    match metadata {
        Some(AttributeValue::M(metadata)) => {
            matches!(metadata.get("event_id"), Some(AttributeValue::S(found)) if found == ours)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(code: &str) -> CancellationReason {
        CancellationReason::builder().code(code).build()
    }

    fn event_there(event_id: &str) -> CancellationReason {
        let metadata = HashMap::from([(
            "event_id".to_owned(),
            AttributeValue::S(event_id.to_owned()),
        )]);
        CancellationReason::builder()
            .code("ConditionalCheckFailed")
            .item("metadata", AttributeValue::M(metadata))
            .build()
    }

    #[test]
    fn the_worst_of_all_reasons_decides_wherever_it_stands() {
        let guards = [
            Guard::Event("ours".into()),
            Guard::None,
            Guard::Standing(Refusal::AccountNotVerified),
            Guard::Limit,
            Guard::Idempotency,
        ];
        let failed = || reason("ConditionalCheckFailed");
        let none = || reason("None");
        for (reasons, expected) in [
            (
                [event_there("ours"), none(), failed(), failed(), failed()],
                Some(Outcome::Written),
            ),
            (
                [event_there("theirs"), none(), failed(), failed(), failed()],
                Some(Outcome::Conflict),
            ),
            (
                [
                    none(),
                    reason("TransactionConflict"),
                    none(),
                    failed(),
                    failed(),
                ],
                Some(Outcome::Refused(Refusal::IdempotencyKeyUsed)),
            ),
            (
                [none(), none(), failed(), failed(), none()],
                Some(Outcome::Refused(Refusal::AccountNotVerified)),
            ),
            (
                [
                    none(),
                    reason("TransactionConflict"),
                    none(),
                    failed(),
                    none(),
                ],
                Some(Outcome::Refused(Refusal::LimitReached)),
            ),
            (
                [
                    none(),
                    reason("TransactionConflict"),
                    none(),
                    none(),
                    none(),
                ],
                Some(Outcome::Contended),
            ),
            (
                [reason("ThrottlingError"), none(), none(), none(), none()],
                Some(Outcome::Contended),
            ),
            (
                [none(), reason("ValidationError"), none(), failed(), none()],
                None,
            ),
            ([none(), failed(), none(), none(), none()], None),
            ([none(), none(), none(), none(), none()], None),
        ] {
            assert_eq!(classify(&guards, &reasons), expected, "{reasons:?}");
        }
    }
}
