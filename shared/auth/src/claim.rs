//! What a request says of its sender.

use hubkeys_domain::Scheme;

use crate::basic::BasicClaim;
use crate::cavage::CavageClaim;
use crate::hub_hmac::HubHmacClaim;
use crate::rfc9421::Rfc9421Claim;
use crate::{Algorithm, Dialect};

/// Who says to have sent a request, and how they mean to prove it. Not yet proven: only [`crate::check`] does that.
#[derive(Debug)]
pub enum Claim<'f> {
    /// By sending the secret (RFC 7617).
    Basic(BasicClaim),
    /// By the platform's own signature.
    HubHmac(HubHmacClaim<'f>),
    /// By an HTTP message signature.
    Rfc9421(Rfc9421Claim<'f>),
    /// By a signature of draft-cavage.
    Cavage12(CavageClaim<'f>),
}

impl Claim<'_> {
    /// The key that is claimed, as the client wrote it: a text from outside.
    pub fn key(&self) -> &str {
        match self {
            Self::Basic(claim) => claim.key(),
            Self::HubHmac(claim) => claim.key(),
            Self::Rfc9421(claim) => claim.key(),
            Self::Cavage12(claim) => claim.key(),
        }
    }

    /// The scheme a key must be of to be claimed like this.
    pub fn scheme(&self) -> Scheme {
        match self {
            Self::Basic(_) => Scheme::Basic,
            Self::HubHmac(_) | Self::Rfc9421(_) | Self::Cavage12(_) => Scheme::Hmac,
        }
    }

    /// How the claim is made.
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Basic(_) => Dialect::Basic,
            Self::HubHmac(_) => Dialect::HubHmac,
            Self::Rfc9421(_) => Dialect::Rfc9421,
            Self::Cavage12(_) => Dialect::Cavage12,
        }
    }

    /// What the signature was made with. None for Basic.
    pub fn algorithm(&self) -> Option<Algorithm> {
        match self {
            Self::Basic(_) => None,
            Self::HubHmac(claim) => Some(claim.algorithm()),
            Self::Rfc9421(claim) => Some(claim.algorithm()),
            Self::Cavage12(claim) => Some(claim.algorithm()),
        }
    }
}
