//! Any event of `verify`: which shape it has, and the facts it states.

#![no_main]

use hubkeys_auth::{RequestFacts, parse};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use verify::{FactsDocument, Shape};

fuzz_target!(|text: &[u8]| {
    let Ok(event) = serde_json::from_slice::<Value>(text) else {
        return;
    };
    let shape = Shape::of(&event);
    if !event.is_object() {
        assert!(shape.is_err());
    }
    // The gateway's events carry it, and nothing a caller writes may be taken for one of them.
    if matches!(shape, Ok(Shape::Facts | Shape::Batch)) {
        assert!(event.get("requestContext").is_none());
    }
    let documents = match event.get("requests").and_then(Value::as_array) {
        Some(documents) => documents.clone(),
        None => vec![event],
    };
    for document in documents {
        let Ok(document) = serde_json::from_value::<FactsDocument>(document) else {
            continue;
        };
        let Ok(facts) = RequestFacts::try_from(document) else {
            continue;
        };
        assert!(facts.headers().len() <= 128);
        let _ = parse(&facts);
    }
});
