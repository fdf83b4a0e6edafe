//! The one rule for text that people type: what may be in a name, a reason.

/// Why a text was refused. Positions and lengths count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFault {
    Empty,
    TooLong { found: usize },
    Forbidden { at: usize },
}

/// Trims white space from both ends, then requires 1 to `longest` characters, none of which controls the terminal, the
/// line or the direction of the text around it: such text would let one entry of a list look like another.
pub(crate) fn trimmed(text: &str, longest: usize) -> Result<&str, TextFault> {
    let text = text.trim();
    // Counting a hostile megabyte is linear, and the edge has bounded the body before.
    match text.chars().count() {
        0 => return Err(TextFault::Empty),
        found if found > longest => return Err(TextFault::TooLong { found }),
        _ => {}
    }
    match text.chars().position(is_forbidden) {
        Some(at) => Err(TextFault::Forbidden { at }),
        None => Ok(text),
    }
}

fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' // line and paragraph separator
            | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') // bidirectional embeddings, overrides, isolates
}
