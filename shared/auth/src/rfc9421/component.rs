//! What of a request a name covers (RFC 9421 sections 2.1 and 2.2).

use std::borrow::Cow;

use crate::authority::{is_host, normalised};
use crate::facts::{Field, is_token};
use crate::lines::require_short;
use crate::{Refusal, RequestFacts};

/// A covered component and where its value comes from.
#[derive(Clone, Debug)]
pub(crate) struct Component<'f> {
    pub(crate) name: &'f str,
    pub(crate) value: Value<'f>,
}

#[derive(Clone, Debug)]
pub(crate) enum Value<'f> {
    /// `@method`: the request's, or the one that is tried in its place.
    Method,
    /// `@target-uri`: scheme and target are the request's. The host stands as it was sent: only `@authority` is
    /// normalised by the RFC.
    TargetUri { host: &'f str },
    /// `@query`: this, after a question mark.
    Query(&'f str),
    /// Anything else.
    Text(Cow<'f, str>),
}

impl<'f> Component<'f> {
    pub(crate) fn find(facts: &'f RequestFacts, name: &'f str) -> Result<Self, Refusal> {
        require_short(name)?;
        let text = |text: &'f str| Value::Text(Cow::Borrowed(text));
        let value = match name {
            "@method" => Value::Method,
            "@target-uri" => {
                path_and_query(facts)?;
                Value::TargetUri { host: host(facts)? }
            }
            "@authority" => Value::Text(normalised(host(facts)?, facts.url_scheme())),
            "@scheme" => text(facts.url_scheme().as_str()),
            "@path" => text(path_and_query(facts)?.0),
            // Without a query its value is the question mark alone (section 2.2.7).
            "@query" => Value::Query(path_and_query(facts)?.1.unwrap_or_default()),
            "@request-target" => text(facts.target()),
            _ if name.starts_with('@') => {
                return Err(Refusal::malformed(
                    "a derived component is none of @method, @target-uri, @authority, @scheme, @path, @query, @request-target",
                ));
            }
            _ => text(field(facts, name)?),
        };
        Ok(Self { name, value })
    }

    /// Whether it is a header field.
    pub(crate) fn is_field(&self) -> bool {
        !self.name.starts_with('@')
    }
}

/// Where the request was sent. (Two of them are refused before this.)
fn host(facts: &RequestFacts) -> Result<&str, Refusal> {
    match facts.field("host") {
        Field::Once(host) if is_host(host) => Ok(host),
        _ => Err(Refusal::malformed(
            "the signature covers where the request was sent, and Host is not one host",
        )),
    }
}

/// A target that is a path has these parts. Of another form, which only a proxy or a server as a whole is asked in, the
/// RFC's parts are not the target's own.
fn path_and_query(facts: &RequestFacts) -> Result<(&str, Option<&str>), Refusal> {
    let target = facts.target();
    if !target.starts_with('/') {
        return Err(Refusal::malformed(
            "the signature covers a part of the target, and that is not a path: cover @request-target",
        ));
    }
    Ok(match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    })
}

fn field<'f>(facts: &'f RequestFacts, name: &str) -> Result<&'f str, Refusal> {
    if !is_token(name) || name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(Refusal::malformed(
            "a component is not a header field's name in lower case",
        ));
    }
    // The first could only be a signature of itself, the second says nothing that is not signed anyway.
    if matches!(name, "signature" | "signature-input") {
        return Err(Refusal::malformed("the signature covers itself"));
    }
    let value = match facts.field(name) {
        Field::Once(value) => value.trim_matches([' ', '\t']),
        Field::Absent => {
            return Err(Refusal::malformed(format!(
                "the signature covers {name:.64}, which the request does not have"
            )));
        }
        Field::Repeated => {
            return Err(Refusal::malformed(format!(
                "the signature covers {name:.64}, which the request has more than once"
            )));
        }
    };
    if !value.is_ascii() {
        return Err(Refusal::malformed(format!(
            "the signature covers {name:.64}, whose value is not ASCII"
        )));
    }
    Ok(value)
}
