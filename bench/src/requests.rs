//! The requests that are verified: a message is asked for, and one is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::hub_hmac::{self, NameStyle};
use hubkeys_auth::{
    Algorithm, Body, FactsError, RequestFacts, Unsigned, UrlScheme, basic, cavage, rfc9421,
};
use hubkeys_domain::{Secret, Timestamp};
use md5::Md5;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::Result;

/// A request as a client sends it, with the header fields that clients send beside those of ours.
pub(crate) struct Request {
    method: &'static str,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The form in which a service hands a body to verify.
#[derive(Clone, Copy)]
pub(crate) enum Handed {
    Raw,
    Digests,
}

const HOST: &str = "api.example.com";
const TARGET: &str = "/v1/messages?limit=50&offset=100";

impl Request {
    /// Without a body, by Basic.
    pub(crate) fn basic(key: &str, secret: &Secret) -> Result<Self> {
        let authorization = basic::authorization(key, secret)?;
        let credential = vec![("Authorization".to_owned(), authorization.to_string())];
        Ok(Self::with(credential, Vec::new()))
    }

    /// Signed in Hub HMAC with HMAC-SHA-256 at `date`; a GET if the body is empty.
    pub(crate) fn signed(
        key: &str,
        secret: &Secret,
        date: Timestamp,
        body: Vec<u8>,
    ) -> Result<Self> {
        let unsigned = unsigned(date, &body);
        let names = NameStyle::Documented;
        let signed = hub_hmac::sign(key, secret, Algorithm::HmacSha256, names, &unsigned)?;
        Ok(Self::with(signed, body))
    }

    /// The same in RFC 9421.
    pub(crate) fn signed_by_rfc9421(
        key: &str,
        secret: &Secret,
        date: Timestamp,
        body: Vec<u8>,
    ) -> Result<Self> {
        let options = rfc9421::Options::default();
        let unsigned = unsigned(date, &body);
        let signed = rfc9421::sign(key, secret, UrlScheme::Https, HOST, &options, &unsigned)?;
        Ok(Self::with(signed, body))
    }

    /// The same in draft-cavage-12.
    pub(crate) fn signed_by_cavage(
        key: &str,
        secret: &Secret,
        date: Timestamp,
        body: Vec<u8>,
    ) -> Result<Self> {
        let options = cavage::Options::default();
        let signed = cavage::sign(key, secret, HOST, &options, &unsigned(date, &body))?;
        Ok(Self::with(signed, body))
    }

    fn with(credential: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let mut headers = vec![
            ("Host".to_owned(), HOST.to_owned()),
            ("User-Agent".to_owned(), "messages-sdk/2.0.3".to_owned()),
            ("Accept".to_owned(), "application/json".to_owned()),
        ];
        if !body.is_empty() {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
            headers.push(("Content-Length".to_owned(), body.len().to_string()));
        }
        headers.extend(credential);
        Self {
            method: method(&body),
            headers,
            body,
        }
    }

    /// The request as verify sees it.
    pub(crate) fn facts(&self, handed: Handed) -> std::result::Result<RequestFacts, FactsError> {
        let body = match handed {
            _ if self.body.is_empty() => Body::Absent,
            Handed::Raw => Body::Raw(self.body.clone()),
            Handed::Digests => Body::Digests {
                md5: Some(Md5::digest(&self.body).into()),
                sha256: Some(Sha256::digest(&self.body).into()),
                sha512: None,
            },
        };
        RequestFacts::new(self.method, TARGET, self.headers.clone(), body, None)
    }

    /// The same for `POST /v1/verify`, with the body raw.
    pub(crate) fn document(&self) -> Value {
        let body = (!self.body.is_empty()).then(|| STANDARD.encode(&self.body));
        json!({"method": self.method, "target": TARGET, "headers": self.headers, "body_base64": body})
    }

    /// The request as an HTTP API (payload 2.0) shows it to its authorizer.
    pub(crate) fn authorizer_event(&self) -> Value {
        let (path, query) = TARGET.split_once('?').unwrap_or((TARGET, ""));
        let headers = self.headers.iter();
        let headers =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.as_str().into()));
        let headers: serde_json::Map<String, Value> = headers.collect();
        let authorization = headers.get("authorization").cloned();
        json!({
            "version": "2.0",
            "type": "REQUEST",
            "routeArn": "arn:aws:execute-api:eu-central-1:123456789012:api-id/$default/GET/v1/messages",
            "identitySource": [authorization],
            "routeKey": "GET /v1/messages",
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api-id",
                "domainName": HOST,
                "domainPrefix": "api",
                "http": {
                    "method": self.method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.7",
                    "userAgent": "messages-sdk/2.0.3",
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "GET /v1/messages",
                "stage": "$default",
                "time": "23/Nov/2026:08:30:00 +0000",
                "timeEpoch": 1_795_422_600_000_u64,
            },
        })
    }
}

fn unsigned(date: Timestamp, body: &[u8]) -> Unsigned<'_> {
    Unsigned {
        method: method(body),
        target: TARGET,
        date,
        body: Some(body),
    }
}

fn method(body: &[u8]) -> &'static str {
    if body.is_empty() { "GET" } else { "POST" }
}

/// A body of 1 KiB.
pub(crate) fn one_kibibyte() -> Vec<u8> {
    vec![b'm'; 1024]
}
