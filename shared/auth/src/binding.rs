//! What a valid decision bound.

use hubkeys_domain::Timestamp;

use crate::Algorithm;

/// What a credential vouched for beside its key. A service that acts on a part of the request which is not bound acts
/// on what anybody between it and the client may have written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The method and the target, as they were sent.
    pub request_line: bool,
    /// The signed date; of two the earlier one, for the signature ends with it.
    pub date: Option<Timestamp>,
    /// The body.
    pub body: BoundBody,
    /// What the signature was made with. None for Basic.
    pub algorithm: Option<Algorithm>,
    /// The names of the signed header fields in their order, as the client spelled them.
    pub signed_headers: Vec<String>,
}

/// How a body is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundBody {
    /// Not at all: there was none, or the scheme binds none.
    None,
    /// By this MD5, which the client signed and the body has.
    Md5([u8; 16]),
}

impl BoundBody {
    /// The binding as it stands in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Md5(_) => "md5",
        }
    }
}

impl Binding {
    /// The binding of a scheme that binds nothing: whoever saw the secret can send anything with it.
    pub(crate) fn nothing() -> Self {
        Self {
            request_line: false,
            date: None,
            body: BoundBody::None,
            algorithm: None,
            signed_headers: Vec::new(),
        }
    }
}
