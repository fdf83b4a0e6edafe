//! The ways in which a request can prove who sent it.

use std::fmt;

/// How a claim is made. A key of a scheme can be claimed in each dialect of that scheme, unless it allows fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(rename_all = "kebab-case"))]
pub enum Dialect {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// The platform's own signature.
    HubHmac,
    /// HTTP Message Signatures (RFC 9421).
    Rfc9421,
    /// Signing HTTP Messages, draft-cavage-http-signatures-12.
    #[cfg_attr(feature = "openapi", schema(rename = "cavage-12"))]
    Cavage12,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Basic, Self::HubHmac, Self::Rfc9421, Self::Cavage12];

    /// The dialect as a key's policy names it. None for Basic, which signs nothing.
    pub fn signing(self) -> Option<hubkeys_domain::Dialect> {
        match self {
            Self::Basic => None,
            Self::HubHmac => Some(hubkeys_domain::Dialect::HubHmac),
            Self::Rfc9421 => Some(hubkeys_domain::Dialect::Rfc9421),
            Self::Cavage12 => Some(hubkeys_domain::Dialect::Cavage12),
        }
    }

    /// The dialect of exactly this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
    }

    /// The dialect as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::HubHmac => "hub-hmac",
            Self::Rfc9421 => "rfc9421",
            Self::Cavage12 => "cavage-12",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
