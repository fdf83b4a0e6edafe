//! A request as the asking service describes it.

use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::{Body, Outcome, Refusal, RequestFacts, UrlScheme};
use serde::Deserialize;

use crate::remapped;

/// The facts of a request, in JSON:
///
/// ```json
/// {"method": "POST", "target": "/v1/messages?x=1", "headers": [["Date", "Mon, 23 Nov 2026 08:30:00 GMT"]],
///  "body_base64": "e30=", "source_address": "192.0.2.7"}
/// ```
///
/// The target is as on the request line, the headers in order with duplicates. The body is raw (`body_base64`), or its
/// digests (`"body_digests": {"md5": "<hex>", "sha256": "<hex>", "sha512": "<hex>"}`), or left out where there was none.
/// `"url_scheme": "http"` says that the client did not use TLS: RFC 9421 may sign that.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Facts))]
pub struct FactsDocument {
    /// The method as sent.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 32, example = "POST")
    )]
    method: String,
    /// The request target exactly as on the request line, with its query: never decoded, sorted or normalised.
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 8192,
            pattern = "^[!-~]+$",
            example = "/v1/messages?x=1"
        )
    )]
    target: String,
    /// Every header field as `[name, value]`, in order, with duplicates. 8 KiB a value and 64 KiB together at most.
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::headers))]
    headers: Vec<(String, String)>,
    /// The raw body, before any decoding of its content, in padded standard base64. Left out: there was none.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schema(content_encoding = "base64", example = "e30=")
    )]
    body_base64: Option<String>,
    /// In place of the body: its digests. Clients choose which they sign, so give all three.
    #[serde(default)]
    body_digests: Option<BodyDigests>,
    /// Where the request came from. Recorded nowhere and used by nothing yet.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::source_address))]
    source_address: Option<IpAddr>,
    /// `http` or `https`; left out, `https`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(schema_with = crate::openapi::url_scheme))]
    url_scheme: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct BodyDigests {
    /// In hexadecimal.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9A-Fa-f]{32}$"))]
    md5: Option<String>,
    /// In hexadecimal.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9A-Fa-f]{64}$"))]
    sha256: Option<String>,
    /// In hexadecimal.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9A-Fa-f]{128}$"))]
    sha512: Option<String>,
}

impl TryFrom<FactsDocument> for RequestFacts {
    type Error = Refusal;

    /// A document that can't be a request is a refused request, not a bad question: the asking service passes on what a
    /// client sent.
    fn try_from(document: FactsDocument) -> Result<Self, Refusal> {
        let body = match (document.body_base64, document.body_digests) {
            (None, None) => Body::Absent,
            (Some(text), None) => Body::Raw(
                STANDARD
                    .decode(text)
                    .map_err(|_| malformed("body_base64 is not padded standard base64"))?,
            ),
            (None, Some(digests)) => Body::Digests {
                md5: digest("md5", digests.md5)?,
                sha256: digest("sha256", digests.sha256)?,
                sha512: digest("sha512", digests.sha512)?,
            },
            (Some(_), Some(_)) => {
                return Err(malformed("give body_base64 or body_digests, not both"));
            }
        };
        let url_scheme = match document.url_scheme.as_deref() {
            None => UrlScheme::default(),
            Some(name) => UrlScheme::from_name(name)
                .ok_or_else(|| malformed("url_scheme is neither http nor https"))?,
        };
        let headers = remapped::restore(document.headers)?;
        let facts = Self::new(
            document.method,
            document.target,
            headers,
            body,
            document.source_address,
        )?;
        Ok(facts.with_url_scheme(url_scheme))
    }
}

fn digest<const N: usize>(name: &str, text: Option<String>) -> Result<Option<[u8; N]>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let mut bytes = [0; N];
    match hex::decode_to_slice(text, &mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(_) => Err(malformed(format!(
            "body_digests.{name} is not {} hexadecimal digits",
            2 * N
        ))),
    }
}

fn malformed(detail: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(Outcome::Malformed, detail)
}
