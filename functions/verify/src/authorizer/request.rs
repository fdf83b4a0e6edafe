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
    let mut target = text(event, "/rawPath")?.to_owned();
    match text(event, "/rawQueryString")? {
        "" => {}
        query => target = format!("{target}?{query}"),
    }
    let mut headers = Vec::new();
    for (name, value) in members(event, "headers") {
        headers.push((
            name.clone(),
            value.as_str().ok_or_else(malformed)?.to_owned(),
        ));
    }
    new(
        text(event, "/requestContext/http/method")?,
        target,
        headers,
        source(event, "/requestContext/http/sourceIp"),
    )
}

fn rest(event: &Value) -> Result<RequestFacts, Refusal> {
    // `path` lacks the stage, which the client has sent unless it came by a custom domain: the context has it as sent.
    let path = text(event, "/requestContext/path").or_else(|_| text(event, "/path"))?;
    let mut query = Vec::new();
    for (name, values) in members(event, "multiValueQueryStringParameters") {
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
    for (name, values) in members(event, "multiValueHeaders") {
        for value in values.as_array().ok_or_else(malformed)? {
            headers.push((
                name.clone(),
                value.as_str().ok_or_else(malformed)?.to_owned(),
            ));
        }
    }
    if headers.is_empty() {
        for (name, value) in members(event, "headers") {
            headers.push((
                name.clone(),
                value.as_str().ok_or_else(malformed)?.to_owned(),
            ));
        }
    }
    new(
        text(event, "/httpMethod")?,
        target,
        headers,
        source(event, "/requestContext/identity/sourceIp"),
    )
}

/// A TOKEN authorizer sees one header and the route. That is enough for Basic; a signature misses the headers it covers.
fn token(event: &Value) -> Result<RequestFacts, Refusal> {
    // arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>
    let resource = text(event, "/methodArn")?
        .splitn(6, ':')
        .nth(5)
        .ok_or_else(malformed)?;
    let mut parts = resource.splitn(4, '/').skip(2);
    let method = parts.next().ok_or_else(malformed)?;
    let target = format!("/{}", parts.next().unwrap_or_default());
    let headers = vec![(
        "Authorization".to_owned(),
        text(event, "/authorizationToken")?.to_owned(),
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

fn text<'a>(event: &'a Value, pointer: &str) -> Result<&'a str, Refusal> {
    event
        .pointer(pointer)
        .and_then(Value::as_str)
        .ok_or_else(malformed)
}

fn members<'a>(event: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    event
        .get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn source(event: &Value, pointer: &str) -> Option<std::net::IpAddr> {
    event
        .pointer(pointer)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
}

fn malformed() -> Refusal {
    Refusal::new(
        Outcome::Malformed,
        "the authorizer's event lacks a part of the request",
    )
}
