//! How a key's holder proves to hold its secret.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a key is for. A key has one scheme for life: a Basic key never signs, an HMAC secret is never a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scheme {
    /// The secret is sent with each request (RFC 7617). We keep a digest of it.
    Basic,
    /// The secret signs each request and is never sent. We keep it sealed, for a signature can't be checked without it.
    Hmac,
}

impl Scheme {
    /// The scheme as it stands in JSON and in rows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Hmac => "hmac",
        }
    }
}

/// The text names no scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scheme is \"basic\" or \"hmac\"")]
pub struct SchemeError;

impl FromStr for Scheme {
    type Err = SchemeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "basic" => Ok(Self::Basic),
            "hmac" => Ok(Self::Hmac),
            _ => Err(SchemeError),
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
