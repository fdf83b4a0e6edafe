//! Faults of the product, planted on the wire: what it would do if it were written wrong.

use std::collections::HashMap;
use std::time::Duration;

use hyper::body::Bytes;
use serde_json::Value;
use uuid::Uuid;

use crate::plan::Call;
use crate::wire::Answer;

/// A mistake that the product does not make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Verify reads a key's row without consistency.
    EventualVerify,
    /// Each instance remembers for ever that a key was good.
    EndlessCache,
    /// Events are committed first, and the rows that follow from them later.
    RowsAfterCommit,
    /// A retry puts its events again, without asking whether their places are taken.
    UnconditionedRetry,
}

/// How much later rows are written.
pub(crate) const LATER: Duration = Duration::from_millis(40);

/// Answers of reads of a key's row, by the request.
pub(crate) type Cache = HashMap<Bytes, Answer>;

/// Whether this is verify's read of a key's row.
pub(crate) fn is_of_verify(call: &Call, request: &Value) -> bool {
    call.operation == "GetItem"
        && request.pointer("/Key/sk/S").and_then(Value::as_str) == Some("VERIFY")
}

/// The read without what makes it consistent.
pub(crate) fn eventual(mut request: Value) -> Value {
    if let Some(members) = request.as_object_mut() {
        members.remove("ConsistentRead");
    }
    request
}

/// The table that a write of a transaction is to.
fn is_event(write: &Value) -> bool {
    let table = write.pointer("/Put/TableName").and_then(Value::as_str);
    table.is_some_and(|table| table.starts_with("Events"))
}

fn of_transaction(request: &Value, writes: Vec<Value>) -> Value {
    let mut request = request.clone();
    if let Some(members) = request.as_object_mut() {
        members.insert("TransactItems".to_owned(), Value::Array(writes));
        // Another transaction, as far as DynamoDB knows.
        members.insert(
            "ClientRequestToken".to_owned(),
            Value::String(Uuid::new_v4().to_string()),
        );
    }
    request
}

fn writes(request: &Value) -> Vec<Value> {
    let writes = request.get("TransactItems").and_then(Value::as_array);
    writes.cloned().unwrap_or_default()
}

/// A transaction of events alone with what is only checked, and one of the rows. `None`: it has no events.
pub(crate) fn split(request: &Value) -> Option<(Value, Value)> {
    let (rows, events): (Vec<Value>, Vec<Value>) = writes(request)
        .into_iter()
        .partition(|write| !is_event(write) && write.get("ConditionCheck").is_none());
    let any = events.iter().any(is_event) && !rows.is_empty();
    any.then(|| {
        (
            of_transaction(request, events),
            of_transaction(request, rows),
        )
    })
}

/// The transaction with events put whatever is there, once more. `None`: it has no events.
pub(crate) fn unconditioned(request: &Value) -> Option<Value> {
    let mut writes = writes(request);
    let mut any = false;
    for write in writes.iter_mut().filter(|write| is_event(write)) {
        if let Some(put) = write.get_mut("Put").and_then(Value::as_object_mut) {
            put.remove("ConditionExpression");
            any = true;
        }
    }
    any.then(|| of_transaction(request, writes))
}
