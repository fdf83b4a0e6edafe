//! What is printed, and how texts from outside are kept from acting on the terminal.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::Value;

/// The text with every character escaped that would move the cursor, colour, end the line or turn its direction.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control()
            || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
        {
            // Writing to a string can't fail.
            let _ = write!(visible, "{}", character.escape_default());
        } else {
            visible.push(character);
        }
    }
    visible
}

/// One member of a JSON object as a word: its text, or its JSON if it is none; `-` if it is not there.
pub(crate) fn word(object: &Value, name: &str) -> String {
    match object.get(name) {
        None | Some(Value::Null) => "-".to_owned(),
        Some(value) => plain(value),
    }
}

/// Who did it: the user of an actor, or the actor's text.
pub(crate) fn actor(object: &Value, name: &str) -> String {
    let user = object.get(name).and_then(|actor| actor.get("user"));
    user.map_or_else(|| word(object, name), plain)
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| visible(&value.to_string()), visible)
}

/// Prints a JSON document on one line.
pub(crate) fn json(out: &mut dyn Write, value: &Value) -> io::Result<()> {
    writeln!(out, "{value}")
}

/// Prints the members of an object, each on a line, those named `first` before the others.
pub(crate) fn members(out: &mut dyn Write, object: &Value, first: &[&str]) -> io::Result<()> {
    let Some(members) = object.as_object() else {
        return writeln!(out, "{}", plain(object));
    };
    let width = members.keys().map(|name| name.chars().count()).max();
    let width = width.unwrap_or_default();
    let is_first = |name: &String| first.contains(&name.as_str());
    let ordered = first.iter().filter_map(|name| members.get_key_value(*name));
    let others = members.iter().filter(|(name, _)| !is_first(name));
    for (name, _) in ordered.chain(others) {
        let text = actor(object, name);
        writeln!(out, "{:width$}  {text}", visible(name))?;
    }
    Ok(())
}

/// Prints rows under their titles. The last column is not padded: let it be the one whose width nobody knows.
pub(crate) fn table<const N: usize>(
    out: &mut dyn Write,
    titles: [&str; N],
    rows: &[[String; N]],
) -> io::Result<()> {
    let titles = titles.map(str::to_owned);
    let lines = || std::iter::once(&titles).chain(rows);
    let mut widths = [0; N];
    for line in lines() {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    for line in lines() {
        let mut text = String::new();
        for (width, cell) in widths.iter().zip(line) {
            // Writing to a string can't fail.
            let _ = write!(text, "{cell:width$}  ");
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_from_outside_acts_on_the_terminal() {
        assert_eq!(
            visible("a\u{1b}[2J\nb\u{202E}ü"),
            "a\\u{1b}[2J\\nb\\u{202e}ü"
        );
    }

    #[test]
    fn a_table_is_as_wide_as_its_cells() {
        let mut out = Vec::new();
        let rows = [["1".to_owned(), "é".to_owned()]];
        table(&mut out, ["ID", "NAME"], &rows).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "ID  NAME\n1   é\n");
    }
}
