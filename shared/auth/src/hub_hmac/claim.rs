//! The header of a signed request, read into a claim together with everything of the request that it names.

use hubkeys_domain::Timestamp;

use super::coverage::{first_unsigned, require_single_fields};
use super::params::Params;
use super::signing_string::{Line, REQUEST_LINE};
use crate::algorithm::Tag;
use crate::facts::{Field, is_token};
use crate::{Algorithm, Refusal, RequestFacts, canonical_base64, date, digest};

/// A key and the signature that was made with its secret.
#[derive(Debug)]
pub struct HubHmacClaim<'f> {
    key: &'f str,
    algorithm: Algorithm,
    lines: Vec<Line<'f>>,
    signature: Tag,
    dates: [Option<Timestamp>; 2],
    digests: [Option<[u8; 16]>; 2],
    unsigned: Option<&'static str>,
}

/// The most names a list may have: it bounds the work of finding each in the request.
const MAX_NAMES: usize = 32;

impl<'f> HubHmacClaim<'f> {
    /// Reads what follows the scheme, finds every listed field in the request, and reads those that are checked.
    pub(crate) fn parse(facts: &'f RequestFacts, credentials: &'f str) -> Result<Self, Refusal> {
        let params = Params::parse(credentials)?;
        if !is_key(params.username) {
            return Err(Refusal::malformed(
                "the username is not 1 to 128 visible ASCII characters",
            ));
        }
        let algorithm = Algorithm::from_name(params.algorithm).ok_or_else(|| {
            Refusal::malformed(
                "the algorithm is none of hmac-sha1, hmac-sha256, hmac-sha384, hmac-sha512",
            )
        })?;
        let signature = signature(algorithm, params.signature)?;
        require_single_fields(facts)?;
        let lines = lines(facts, params.headers)?;
        let signed = |name: &str| signed(&lines, name);
        Ok(Self {
            key: params.username,
            algorithm,
            signature,
            dates: [signed_date(signed("Date"))?, signed_date(signed("X-Date"))?],
            digests: [
                signed_digest(signed("Content-MD5"))?,
                signed_digest(signed("X-Content-MD5"))?,
            ],
            unsigned: first_unsigned(facts, |name| signed(name).is_some()),
            lines,
        })
    }

    /// The key, as the client wrote it.
    pub fn key(&self) -> &str {
        self.key
    }

    /// What the signature was made with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The names of the signed header fields in their order, as the client spelled them.
    pub fn signed_headers(&self) -> impl Iterator<Item = &'f str> {
        self.lines.iter().filter_map(|line| match line {
            Line::RequestLine => None,
            Line::Field { name, .. } => Some(*name),
        })
    }

    pub(crate) fn lines(&self) -> &[Line<'f>] {
        &self.lines
    }

    pub(crate) fn signature(&self) -> &Tag {
        &self.signature
    }

    pub(crate) fn signs_request_line(&self) -> bool {
        self.lines
            .iter()
            .any(|line| matches!(line, Line::RequestLine))
    }

    /// The signed dates: none, one, or both of `Date` and `X-Date`.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.dates.into_iter().flatten()
    }

    /// The signed digests of the body: none, one, or both of `Content-MD5` and `X-Content-MD5`.
    pub(crate) fn digests(&self) -> impl Iterator<Item = [u8; 16]> {
        self.digests.into_iter().flatten()
    }

    /// The first meaningful field of the request that is not signed.
    pub(crate) fn unsigned(&self) -> Option<&'static str> {
        self.unsigned
    }
}

/// Whether a key can be named in a quoted parameter, where `"` and `\` have no place.
pub(crate) fn is_key(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

fn signature(algorithm: Algorithm, text: &str) -> Result<Tag, Refusal> {
    canonical_base64::decode(text)
        .filter(|tag| tag.len() == algorithm.tag_len())
        .map(|tag| Tag::from_slice(&tag))
        .ok_or_else(|| {
            Refusal::malformed(format!(
                "the signature is not the padded standard base64 of the {} bytes that {algorithm} gives",
                algorithm.tag_len()
            ))
        })
}

/// The lines that a list of names asks for.
fn lines<'f>(facts: &'f RequestFacts, list: &'f str) -> Result<Vec<Line<'f>>, Refusal> {
    // Counted before anything is looked up: looking up takes names times fields.
    if list.bytes().filter(|byte| *byte == b' ').count() >= MAX_NAMES {
        return Err(Refusal::malformed("the list of headers has over 32 names"));
    }
    let mut lines: Vec<Line<'f>> = Vec::with_capacity(4);
    for name in list.split(' ') {
        if !is_token(name) {
            return Err(Refusal::malformed(
                "the list of headers is not of header names, each separated by one space",
            ));
        }
        if lines
            .iter()
            .any(|line| line.name().eq_ignore_ascii_case(name))
        {
            return Err(Refusal::malformed("the list of headers names one twice"));
        }
        lines.push(line(facts, name)?);
    }
    Ok(lines)
}

fn line<'f>(facts: &'f RequestFacts, name: &'f str) -> Result<Line<'f>, Refusal> {
    if name == REQUEST_LINE {
        return Ok(Line::RequestLine);
    }
    // A field of that name would be signed in place of the method and the target.
    if name.eq_ignore_ascii_case(REQUEST_LINE) {
        return Err(Refusal::malformed(
            "the list of headers spells request-line in capitals",
        ));
    }
    match facts.field(name) {
        Field::Once(value) => Ok(Line::Field { name, value }),
        Field::Absent => Err(Refusal::malformed(format!(
            "the list of headers names {name:.64}, which the request does not have"
        ))),
        Field::Repeated => Err(Refusal::malformed(format!(
            "the list of headers names {name:.64}, which the request has more than once"
        ))),
    }
}

fn signed<'f>(lines: &[Line<'f>], name: &str) -> Option<&'f str> {
    lines.iter().find_map(|line| match line {
        Line::Field {
            name: listed,
            value,
        } if listed.eq_ignore_ascii_case(name) => Some(*value),
        _ => None,
    })
}

fn signed_date(value: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    value
        .map(|value| {
            date::parse(value).ok_or_else(|| {
                Refusal::malformed(
                    "the signed date is not of the form \"Mon, 23 Nov 2026 08:30:00 GMT\"",
                )
            })
        })
        .transpose()
}

fn signed_digest(value: Option<&str>) -> Result<Option<[u8; 16]>, Refusal> {
    value
        .map(|value| {
            digest::parse_md5(value).ok_or_else(|| {
                Refusal::malformed(
                    "the signed digest is not an MD5 in 32 hexadecimal digits (base64 is not taken)",
                )
            })
        })
        .transpose()
}
