//! What is signed.

use super::HubHmacClaim;
use crate::RequestFacts;

/// One line of a signing string.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line<'f> {
    /// The method, the target and `HTTP/1.1`, whatever version was spoken: clients can't know which.
    RequestLine,
    /// A header field under its name as the list spells it, for the SDKs list (and sign) names in a mixed case that
    /// HTTP/2 and proxies change on the way.
    Field { name: &'f str, value: &'f str },
}

impl<'f> Line<'f> {
    /// The line's name in the list.
    pub(crate) fn name(&self) -> &'f str {
        match self {
            Self::RequestLine => REQUEST_LINE,
            Self::Field { name, .. } => name,
        }
    }
}

/// The name under which a list asks for the method and the target.
pub(crate) const REQUEST_LINE: &str = "request-line";

/// Feeds the signing string in parts: the lines joined by a line feed, without one at the end. No fact can hold a line
/// feed, so no field can stand for two lines.
pub(crate) fn feed(method: &str, target: &str, lines: &[Line<'_>], to: &mut dyn FnMut(&str)) {
    let mut first = true;
    for line in lines {
        if !first {
            to("\n");
        }
        first = false;
        match line {
            Line::RequestLine => {
                for part in [method, " ", target, " HTTP/1.1"] {
                    to(part);
                }
            }
            Line::Field { name, value } => {
                for part in [name, ": ", value] {
                    to(part);
                }
            }
        }
    }
}

/// The text this claim's signature has to be of. Holds no secret: show it to the client's author.
pub fn signing_string(facts: &RequestFacts, claim: &HubHmacClaim<'_>) -> String {
    let mut text = String::new();
    feed(facts.method(), facts.target(), claim.lines(), &mut |part| {
        text.push_str(part);
    });
    text
}
