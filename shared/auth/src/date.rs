//! The one form of date that is signed.

use std::time::{Duration, SystemTime};

use httpdate::HttpDate;
use hubkeys_domain::Timestamp;

use crate::Refusal;

/// Parses an IMF-fixdate (RFC 9110 section 5.6.7), e.g. `Mon, 23 Nov 2026 08:30:00 GMT`, and nothing else.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let date: HttpDate = text.parse().ok()?;
    // The parser also takes the two obsolete forms and white space around them. Asking for the text that the date
    // prints as leaves one spelling, and none with a weekday of its own or a zone other than GMT.
    if date.to_string() != text {
        return None;
    }
    Timestamp::try_from(SystemTime::from(date)).ok()
}

/// The date of a signed header field, if it is signed.
pub(crate) fn signed(value: Option<&str>) -> Result<Option<Timestamp>, Refusal> {
    value
        .map(|value| {
            parse(value).ok_or_else(|| {
                Refusal::malformed(
                    "the signed date is not of the form \"Mon, 23 Nov 2026 08:30:00 GMT\"",
                )
            })
        })
        .transpose()
}

/// Prints an instant as an IMF-fixdate, rounded down to the second.
pub(crate) fn print(instant: Timestamp) -> String {
    let since_epoch = Duration::from_secs(instant.as_seconds().unsigned_abs());
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + since_epoch)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_an_imf_fixdate_is_a_date() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(
            parse("Mon, 23 Nov 2026 08:30:00 GMT"),
            Some("2026-11-23T08:30:00Z".parse()?)
        );
        for text in [
            "",
            "Mon, 23 Nov 2026 08:30:00 UTC",
            "Mon, 23 Nov 2026 08:30:00 +0000",
            "Mon, 23 Nov 2026 08:30:00",
            "Mon, 23 Nov 2026 08:30:00 gmt",
            "mon, 23 nov 2026 08:30:00 GMT",
            "Tue, 23 Nov 2026 08:30:00 GMT",
            "23 Nov 2026 08:30:00 GMT",
            " Mon, 23 Nov 2026 08:30:00 GMT",
            "Mon, 23 Nov 2026 08:30:00 GMT ",
            "Mon,  23 Nov 2026 08:30:00 GMT",
            "Monday, 23-Nov-26 08:30:00 GMT",
            "Mon Nov 23 08:30:00 2026",
            "Mon, 23 Nov 2026 08:30:60 GMT",
            "Mon, 23 Nov 2026 24:00:00 GMT",
            "Mon, 31 Nov 2026 08:30:00 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "2026-11-23T08:30:00Z",
            "1795422600",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn a_printed_date_parses_to_its_second(millis in 0..253_402_200_000_000_i64) {
            let instant = Timestamp::from_millis(millis).unwrap();
            prop_assert_eq!(parse(&print(instant)).unwrap().as_millis(), millis / 1000 * 1000);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,40}") {
            let _ = parse(&text);
        }
    }
}
