//! The event a function gets: API Gateway's payload format 2.0 of an HTTP API.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, COOKIE, HOST, USER_AGENT};
use http::request::Parts;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::routing::Matched;

/// The AWS account of everything local.
pub(crate) const ACCOUNT_ID: &str = "000000000000";
/// The gateway listens on 127.0.0.1 alone: nobody else can call.
const SOURCE_IP: &str = "127.0.0.1";
/// How many header fields of its own the gateway adds.
const ADDED: usize = 4;

/// A request's event. Every header value must be visible ASCII, as the gateway checked.
pub(crate) fn event(
    request: &Parts,
    body: &[u8],
    matched: &Matched<'_>,
    authorizer: Value,
    request_id: Uuid,
    now: Timestamp,
) -> Value {
    let route_key = &**matched.key;
    let path = request.uri.path();
    let query = request.uri.query().unwrap_or_default();
    let text = text(&request.headers, body);
    let header = |name| {
        request
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let http = object([
        ("method", request.method.as_str().into()),
        ("path", path.into()),
        ("protocol", format!("{:?}", request.version).into()),
        ("sourceIp", SOURCE_IP.into()),
        ("userAgent", header(USER_AGENT).unwrap_or_default().into()),
    ]);
    let time = now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string();
    let context = object([
        ("accountId", ACCOUNT_ID.into()),
        ("apiId", "local".into()),
        ("authorizer", authorizer),
        ("domainName", header(HOST).into()),
        ("domainPrefix", "local".into()),
        ("http", http.into()),
        ("requestId", request_id.to_string().into()),
        ("routeKey", route_key.into()),
        ("stage", "$default".into()),
        ("time", time.into()),
        ("timeEpoch", now.as_millisecond().into()),
    ]);
    let is_encoded = text.is_none() && !body.is_empty();
    let mut event = object([
        ("version", "2.0".into()),
        ("routeKey", route_key.into()),
        ("rawPath", path.into()),
        ("rawQueryString", query.into()),
        ("headers", headers(&request.headers, request_id, now).into()),
        ("requestContext", context.into()),
        ("isBase64Encoded", is_encoded.into()),
    ]);
    // What is empty is left out, not sent as null.
    let mut put = |name: &str, value: Value| event.insert(name.to_owned(), value);
    if !body.is_empty() {
        let body = text.map_or_else(|| STANDARD.encode(body), str::to_owned);
        put("body", Value::String(body));
    }
    let cookies = cookies(&request.headers);
    if !cookies.is_empty() {
        put("cookies", cookies.into());
    }
    if !query.is_empty() {
        put("queryStringParameters", query_parameters(query));
    }
    if !matched.parameters.is_empty() {
        put("pathParameters", json!(matched.parameters));
    }
    Value::Object(event)
}

/// An object of these members, with room for them at once: every request makes three.
fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Lower-case names, as hyper has them; duplicates joined by a comma; cookies apart. What says how the request came here
/// is the gateway's word, never the client's.
fn headers(headers: &HeaderMap, request_id: Uuid, now: Timestamp) -> Map<String, Value> {
    let mut joined = Map::with_capacity(headers.keys_len() + ADDED);
    for (name, value) in headers.iter().filter(|(name, _)| *name != COOKIE) {
        let value = value.to_str().unwrap_or_default();
        joined
            .entry(name.as_str())
            .and_modify(|values| {
                if let Value::String(values) = values {
                    values.push(',');
                    values.push_str(value);
                }
            })
            .or_insert_with(|| value.into());
    }
    let forwarded_for = match joined.get("x-forwarded-for").and_then(Value::as_str) {
        Some(earlier) => format!("{earlier}, {SOURCE_IP}"),
        None => SOURCE_IP.to_owned(),
    };
    let port = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .and_then(|host| Some(host.rsplit_once(':')?.1))
        .unwrap_or("80");
    let random = request_id.simple().to_string();
    let root = random.get(8..).unwrap_or_default();
    joined.insert("x-forwarded-for".to_owned(), forwarded_for.into());
    joined.insert("x-forwarded-port".to_owned(), port.into());
    joined.insert("x-forwarded-proto".to_owned(), "http".into());
    joined.insert(
        "x-amzn-trace-id".to_owned(),
        format!("Root=1-{:08x}-{root}", now.as_second()).into(),
    );
    joined
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .map(|cookie| cookie.trim().to_owned())
        .filter(|cookie| !cookie.is_empty())
        .collect()
}

fn query_parameters(query: &str) -> Value {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        joined
            .entry(name.into_owned())
            .and_modify(|values| {
                values.push(',');
                values.push_str(&value);
            })
            .or_insert_with(|| value.clone().into_owned());
    }
    json!(joined)
}

