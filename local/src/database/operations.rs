//! DynamoDB's operations as the embedded database has them: JSON in, JSON out.

use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The answer to `operation`, or DynamoDB's error.
pub(super) fn perform(
    database: &Database,
    operation: &str,
    request: &[u8],
) -> Result<String, DynoxideError> {
    match operation {
        "BatchGetItem" => json(&database.batch_get_item(parsed(request)?)?),
        "BatchWriteItem" => json(&database.batch_write_item(parsed(request)?)?),
        "CreateTable" => json(&database.create_table(parsed(request)?)?),
        "DeleteItem" => json(&database.delete_item(parsed(request)?)?),
        "DescribeTable" => json(&database.describe_table(parsed(request)?)?),
        "DescribeTimeToLive" => json(&database.describe_time_to_live(parsed(request)?)?),
        "GetItem" => json(&database.get_item(parsed(request)?)?),
        "ListTables" => json(&database.list_tables(parsed(request)?)?),
        "PutItem" => json(&database.put_item(parsed(request)?)?),
        "Query" => json(&database.query(parsed(request)?)?),
        "Scan" => json(&database.scan(parsed(request)?)?),
        "TransactGetItems" => json(&database.transact_get_items(parsed(request)?)?),
        "TransactWriteItems" => json(&database.transact_write_items(parsed(request)?)?),
        "UpdateItem" => json(&database.update_item(parsed(request)?)?),
        "UpdateTimeToLive" => json(&database.update_time_to_live(parsed(request)?)?),
        _ => Err(DynoxideError::ValidationException(format!(
            "the local stack does not offer {operation:?}"
        ))),
    }
}

fn parsed<T: DeserializeOwned>(request: &[u8]) -> Result<T, DynoxideError> {
    // Where, not what: the parser quotes values, and errors are logged.
    serde_json::from_slice(request).map_err(|error| {
        DynoxideError::ValidationException(format!(
            "the request is not understood at line {} column {}",
            error.line(),
            error.column()
        ))
    })
}

fn json<T: Serialize>(answer: &T) -> Result<String, DynoxideError> {
    serde_json::to_string(answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
