//! Signing strings of lines, one for each listed name: Hub HMAC's and draft-cavage's.

use crate::facts::{Field, is_token};
use crate::{Refusal, RequestFacts};

/// One line of a signing string.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Line<'f> {
    /// The method, the target and `HTTP/1.1`, whatever version was spoken: clients can't know which.
    Request,
    /// The method in lower case and the target, under this name.
    RequestTarget { name: &'static str },
    /// A header field, or a parameter of the signature, under its name as the list spells it: the SDKs list (and sign)
    /// names in a mixed case that HTTP/2 and proxies change on the way.
    Field { name: &'f str, value: &'f str },
}

impl<'f> Line<'f> {
    /// The line's name in the list.
    pub(crate) fn name(&self) -> &'f str {
        match self {
            Self::Request => REQUEST_LINE,
            Self::RequestTarget { name } => name,
            Self::Field { name, .. } => name,
        }
    }

    /// The name and the value, if it is a header field's.
    fn field(&self) -> Option<(&'f str, &'f str)> {
        match self {
            Self::Field { name, value } if is_token(name) => Some((name, value)),
            _ => None,
        }
    }
}

/// The name under which a list of Hub HMAC asks for the method and the target.
pub(crate) const REQUEST_LINE: &str = "request-line";

/// The most names a list may have: it bounds the work of finding each in the request.
pub(crate) const MAX_NAMES: usize = 32;

/// The longest name of a list, in bytes: with [`MAX_NAMES`] it bounds the work of comparing names with fields. No field
/// that anybody signs has a longer one.
pub(crate) const MAX_NAME: usize = 64;

/// Refuses a name that is too long to be looked up.
pub(crate) fn require_short(name: &str) -> Result<(), Refusal> {
    if name.len() > MAX_NAME {
        return Err(Refusal::malformed(
            "a listed name is longer than 64 characters",
        ));
    }
    Ok(())
}

/// The lines that a list of names asks for. `line` says what stands behind a name, and refuses what is none.
pub(crate) fn read<'f>(
    facts: &RequestFacts,
    list: &'f str,
    line: impl Fn(&'f str) -> Result<Line<'f>, Refusal>,
) -> Result<Vec<Line<'f>>, Refusal> {
    // Counted before anything is looked up: looking up takes names times fields.
    if list.bytes().filter(|byte| *byte == b' ').count() >= MAX_NAMES {
        return Err(Refusal::malformed("the list of headers has over 32 names"));
    }
    let mut lines: Vec<Line<'f>> = Vec::with_capacity(4);
    for name in list.split(' ') {
        require_short(name)?;
        if lines
            .iter()
            .any(|line| line.name().eq_ignore_ascii_case(name))
        {
            return Err(Refusal::malformed("the list of headers names one twice"));
        }
        lines.push(line(name)?);
    }
    let is_ambiguous = |line: &Line<'_>| matches!(line, Line::RequestTarget { .. });
    if lines.iter().any(is_ambiguous)
        && facts.method().bytes().any(|byte| byte.is_ascii_lowercase())
    {
        // Methods are case-sensitive and the line is not: whoever passes the request on could choose one of two.
        return Err(Refusal::malformed(
            "the method is not in capitals, and the signature can't tell it from the one that is",
        ));
    }
    Ok(lines)
}

/// The line of a header field, which the request has to have exactly once.
pub(crate) fn field<'f>(facts: &'f RequestFacts, name: &'f str) -> Result<Line<'f>, Refusal> {
    if !is_token(name) {
        return Err(Refusal::malformed(
            "the list of headers is not of header names, each separated by one space",
        ));
    }
    match facts.field(name) {
        Field::Once(value) => Ok(Line::Field { name, value }),
        Field::Absent => Err(Refusal::malformed(format!(
            "the list of headers names {name:.64}, which the request does not have"
        ))),
        Field::Repeated => Err(Refusal::malformed(format!(
            "the list of headers names {name:.64}, which the request has more than once"
        ))),
    }
}

/// The value of the header field of this name, if it is signed.
pub(crate) fn signed<'f>(lines: &[Line<'f>], name: &str) -> Option<&'f str> {
    lines
        .iter()
        .filter_map(Line::field)
        .find_map(|(listed, value)| listed.eq_ignore_ascii_case(name).then_some(value))
}

/// The names of the signed header fields in their order, as the client spelled them.
pub(crate) fn fields<'f>(lines: &[Line<'f>]) -> impl Iterator<Item = &'f str> {
    lines.iter().filter_map(Line::field).map(|(name, _)| name)
}

/// Whether the lines bind method and target.
pub(crate) fn bind_target(lines: &[Line<'_>]) -> bool {
    lines
        .iter()
        .any(|line| matches!(line, Line::Request | Line::RequestTarget { .. }))
}

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
            Line::Request => {
                for part in [method, " ", target, " HTTP/1.1"] {
                    to(part);
                }
            }
            Line::RequestTarget { name } => {
                for part in [name, ": ", &method.to_ascii_lowercase(), " ", target] {
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

/// The signing string as a text.
pub(crate) fn text(method: &str, target: &str, lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    feed(method, target, lines, &mut |part| text.push_str(part));
    text
}
