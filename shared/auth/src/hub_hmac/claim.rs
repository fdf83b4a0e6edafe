//! The header of a signed request, read into a claim together with everything of the request that it names.

use hubkeys_domain::Timestamp;

use super::params::Params;
use crate::coverage::{first_unsigned, require_single_fields};
use crate::lines::{Line, REQUEST_LINE};
use crate::mac::Tag;
use crate::signed_digest::{DigestField, SignedDigest};
use crate::{Algorithm, Refusal, RequestFacts, date, lines, signature};

/// A key and the signature that was made with its secret.
#[derive(Debug)]
pub struct HubHmacClaim<'f> {
    key: &'f str,
    algorithm: Algorithm,
    lines: Vec<Line<'f>>,
    signature: Tag,
    dates: [Option<Timestamp>; 2],
    digests: Vec<SignedDigest>,
    unsigned: Option<&'static str>,
}

impl<'f> HubHmacClaim<'f> {
    /// Reads what follows the scheme, finds every listed field in the request, and reads those that are checked.
    pub(crate) fn parse(facts: &'f RequestFacts, credentials: &'f str) -> Result<Self, Refusal> {
        let params = Params::parse(credentials)?;
        if !signature::is_key(params.username) {
            return Err(Refusal::malformed(
                "the username is not 1 to 128 visible ASCII characters",
            ));
        }
        let algorithm = signature::algorithm(params.algorithm)?;
        let signature = signature::parse(algorithm, params.signature)?;
        require_single_fields(facts)?;
        let lines = lines::read(facts, params.headers, |name| line(facts, name))?;
        let signed = |name: &str| lines::signed(&lines, name);
        let mut digests = Vec::new();
        for field in DigestField::ALL {
            if let Some(value) = signed(field.name()) {
                field.read(value, &mut digests)?;
            }
        }
        Ok(Self {
            key: params.username,
            algorithm,
            signature,
            dates: [
                date::signed(signed("Date"))?,
                date::signed(signed("X-Date"))?,
            ],
            digests,
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
        lines::fields(&self.lines)
    }

    pub(crate) fn lines(&self) -> &[Line<'f>] {
        &self.lines
    }

    pub(crate) fn signature(&self) -> &Tag {
        &self.signature
    }

    /// The signed dates: none, one, or both of `Date` and `X-Date`.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.dates.into_iter().flatten()
    }

    /// The signed digests of the body.
    pub(crate) fn digests(&self) -> &[SignedDigest] {
        &self.digests
    }

    /// The first meaningful field of the request that is not signed.
    pub(crate) fn unsigned(&self) -> Option<&'static str> {
        self.unsigned
    }
}

/// The name by which Kong's clients ask for the method and the target.
const REQUEST_TARGET: &str = "@request-target";

fn line<'f>(facts: &'f RequestFacts, name: &'f str) -> Result<Line<'f>, Refusal> {
    match name {
        REQUEST_LINE => Ok(Line::Request),
        REQUEST_TARGET => Ok(Line::RequestTarget {
            name: REQUEST_TARGET,
        }),
        // A field of that name would be signed in place of the method and the target.
        _ if name.eq_ignore_ascii_case(REQUEST_LINE) => Err(Refusal::malformed(
            "the list of headers spells request-line in capitals",
        )),
        _ => lines::field(facts, name),
    }
}
