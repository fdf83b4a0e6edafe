//! The body of a request, and its digests, each computed only where a signature asks for it.

use std::fmt;

use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512};

use crate::digest::{MD5_OF_NOTHING, SHA256_OF_NOTHING, SHA512_OF_NOTHING};

/// The body, as far as the asking service hands it over.
#[derive(Clone)]
pub enum Body {
    /// There was none.
    Absent,
    /// The asking service does not see it, as no authorizer of API Gateway does. Where the headers announce one, its digest
    /// has to be signed; it is reported for whoever has the body to compare, and `body_compared` says so.
    Unseen,
    /// The raw bytes, before any decoding of content.
    Raw(Vec<u8>),
    /// Digests that the asking service computed from the raw bytes. Every digest that a client signs is compared, so a
    /// service that keeps the body back supplies all three unless it knows which its clients sign.
    Digests {
        /// Its MD5: `Content-MD5` of Hub HMAC.
        md5: Option<[u8; 16]>,
        /// Its SHA-256: `Digest` and `Content-Digest`.
        sha256: Option<[u8; 32]>,
        /// Its SHA-512: `Digest` and `Content-Digest`.
        sha512: Option<[u8; 64]>,
    },
}

impl Body {
    /// Whether there is no body. A service that supplies no digest says nothing about it: then there may be one.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Unseen => false,
            Self::Raw(bytes) => bytes.is_empty(),
            Self::Digests { .. } => self.says_empty().any(|empty| empty),
        }
    }

    /// Whether there is anything to compare a signed digest with.
    pub(crate) fn is_seen(&self) -> bool {
        !matches!(self, Self::Unseen)
    }

    /// Whether one digest is that of an empty body and another is not.
    pub(crate) fn is_contradictory(&self) -> bool {
        let mut says_empty = self.says_empty();
        says_empty
            .next()
            .is_some_and(|first| says_empty.any(|empty| empty != first))
    }

    /// What each supplied digest says: whether it is that of an empty body.
    fn says_empty(&self) -> impl Iterator<Item = bool> {
        let says = match self {
            Self::Absent | Self::Unseen | Self::Raw(_) => [None; 3],
            Self::Digests {
                md5,
                sha256,
                sha512,
            } => [
                md5.map(|md5| md5 == MD5_OF_NOTHING),
                sha256.map(|sha256| sha256 == SHA256_OF_NOTHING),
                sha512.map(|sha512| sha512 == SHA512_OF_NOTHING),
            ],
        };
        says.into_iter().flatten()
    }

    /// The MD5 of the body. `None`: the asking service supplied other digests only.
    pub(crate) fn md5(&self) -> Option<[u8; 16]> {
        match self {
            Self::Raw(bytes) => Some(Md5::digest(bytes).into()),
            Self::Digests { md5: Some(md5), .. } => Some(*md5),
            Self::Absent | Self::Unseen | Self::Digests { .. } => {
                self.is_empty().then_some(MD5_OF_NOTHING)
            }
        }
    }

    /// The SHA-256 of the body. `None`: the asking service supplied other digests only.
    pub(crate) fn sha256(&self) -> Option<[u8; 32]> {
        match self {
            Self::Raw(bytes) => Some(Sha256::digest(bytes).into()),
            Self::Digests {
                sha256: Some(sha256),
                ..
            } => Some(*sha256),
            Self::Absent | Self::Unseen | Self::Digests { .. } => {
                self.is_empty().then_some(SHA256_OF_NOTHING)
            }
        }
    }

    /// The SHA-512 of the body. `None`: the asking service supplied other digests only.
    pub(crate) fn sha512(&self) -> Option<[u8; 64]> {
        match self {
            Self::Raw(bytes) => Some(Sha512::digest(bytes).into()),
            Self::Digests {
                sha512: Some(sha512),
                ..
            } => Some(*sha512),
            Self::Absent | Self::Unseen | Self::Digests { .. } => {
                self.is_empty().then_some(SHA512_OF_NOTHING)
            }
        }
    }
}

// The body is nobody's business.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Unseen => f.write_str("Unseen"),
            Self::Raw(bytes) => write!(f, "Raw({} bytes)", bytes.len()),
            Self::Digests { .. } => f.write_str("Digests(…)"),
        }
    }
}
