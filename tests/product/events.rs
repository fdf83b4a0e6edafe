//! The events in `tests/events/`: what AWS hands to each function, in a folder with the function's name. Where something can't
//! be known beforehand (a key's id, a secret, a date) a file has a placeholder, and nowhere else.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The event of this file, e.g. `revoke/one`, with these values in the places of `{{key}}` and the like.
pub(crate) fn event(name: &str, values: &[(&str, &str)]) -> Value {
    let file = folder().join(format!("{name}.json"));
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut event = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    fill(&mut event, values);
    let filled = event.to_string();
    assert!(!filled.contains("{{"), "{name} wants more: {filled}");
    event
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("events")
}

fn fill(value: &mut Value, values: &[(&str, &str)]) {
    match value {
        Value::String(text) => {
            for (name, put) in values {
                *text = text.replace(&format!("{{{{{name}}}}}"), put);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, values)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, values)),
        _ => {}
    }
}

#[test]
fn every_function_of_the_template_has_an_event() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/template.yaml");
    let template = std::fs::read_to_string(template).expect("the template");
    let functions: Vec<_> = template
        .lines()
        .filter_map(|line| line.trim().strip_prefix("CodeUri: ../functions/"))
        .collect();
    assert!(functions.len() >= 10, "{functions:?}");
    for function in functions {
        let mut events = std::fs::read_dir(folder().join(function))
            .unwrap_or_else(|error| panic!("tests/events/{function}: {error}"));
        assert!(events.next().is_some(), "{function} has no event");
    }
}
