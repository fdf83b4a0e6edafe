//! The two fields of a signed request, read into a claim together with everything of the request that they cover.

use hubkeys_domain::Timestamp;

use super::component::{Component, Value};
use super::input::{Input, Parameters};
use crate::coverage::{first_unsigned, require_single_fields};
use crate::freshness::require_order;
use crate::mac::Tag;
use crate::signed_digest::{DigestField, SignedDigest};
use crate::{Algorithm, Refusal, RequestFacts};

/// A key and the signature that was made with its secret.
#[derive(Debug)]
pub struct Rfc9421Claim<'f> {
    parameters: Parameters<'f>,
    params: &'f str,
    components: Vec<Component<'f>>,
    signature: Tag,
    digests: Vec<SignedDigest>,
    unsigned: Option<&'static str>,
}

impl<'f> Rfc9421Claim<'f> {
    /// Reads both fields, finds every covered component in the request, and reads those that are checked.
    pub(crate) fn parse(
        facts: &'f RequestFacts,
        input: &'f str,
        signature: &str,
    ) -> Result<Self, Refusal> {
        let read = Input::parse(input)?;
        let params = read.canonical(input)?;
        let parameters = read.parameters()?;
        require_order(Some(parameters.created), parameters.expires)?;
        let signature = read.signature(signature)?;
        require_single_fields(facts)?;
        let components = read
            .components()
            .map(|name| Component::find(facts, name))
            .collect::<Result<Vec<_>, _>>()?;
        let covered = |name: &str| {
            components
                .iter()
                .find(|component| component.name.eq_ignore_ascii_case(name))
        };
        let mut digests = Vec::new();
        if let Some(Component {
            value: Value::Text(value),
            ..
        }) = covered(DigestField::ContentDigest.name())
        {
            DigestField::ContentDigest.read(value, &mut digests)?;
        }
        Ok(Self {
            parameters,
            params,
            signature,
            digests,
            unsigned: first_unsigned(facts, |name| covered(name).is_some()),
            components,
        })
    }

    /// The key, as the client wrote it.
    pub fn key(&self) -> &str {
        self.parameters.key
    }

    /// What the signature was made with: no other is supported.
    pub fn algorithm(&self) -> Algorithm {
        Algorithm::HmacSha256
    }

    /// When the signature was made.
    pub fn created(&self) -> Timestamp {
        self.parameters.created
    }

    /// Until when it is to be used.
    pub fn expires(&self) -> Option<Timestamp> {
        self.parameters.expires
    }

    /// What its client uses once only.
    pub fn nonce(&self) -> Option<&str> {
        self.parameters.nonce.as_deref()
    }

    /// The names of the covered components in their order, derived ones (with their `@`) as well as header fields.
    pub fn components(&self) -> impl Iterator<Item = &'f str> {
        self.components.iter().map(|component| component.name)
    }

    /// The names of the signed header fields in their order.
    pub fn signed_headers(&self) -> impl Iterator<Item = &'f str> {
        self.components
            .iter()
            .filter(|component| component.is_field())
            .map(|component| component.name)
    }

    pub(crate) fn covered(&self) -> &[Component<'f>] {
        &self.components
    }

    /// The value of `@signature-params`.
    pub(crate) fn params(&self) -> &'f str {
        self.params
    }

    pub(crate) fn signature(&self) -> &Tag {
        &self.signature
    }

    pub(crate) fn digests(&self) -> &[SignedDigest] {
        &self.digests
    }

    /// The first meaningful field of the request that is not signed.
    pub(crate) fn unsigned(&self) -> Option<&'static str> {
        self.unsigned
    }

    pub(crate) fn covers(&self, name: &str) -> bool {
        self.components().any(|component| component == name)
    }
}
