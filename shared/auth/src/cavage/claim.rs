//! The parameters of a signed request, read into a claim together with everything of the request that they name.

use hubkeys_domain::Timestamp;

use super::params::Params;
use crate::coverage::{first_unsigned, require_single_fields};
use crate::facts::Field;
use crate::freshness::require_order;
use crate::lines::Line;
use crate::mac::Tag;
use crate::signed_digest::{DigestField, SignedDigest};
use crate::{Algorithm, Refusal, RequestFacts, date, lines, signature};

/// A key and the signature that was made with its secret.
#[derive(Debug)]
pub struct CavageClaim<'f> {
    key: &'f str,
    algorithm: Algorithm,
    lines: Vec<Line<'f>>,
    signature: Tag,
    dates: [Option<Timestamp>; 2],
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
    digests: Vec<SignedDigest>,
    unsigned: Option<&'static str>,
}

pub(super) const REQUEST_TARGET: &str = "(request-target)";
pub(super) const CREATED: &str = "(created)";
pub(super) const EXPIRES: &str = "(expires)";

impl<'f> CavageClaim<'f> {
    /// Reads the parameters, finds every listed field in the request, and reads those that are checked.
    pub(crate) fn parse(facts: &'f RequestFacts, list: &'f str) -> Result<Self, Refusal> {
        let params = Params::parse(list)?;
        if !signature::is_key(params.key_id) {
            return Err(Refusal::malformed(
                "the keyId is not 1 to 128 visible ASCII characters",
            ));
        }
        let algorithm = match params.algorithm {
            "hs2019" => {
                return Err(Refusal::malformed(
                    "the algorithm hs2019 does not say which it is: name one of hmac-sha1, hmac-sha256, hmac-sha384, hmac-sha512",
                ));
            }
            name => signature::algorithm(name)?,
        };
        let signature = signature::parse(algorithm, params.signature)?;
        require_single_fields(facts)?;
        let created = params.created.map(|created| created.instant);
        let expires = params.expires.map(|expires| expires.instant);
        require_order(created, expires)?;
        let lines = lines(facts, &params)?;
        let signed = |name: &str| lines::signed(&lines, name);
        let mut digests = Vec::new();
        for field in [DigestField::Digest, DigestField::ContentDigest] {
            if let Some(value) = signed(field.name()) {
                field.read(value, &mut digests)?;
            }
        }
        Ok(Self {
            key: params.key_id,
            algorithm,
            signature,
            dates: [
                date::signed(signed("date"))?,
                date::signed(signed("x-date"))?,
            ],
            created,
            expires,
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

    /// The names of the signed header fields in their order.
    pub fn signed_headers(&self) -> impl Iterator<Item = &'f str> {
        lines::fields(&self.lines)
    }

    pub(crate) fn lines(&self) -> &[Line<'f>] {
        &self.lines
    }

    pub(crate) fn signature(&self) -> &Tag {
        &self.signature
    }

    /// The parameter `created`, signed or not.
    pub(crate) fn created(&self) -> Option<Timestamp> {
        self.created
    }

    /// The parameter `expires`, signed or not.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    /// Whether a parameter is signed.
    pub(crate) fn signs_parameter(&self, name: &str) -> bool {
        self.lines.iter().any(|line| line.name() == name)
    }

    /// The signed dates: of `Date`, of `X-Date`, and of `created`.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Timestamp> {
        let created = self.created.filter(|_| self.signs_parameter(CREATED));
        self.dates.into_iter().chain([created]).flatten()
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

/// The names that are signed without a list: by the draft `(created)`, by its older versions the date. Neither is
/// enough, but a client's author wants to see what was signed.
pub(super) fn default_list<'f>(facts: &RequestFacts, params: &Params<'_>) -> Option<&'f str> {
    if params.created.is_some() {
        return Some(CREATED);
    }
    matches!(facts.field("date"), Field::Once(_)).then_some("date")
}

fn lines<'f>(facts: &'f RequestFacts, params: &Params<'f>) -> Result<Vec<Line<'f>>, Refusal> {
    let Some(list) = params.headers.or_else(|| default_list(facts, params)) else {
        return Ok(Vec::new());
    };
    lines::read(facts, list, |name| match name {
        REQUEST_TARGET => Ok(Line::RequestTarget {
            name: REQUEST_TARGET,
        }),
        CREATED | EXPIRES => {
            let seconds = if name == CREATED {
                params.created
            } else {
                params.expires
            };
            match seconds {
                Some(seconds) => Ok(Line::Field {
                    name,
                    value: seconds.text,
                }),
                None => Err(Refusal::malformed(
                    "the list of headers names (created) or (expires), and there is no parameter of that name",
                )),
            }
        }
        _ if name.bytes().any(|byte| byte.is_ascii_uppercase()) => Err(Refusal::malformed(
            "the list of headers has a name that is not in lower case",
        )),
        _ => match lines::field(facts, name)? {
            Line::Field { name, value } => Ok(Line::Field {
                name,
                value: value.trim_matches([' ', '\t']),
            }),
            line => Ok(line),
        },
    })
}
