//! The one rule for text that people type: what may be in a name, a reason.

/// Why a text was refused. Positions and lengths count Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFault {
    Empty,
    TooLong { found: usize },
    Forbidden { at: usize },
}

/// Trims white space from both ends, then requires 1 to `longest` characters, none of which controls the terminal, the
/// line or the direction of the text around it, or can't be seen: it would let one entry of a list look like another.
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

/// Joiners and variation selectors are none of these, nor are the tags U+E0020 to U+E007F: emojis (the flags of England,
/// Scotland and Wales among them) and some scripts are written with them.
fn is_forbidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            // Lines and paragraphs.
            '\u{2028}' | '\u{2029}'
            // Marks, embeddings, overrides and isolates of direction.
            | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
            // What nobody sees: soft hyphen, blank letters, zero-width spaces, invisible operators, the language tag.
            | '\u{00AD}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{206A}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0001}'
        )
}
