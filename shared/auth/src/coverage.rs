//! Which fields of a request mean something to a service, and what of it a signature must cover.

use crate::facts::Field;
use crate::{Refusal, RequestFacts};

/// Fields of which a second one makes a request two requests: one service reads the first, another the last.
const ONCE: [&str; 13] = [
    "authorization",
    "signature",
    "signature-input",
    "date",
    "x-date",
    "content-md5",
    "x-content-md5",
    "digest",
    "content-digest",
    "account",
    "host",
    "content-length",
    "transfer-encoding",
];

/// Fields that change who is acted for, what is done, or what is taken for the date or the body's digest. Unsigned,
/// anybody could have added them. (`Date` is not among them: HTTP libraries add one beside a signed `X-Date`, and the
/// signed one is the one checked.)
const SIGNED_IF_PRESENT: [&str; 13] = [
    "Account",
    "Content-MD5",
    "X-Content-MD5",
    "Digest",
    "Content-Digest",
    "X-Date",
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "X-Original-Method",
    "X-Original-URL",
    "X-Rewrite-URL",
    "Repr-Digest",
];

/// Refuses a request that says something meaningful twice, or under a name that only some services take for it.
pub(crate) fn require_single_fields(facts: &RequestFacts) -> Result<(), Refusal> {
    // CGI, and all that is built on it, makes one variable of `X_Date` and `X-Date`.
    let in_disguise = |name: &str| {
        name.contains('_') && {
            let plain = name.replace('_', "-");
            let mut meaningful = ONCE.into_iter().chain(SIGNED_IF_PRESENT);
            meaningful.any(|meaningful| meaningful.eq_ignore_ascii_case(&plain))
        }
    };
    if facts.headers().iter().any(|(name, _)| in_disguise(name)) {
        return Err(Refusal::malformed(
            "a header that has to be signed is spelt with an underscore: spell it with a hyphen",
        ));
    }
    match ONCE
        .into_iter()
        .find(|name| matches!(facts.field(name), Field::Repeated))
    {
        Some(name) => Err(Refusal::malformed(format!(
            "the request has more than one {name} header"
        ))),
        None => Ok(()),
    }
}

/// The first meaningful field that is present and that `is_signed` does not know.
pub(crate) fn first_unsigned(
    facts: &RequestFacts,
    is_signed: impl Fn(&str) -> bool,
) -> Option<&'static str> {
    SIGNED_IF_PRESENT
        .into_iter()
        .find(|name| !matches!(facts.field(name), Field::Absent) && !is_signed(name))
}

/// Whether the header fields announce a body.
pub(crate) fn announces_body(facts: &RequestFacts) -> bool {
    let zero = |length: &str| !length.is_empty() && length.bytes().all(|digit| digit == b'0');
    match facts.field("content-length") {
        Field::Absent => {}
        Field::Once(length) if zero(length) => {}
        Field::Once(_) | Field::Repeated => return true,
    }
    !matches!(facts.field("transfer-encoding"), Field::Absent)
}
