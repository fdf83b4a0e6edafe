//! The facts of the request that an authorizer event is about.

use hubkeys_auth::{Body, Outcome, Refusal, RequestFacts};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::remapped;
use crate::shape::AuthorizerKind;

/// What RFC 3986 leaves unencoded (section 2.3). A REST API shows a query only decoded, and this is how clients encode.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

pub(crate) fn facts(kind: AuthorizerKind, event: &Value) -> Result<RequestFacts, Refusal> {
    match kind {
        AuthorizerKind::HttpApi => http_api(event),
        AuthorizerKind::RestRequest => rest(event),
        AuthorizerKind::RestToken => token(event),
    }
}

fn http_api(event: &Value) -> Result<RequestFacts, Refusal> {
    let mut target = path(text(event, &["rawPath"])?)?.to_owned();
    match text(event, &["rawQueryString"])? {
        "" => {}
        query => target = format!("{target}?{query}"),
    }
    let mut headers = Vec::new();
    for (name, value) in members(event, "headers")? {
        headers.push((
            name.clone(),
            value.as_str().ok_or_else(malformed)?.to_owned(),
        ));
    }
    new(
        text(event, &["requestContext", "http", "method"])?,
        target,
        headers,
        source(event, &["requestContext", "http", "sourceIp"]),
    )
}

fn rest(event: &Value) -> Result<RequestFacts, Refusal> {
    // `path` lacks the stage, which the client has sent unless it came by a custom domain: the context has it as sent.
    let path = path(text(event, &["requestContext", "path"]).or_else(|_| text(event, &["path"]))?)?;
    // The map of single values has the same names. Alone it would be a query that the target then lacked.
    if members(event, "multiValueQueryStringParameters")?
        .next()
        .is_none()
        && members(event, "queryStringParameters")?.next().is_some()
    {
        return Err(malformed());
    }
    let mut query = Vec::new();
    for (name, values) in members(event, "multiValueQueryStringParameters")? {
        for value in values.as_array().ok_or_else(malformed)? {
            let encoded = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
            query.push(format!(
                "{}={}",
                encoded(name),
                encoded(value.as_str().ok_or_else(malformed)?)
            ));
        }
    }
    let target = if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", query.join("&"))
    };
    let mut headers = Vec::new();
    for (name, values) in members(event, "multiValueHeaders")? {
        for value in values.as_array().ok_or_else(malformed)? {
            headers.push((
                name.clone(),
                value.as_str().ok_or_else(malformed)?.to_owned(),
            ));
        }
    }
    if headers.is_empty() {
        for (name, value) in members(event, "headers")? {
            headers.push((
                name.clone(),
                value.as_str().ok_or_else(malformed)?.to_owned(),
            ));
        }
    }
    new(
        text(event, &["httpMethod"])?,
        target,
        headers,
        source(event, &["requestContext", "identity", "sourceIp"]),
    )
}

/// A TOKEN authorizer sees one header and the route. That is enough for Basic; a signature misses the headers it covers.
fn token(event: &Value) -> Result<RequestFacts, Refusal> {
    // arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>
    let resource = text(event, &["methodArn"])?
        .splitn(6, ':')
        .nth(5)
        .ok_or_else(malformed)?;
    let mut parts = resource.splitn(4, '/').skip(2);
    let method = parts.next().ok_or_else(malformed)?;
    let target = format!("/{}", parts.next().unwrap_or_default());
    let target = path(&target)?.to_owned();
    let headers = vec![(
        "Authorization".to_owned(),
        text(event, &["authorizationToken"])?.to_owned(),
    )];
    new(method, target, headers, None)
}

fn new(
    method: &str,
    target: String,
    headers: Vec<(String, String)>,
    source: Option<std::net::IpAddr>,
) -> Result<RequestFacts, Refusal> {
    Ok(RequestFacts::new(
        method,
        target,
        remapped::restore(headers)?,
        Body::Unseen,
        source,
    )?)
}

fn text<'a>(event: &'a Value, path: &[&str]) -> Result<&'a str, Refusal> {
    let found = path.iter().try_fold(event, |value, name| value.get(name));
    found.and_then(Value::as_str).ok_or_else(malformed)
}

/// The members of an object, or none where it is null or absent. Anything else is not an event of API Gateway.
fn members<'a>(
    event: &'a Value,
    name: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, Refusal> {
    let members = match event.get(name) {
        None | Some(Value::Null) => None,
        Some(Value::Object(members)) => Some(members),
        Some(_) => return Err(malformed()),
    };
    Ok(members.into_iter().flatten())
}

/// A path as API Gateway gives it, apart from the query. One with a `?` was decoded, and would be taken for path and query.
fn path(path: &str) -> Result<&str, Refusal> {
    if path.starts_with('/') && !path.contains(['?', '#']) {
        Ok(path)
    } else {
        Err(malformed())
    }
}

fn source(event: &Value, path: &[&str]) -> Option<std::net::IpAddr> {
    text(event, path).ok()?.parse().ok()
}

fn malformed() -> Refusal {
    Refusal::new(
        Outcome::Malformed,
        "the authorizer's event lacks a part of the request",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn target(kind: AuthorizerKind, event: &Value) -> Result<String, Refusal> {
        facts(kind, event).map(|facts| facts.target().to_owned())
    }

    fn http_api_event(path: &str, query: &str) -> Value {
        json!({"rawPath": path, "rawQueryString": query, "headers": {}, "requestContext": {"http": {"method": "GET"}}})
    }

    #[test]
    fn a_decoded_path_is_not_taken_for_a_path_and_a_query() {
        let kind = AuthorizerKind::HttpApi;
        assert_eq!(
            target(kind, &http_api_event("/x", "a=1")).unwrap(),
            "/x?a=1"
        );
        for path in ["/x?a=1", "/x#a", "x", ""] {
            assert!(target(kind, &http_api_event(path, "")).is_err(), "{path}");
        }
    }

    #[test]
    fn a_query_of_a_rest_api_is_never_dropped() {
        let rest = |single: Value, multiple: Value| {
            let event = json!({
                "httpMethod": "GET", "path": "/x", "requestContext": {"path": "/x"}, "multiValueHeaders": {},
                "queryStringParameters": single, "multiValueQueryStringParameters": multiple
            });
            target(AuthorizerKind::RestRequest, &event)
        };
        assert_eq!(rest(Value::Null, Value::Null).unwrap(), "/x");
        assert_eq!(
            rest(json!({"b": "2"}), json!({"b": ["1 ~", "2"], "a": ["ü"]})).unwrap(),
            "/x?b=1%20~&b=2&a=%C3%BC"
        );
        for (single, multiple) in [
            (json!({"admin": "1"}), Value::Null),
            (json!({"admin": "1"}), json!({})),
            (Value::Null, json!([])),
            (Value::Null, json!({"a": "1"})),
            (json!("a=1"), Value::Null),
        ] {
            assert!(
                rest(single.clone(), multiple.clone()).is_err(),
                "{single} {multiple}"
            );
        }
    }
}
