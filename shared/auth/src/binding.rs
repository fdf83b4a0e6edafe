//! What a valid decision bound.

use hubkeys_domain::Timestamp;

use crate::{Algorithm, Dialect, Tag};

/// What a credential vouched for beside its key. A service that acts on a part of the request which is not bound acts
/// on what anybody between it and the client may have written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// How the claim was made.
    pub dialect: Dialect,
    /// The method and the target, as they were sent.
    pub request_line: bool,
    /// The host that was asked, and its port.
    pub authority: bool,
    /// The signed date; of several the earliest one, for the signature ends with it.
    pub date: Option<Timestamp>,
    /// When the signature was made, by its own parameter.
    pub created: Option<Timestamp>,
    /// Until when the signature was to be used, by its own parameter.
    pub expires: Option<Timestamp>,
    /// The signed text that its client uses once only (RFC 9421).
    pub nonce: Option<String>,
    /// The body.
    pub body: BoundBody,
    /// Whether the body was compared. If not, whoever has the body has to: with the digest it is bound by, or that there is
    /// none where a signature binds none. Never for Basic, which says nothing of a body.
    pub body_compared: bool,
    /// What the signature was made with. None for Basic.
    pub algorithm: Option<Algorithm>,
    /// The names of the signed header fields in their order, as the client spelled them.
    pub signed_headers: Vec<String>,
    /// The signature: with the key, the name of this very use of it. None for Basic.
    pub signature: Option<Tag>,
}

/// How a body is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundBody {
    /// Not at all: there was none, or the scheme binds none.
    None,
    /// By this MD5, which the client signed and the body has.
    Md5([u8; 16]),
    /// By this SHA-256, which the client signed and the body has.
    Sha256([u8; 32]),
    /// By this SHA-512, which the client signed and the body has.
    Sha512([u8; 64]),
}

impl BoundBody {
    /// The binding as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Md5(_) => "md5",
            Self::Sha256(_) => "sha-256",
            Self::Sha512(_) => "sha-512",
        }
    }
}

impl Binding {
    /// The binding of a scheme that binds nothing: whoever saw the secret can send anything with it.
    pub(crate) fn nothing(dialect: Dialect) -> Self {
        Self {
            dialect,
            request_line: false,
            authority: false,
            date: None,
            created: None,
            expires: None,
            nonce: None,
            body: BoundBody::None,
            body_compared: false,
            algorithm: None,
            signed_headers: Vec::new(),
            signature: None,
        }
    }
}
