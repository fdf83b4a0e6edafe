//! What an authorizer passes on to its backend.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use crate::decision::UnreadableDecision;
use crate::{Bound, BoundBody, Scheme, Valid};

/// The context that verify, as a Lambda authorizer, gave with its answer: a decision in flat texts.
#[derive(Clone)]
pub struct AuthorizerContext {
    fields: HashMap<String, Value>,
}

/// The context is not one of verify's, or not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableContext {
    /// A field is missing or not of its form.
    #[error("the authorizer's context has no readable `{0}`: is the authorizer verify?")]
    Field(&'static str),
    /// The bound body can't be read.
    #[error(transparent)]
    Body(#[from] UnreadableDecision),
}

impl AuthorizerContext {
    /// A context of these fields, as the gateway hands them over: `requestContext.authorizer.lambda` of an HTTP API's event,
    /// `requestContext.authorizer` of a REST API's.
    pub fn new(fields: impl IntoIterator<Item = (String, Value)>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
        }
    }

    /// The decision it tells of. Its body is not compared, for no authorizer sees a body; of the date, the algorithm and the
    /// signed headers it tells nothing.
    ///
    /// # Errors
    /// [`UnreadableContext`]
    pub fn decision(&self) -> Result<Valid, UnreadableContext> {
        let required = |name| self.text(name).ok_or(UnreadableContext::Field(name));
        let flag = |name| self.text(name).is_some_and(|text| text == "true");
        let version = required("version")?.parse();
        Ok(Valid {
            account: required("account")?,
            key: required("key")?,
            scheme: Scheme::named(required("scheme")?),
            version: version.map_err(|_| UnreadableContext::Field("version"))?,
            bound: Bound {
                method: flag("bound_method"),
                target: flag("bound_target"),
                authority: flag("bound_authority"),
                date: None,
                body: BoundBody::from_parts(
                    &required("bound_body")?,
                    self.text("bound_body_digest").as_deref(),
                )?,
                body_compared: false,
                algorithm: None,
                dialect: self.text("dialect"),
                headers: Vec::new(),
            },
        })
    }

    /// Some gateways make texts of numbers and flags, some do not. An empty text says nothing.
    fn text(&self, name: &str) -> Option<String> {
        match self.fields.get(name)? {
            Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
            value @ (Value::Bool(_) | Value::Number(_)) => Some(value.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl fmt::Debug for AuthorizerContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whatever else a gateway put there is not ours to print.
        f.debug_struct("AuthorizerContext")
            .field("key", &self.text("key"))
            .field("account", &self.text("account"))
            .finish_non_exhaustive()
    }
}
