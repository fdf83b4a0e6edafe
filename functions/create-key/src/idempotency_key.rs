//! The `Idempotency-Key` header.

use hubkeys_api::{Problem, Request};

const LONGEST: usize = 255;

/// The client's idempotency key, as it is, if it sent one.
///
/// # Errors
/// 400 unless it is 1 to 255 visible ASCII characters but the comma, once.
pub(crate) fn of(request: &Request) -> Result<Option<String>, Problem> {
    let mut values = request.headers().get_all("idempotency-key").iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let valid = (1..=LONGEST).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',');
    if valid && values.next().is_none() {
        Ok(Some(text.to_owned()))
    } else {
        Err(Problem::invalid(
            "an Idempotency-Key is 1 to 255 visible ASCII characters without commas, given once",
        ))
    }
}
