//! API Gateway renames some headers before a function sees them: `Date` may arrive as `x-amzn-remapped-date`.

use hubkeys_auth::{Outcome, Refusal};

const PREFIX: &str = "x-amzn-remapped-";

/// What API Gateway renames of what a signature may cover. No other name is restored: a client could hide any signed header
/// from the backend by renaming it.
const RENAMED: [&str; 3] = ["authorization", "content-md5", "date"];

/// The headers with every renamed one under its own name again.
///
/// # Errors
/// [`Outcome::Malformed`] where the original is there as well, or the renamed one twice: a client can send either, and
/// which of them was signed nobody could tell.
pub(crate) fn restore(
    mut headers: Vec<(String, String)>,
) -> Result<Vec<(String, String)>, Refusal> {
    for at in 0..headers.len() {
        let Some(original) = headers.get(at).and_then(|(name, _)| original(name)) else {
            continue;
        };
        let rivals = headers.iter().enumerate().filter(|(other, _)| *other != at);
        let twice = rivals.into_iter().any(|(_, (name, _))| {
            name.eq_ignore_ascii_case(original)
                || self::original(name).is_some_and(|other| other == original)
        });
        if twice {
            return Err(Refusal::new(
                Outcome::Malformed,
                "a header is there both under its own name and as x-amzn-remapped-*: send it once",
            ));
        }
        if let Some((name, _)) = headers.get_mut(at) {
            original.clone_into(name);
        }
    }
    Ok(headers)
}

/// The name that `name` stands for, if it is one of the renamed ones.
fn original(name: &str) -> Option<&'static str> {
    let (prefix, original) = name.split_at_checked(PREFIX.len())?;
    let renamed = RENAMED
        .into_iter()
        .find(|renamed| renamed.eq_ignore_ascii_case(original));
    renamed.filter(|_| prefix.eq_ignore_ascii_case(PREFIX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(names: &[&str]) -> Vec<(String, String)> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), "x".to_owned()))
            .collect()
    }

    #[test]
    fn a_renamed_header_is_used_where_the_original_is_absent() {
        let restored = restore(headers(&[
            "Host",
            "X-Amzn-Remapped-Date",
            "x-amzn-remapped-content-md5",
        ]))
        .unwrap();
        let names: Vec<_> = restored.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Host", "date", "content-md5"]);
    }

    #[test]
    fn a_renamed_header_beside_its_original_or_its_twin_is_refused() {
        for names in [
            ["Date", "x-amzn-remapped-date"],
            ["x-amzn-remapped-authorization", "authorization"],
            ["x-amzn-remapped-date", "X-Amzn-Remapped-Date"],
        ] {
            assert!(restore(headers(&names)).is_err(), "{names:?}");
        }
        assert!(restore(headers(&["x-amzn-remapped-", "x-amzn-remapped"])).is_ok());
    }

    #[test]
    fn a_header_that_api_gateway_never_renames_keeps_its_name() {
        let sent = headers(&[
            "x-amzn-remapped-account",
            "x-amzn-remapped-host",
            "X-Amzn-Remapped-X-Mode",
        ]);
        assert_eq!(restore(sent.clone()).unwrap(), sent);
    }
}
