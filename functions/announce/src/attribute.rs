//! DynamoDB's JSON, in which every value names its type, as the plain JSON it stands for.

use serde_json::{Map, Value};

/// `{"S": "…"}` is `"…"`. `None` for a type that no event has (binary, sets).
pub(crate) fn plain(value: &Value) -> Option<Value> {
    let (kind, inner) = value.as_object()?.iter().next()?;
    match (kind.as_str(), inner) {
        ("S", Value::String(_)) | ("BOOL", Value::Bool(_)) => Some(inner.clone()),
        ("N", Value::String(number)) => serde_json::from_str(number).ok(),
        ("NULL", _) => Some(Value::Null),
        ("L", Value::Array(items)) => items.iter().map(plain).collect(),
        ("M", Value::Object(members)) => members
            .iter()
            .map(|(name, value)| Some((name.clone(), plain(value)?)))
            .collect::<Option<Map<_, _>>>()
            .map(Value::Object),
        _ => None,
    }
}
