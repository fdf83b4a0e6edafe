//! A `BatchGetItem` of which DynamoDB reads only a part: it names the keys that it left, and whoever asked has to ask again.

use serde_json::{Map, Value, json};

use crate::wire::Answer;

/// The request for the first key of each table, and the keys that it leaves.
pub(crate) fn first_keys(mut request: Value) -> (Value, Value) {
    let mut left = Map::new();
    let tables = request.get_mut("RequestItems");
    for (table, asked) in tables.and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(keys) = asked.get_mut("Keys").and_then(Value::as_array_mut)
            && keys.len() > 1
        {
            left.insert(table.clone(), json!({"Keys": keys.split_off(1)}));
        }
    }
    (request, Value::Object(left))
}

/// The answer, which says that those keys were left.
pub(crate) fn leaving(answer: Answer, left: Value) -> Answer {
    let mut said = answer.json();
    if let Some(members) = said.as_object_mut() {
        members.insert("UnprocessedKeys".to_owned(), left);
    }
    answer.saying(&said)
}

/// The answer that nothing was read.
pub(crate) fn nothing(request: &Value) -> Answer {
    let left = request.get("RequestItems");
    Answer::new(200, &json!({"Responses": {}, "UnprocessedKeys": left}))
}