/// The body as text, if its type says that it is text and it is UTF-8.
fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<&'a str> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?.trim_start();
    let essence = content_type
        .split(';')
        .next()?
        .trim_end()
        .to_ascii_lowercase();
    let is_text = essence.starts_with("text/")
        || matches!(
            essence.as_str(),
            "application/json" | "application/javascript" | "application/xml"
        );
    is_text.then(|| std::str::from_utf8(body).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use http::Request;
    use lambda_http::RequestExt as _;
    use lambda_http::request::LambdaRequest;

    use super::*;
    use crate::template::{Authorizer, Route};

    fn event_of(request: http::request::Builder, body: &[u8]) -> Value {
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let route = Route {
            method: parts.method.to_string(),
            path: "/v1/keys/{id}".to_owned(),
            function: String::new(),
            authorizer: Authorizer::Jwt,
        };
        let key = route.key().into();
        let matched = Matched {
            route: &route,
            key: &key,
            parameters: BTreeMap::from([("id".to_owned(), "a/b".to_owned())]),
        };
        let authorizer = json!({ "jwt": { "claims": { "claim1": "value1" }, "scopes": null } });
        let now = Timestamp::from_millisecond(1_583_348_638_390).unwrap();
        event(&parts, body, &matched, authorizer, Uuid::from_u128(1), now)
    }

    fn sample() -> http::request::Builder {
        Request::builder()
            .method("POST")
            .uri("/v1/keys/a%2Fb?parameter1=value1&parameter1=value2&parameter2=a+value%21")
            .header("Host", "127.0.0.1:3000")
            .header("Header1", "value1")
            .header("Header1", "value2")
            .header("Header2", "value1,value2")
            .header("Cookie", "cookie1; cookie2")
            .header("User-Agent", "agent")
            .header("Content-Type", "application/json; charset=utf-8")
            .header("X-Forwarded-Proto", "gopher")
            .header("X-Forwarded-For", "203.0.113.7")
    }

    /// The sample of AWS's developer guide ("Working with AWS Lambda proxy integrations", payload format 2.0), with this
    /// gateway's values.
    #[test]
    fn an_event_is_the_documented_payload_2_0() {
        let expected = json!({
            "version": "2.0",
            "routeKey": "POST /v1/keys/{id}",
            "rawPath": "/v1/keys/a%2Fb",
            "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=a+value%21",
            "cookies": ["cookie1", "cookie2"],
            "headers": {
                "content-type": "application/json; charset=utf-8",
                "header1": "value1,value2",
                "header2": "value1,value2",
                "host": "127.0.0.1:3000",
                "user-agent": "agent",
                "x-amzn-trace-id": "Root=1-5e5ffb9e-000000000000000000000001",
                "x-forwarded-for": "203.0.113.7, 127.0.0.1",
                "x-forwarded-port": "3000",
                "x-forwarded-proto": "http"
            },
            "queryStringParameters": { "parameter1": "value1,value2", "parameter2": "a value!" },
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "local",
                "authorizer": { "jwt": { "claims": { "claim1": "value1" }, "scopes": null } },
                "domainName": "127.0.0.1:3000",
                "domainPrefix": "local",
                "http": {
                    "method": "POST",
                    "path": "/v1/keys/a%2Fb",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "127.0.0.1",
                    "userAgent": "agent"
                },
                "requestId": "00000000-0000-0000-0000-000000000001",
                "routeKey": "POST /v1/keys/{id}",
                "stage": "$default",
                "time": "04/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1_583_348_638_390_i64
            },
            "body": "{\"a\":1}",
            "pathParameters": { "id": "a/b" },
            "isBase64Encoded": false
        });
        assert_eq!(event_of(sample(), b"{\"a\":1}"), expected);
    }

    #[test]
    fn a_function_reads_back_what_was_sent() {
        let event = event_of(sample(), b"{\"a\":1}");
        let request =
            lambda_http::Request::from(serde_json::from_value::<LambdaRequest>(event).unwrap());
        assert_eq!(request.method(), "POST");
        assert_eq!(request.body().as_ref(), b"{\"a\":1}");
        assert_eq!(request.path_parameters().first("id"), Some("a/b"));
        assert_eq!(
            request.query_string_parameters().first("parameter2"),
            Some("a value!")
        );
    }

    #[test]
    fn only_utf_8_of_a_textual_type_travels_as_text() {
        for (content_type, body, encoded) in [
            (Some("application/json"), &b"{}"[..], false),
            (Some(" TEXT/plain ; charset=x"), b"a", false),
            (Some("application/json"), b"\xff{}", true),
            (Some("application/octet-stream"), b"{}", true),
            (Some("application/jsonx"), b"{}", true),
            (None, b"{}", true),
            (None, b"", false),
        ] {
            let mut request = Request::builder().uri("/v1/keys/x");
            if let Some(content_type) = content_type {
                request = request.header("Content-Type", content_type);
            }
            let event = event_of(request, body);
            assert_eq!(
                event["isBase64Encoded"], encoded,
                "{content_type:?} {body:?}"
            );
            let request =
                lambda_http::Request::from(serde_json::from_value::<LambdaRequest>(event).unwrap());
            assert_eq!(request.body().as_ref(), body);
        }
    }
}
