//! The facts of a request, as verify takes them.

use std::fmt;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::UrlScheme;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// A request as it arrived. Nothing is checked here: verify refuses what can't be a request.
///
/// Serialises to the facts document of `POST /v1/verify`. Its `Debug` prints no header value: one of them may be a
/// secret.
#[derive(Clone)]
pub struct Facts {
    /// The method, as sent.
    pub method: String,
    /// The target exactly as on the request line, with its query: never decoded, sorted or normalised.
    pub target: String,
    /// Every header field in order, with duplicates.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Body,
    /// Where the request came from, if that is known.
    pub source_address: Option<IpAddr>,
    /// The scheme of the URL that the client called, `https` also where something in front of the service ended TLS. A signature
    /// may cover it.
    pub url_scheme: UrlScheme,
}

/// A request's body, as far as verify gets to see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// There was none.
    #[default]
    Absent,
    /// The raw bytes, before any decoding of their content.
    Raw(Vec<u8>),
    /// Digests of the raw bytes. Verify takes a document of 512 KiB at most, and the digests of a body of any size.
    Digests(BodyDigests),
}

/// Digests of a body's raw bytes. Hub HMAC needs the MD5, the other dialects one of the SHA-2 family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct BodyDigests {
    /// Its MD5.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_hex")]
    pub md5: Option<[u8; 16]>,
    /// Its SHA-256.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_hex")]
    pub sha256: Option<[u8; 32]>,
    /// Its SHA-512.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "as_hex")]
    pub sha512: Option<[u8; 64]>,
}

impl Serialize for Facts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut document = serializer.serialize_struct("Facts", 6)?;
        document.serialize_field("method", &self.method)?;
        document.serialize_field("target", &self.target)?;
        document.serialize_field("headers", &self.headers)?;
        match &self.body {
            Body::Absent => document.skip_field("body_base64")?,
            Body::Raw(bytes) => {
                document.serialize_field("body_base64", &STANDARD.encode(bytes))?;
            }
            Body::Digests(digests) => document.serialize_field("body_digests", digests)?,
        }
        match self.source_address {
            None => document.skip_field("source_address")?,
            Some(address) => document.serialize_field("source_address", &address)?,
        }
        document.serialize_field("url_scheme", self.url_scheme.as_str())?;
        document.end()
    }
}

fn as_hex<const N: usize, S: Serializer>(
    digest: &Option<[u8; N]>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    digest.map(hex::encode).serialize(serializer)
}

impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Facts")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &names)
            .field("source_address", &self.source_address)
            .field("url_scheme", &self.url_scheme)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(body: Body) -> Facts {
        Facts {
            method: "POST".to_owned(),
            target: "/v1/messages?b=%41&a".to_owned(),
            headers: vec![
                ("Accept".to_owned(), "a".to_owned()),
                ("Authorization".to_owned(), "Basic c2VjcmV0".to_owned()),
                ("Accept".to_owned(), "b".to_owned()),
            ],
            body,
            source_address: "192.0.2.7".parse().ok(),
            url_scheme: UrlScheme::Https,
        }
    }

    #[test]
    fn facts_serialise_to_the_documented_document() {
        assert_eq!(
            serde_json::to_value(facts(Body::Raw(b"{}".to_vec()))).unwrap(),
            json!({
                "method": "POST",
                "target": "/v1/messages?b=%41&a",
                "headers": [["Accept", "a"], ["Authorization", "Basic c2VjcmV0"], ["Accept", "b"]],
                "body_base64": "e30=",
                "source_address": "192.0.2.7",
                "url_scheme": "https"
            })
        );
    }

    #[test]
    fn digests_are_in_hex_and_an_unknown_one_is_left_out() {
        let digests = BodyDigests {
            md5: Some([0xab; 16]),
            sha256: None,
            sha512: Some([1; 64]),
        };
        let document = serde_json::to_value(facts(Body::Digests(digests))).unwrap();
        assert_eq!(
            document["body_digests"],
            json!({"md5": "ab".repeat(16), "sha512": "01".repeat(64)})
        );
        assert!(document.get("body_base64").is_none());
    }

    #[test]
    fn what_was_not_there_is_left_out() {
        let absent = Facts {
            source_address: None,
            ..facts(Body::Absent)
        };
        let document = serde_json::to_value(absent).unwrap();
        for name in ["body_base64", "body_digests", "source_address"] {
            assert!(document.get(name).is_none(), "{name}");
        }
    }

    #[test]
    fn debug_prints_no_header_value() {
        let text = format!("{:?}", facts(Body::Raw(b"body".to_vec())));
        assert!(
            text.contains("Authorization") && !text.contains("c2VjcmV0"),
            "{text}"
        );
    }
}
