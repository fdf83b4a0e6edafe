//! The client's side: what is signed in any dialect.

use hubkeys_domain::Timestamp;

use crate::FactsError;

/// A request before it is signed.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// The method.
    pub method: &'a str,
    /// The target, exactly as it will stand on the request line.
    pub target: &'a str,
    /// The instant of signing, sent to the second.
    pub date: Timestamp,
    /// The body. An empty one is signed like none.
    pub body: Option<&'a [u8]>,
}

impl<'a> Unsigned<'a> {
    pub(crate) fn non_empty_body(&self) -> Option<&'a [u8]> {
        self.body.filter(|body| !body.is_empty())
    }
}

/// A request can't be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key can't stand in a quoted parameter.
    #[error("the key is not 1 to 128 visible ASCII characters without quote and backslash")]
    Key,
    /// The method or the target can't stand on a request line, or a field not in a header.
    #[error(transparent)]
    Request(#[from] FactsError),
    /// The method has a small letter, and the dialect signs methods in small letters only.
    #[error("the method is not in capitals, and this dialect can't tell it from the one that is")]
    Method,
    /// The host can't be signed.
    #[error("the host is not a name or an address, with a port if it has one")]
    Host,
    /// The target is not a path, so it has none that could be signed.
    #[error("the target is not a path with its query: sign it as the request target")]
    Target,
    /// The nonce can't be signed.
    #[error("the nonce is not 1 to 256 characters of printable ASCII")]
    Nonce,
    /// A further field can't be signed.
    #[error("a further field is given twice, is one that the signature adds, or is not ASCII")]
    Field,
}

/// The most further fields: with those of its own, a signature has at most 32 names.
const MAX_FIELDS: usize = 24;

/// Fields that a signature adds, or is made by.
const OWN: [&str; 9] = [
    "authorization",
    "content-digest",
    "date",
    "digest",
    "host",
    "signature",
    "signature-input",
    "transfer-encoding",
    "x-date",
];

/// Refuses further fields that could not be verified.
pub(crate) fn check_fields(fields: &[(&str, &str)]) -> Result<(), SignError> {
    let is_taken = |at: usize, name: &str| {
        let before = fields.iter().take(at).map(|(name, _)| *name);
        OWN.into_iter()
            .chain(before)
            .any(|taken| taken.eq_ignore_ascii_case(name))
    };
    let is_refused =
        |(at, (name, value)): (usize, &(&str, &str))| is_taken(at, name) || !value.is_ascii();
    if fields.len() > MAX_FIELDS || fields.iter().enumerate().any(is_refused) {
        return Err(SignError::Field);
    }
    Ok(())
}
