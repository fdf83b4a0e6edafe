//! The signature base (RFC 9421 section 2.5).

use super::component::{Component, Value};
use crate::RequestFacts;

/// Feeds the base in parts. No fact can hold a line feed, and no name a quote, so no line can stand for two.
pub(crate) fn feed(
    method: &str,
    facts: &RequestFacts,
    components: &[Component<'_>],
    params: &str,
    to: &mut dyn FnMut(&str),
) {
    for component in components {
        for part in ["\"", component.name, "\": "] {
            to(part);
        }
        match &component.value {
            Value::Method => to(method),
            Value::TargetUri { host } => {
                for part in [facts.url_scheme().as_str(), "://", host, facts.target()] {
                    to(part);
                }
            }
            Value::Query(query) => {
                for part in ["?", query] {
                    to(part);
                }
            }
            Value::Text(text) => to(text),
        }
        to("\n");
    }
    for part in ["\"@signature-params\": ", params] {
        to(part);
    }
}
