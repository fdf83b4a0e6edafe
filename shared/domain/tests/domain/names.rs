//! Text that people type: names of keys, reasons of revocations, identifiers.

use hubkeys_domain::{
    AccountId, KeyName, KeyNameError, RevocationReason, RevocationReasonError, UserId,
};

#[test]
fn a_name_is_1_to_64_characters_of_any_language() {
    let longest = "ü".repeat(64);
    for (text, name) in [
        ("a", "a"),
        ("  Billing, production\t", "Billing, production"),
        ("\u{a0}\u{3000}Billing\u{2003}\n", "Billing"),
        ("two  spaces stay", "two  spaces stay"),
        (longest.as_str(), longest.as_str()),
        ("Καλημέρα κόσμε", "Καλημέρα κόσμε"),
        ("مفتاح الفواتير", "مفتاح الفواتير"),
        ("請求書 🔑", "請求書 🔑"),
        // A family of four: emoji joined by U+200D.
        (
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
            "👨\u{200d}👩\u{200d}👧\u{200d}👦",
        ),
        ("❤\u{fe0f} 🇩🇪 👍🏽", "❤\u{fe0f} 🇩🇪 👍🏽"),
        // The joiner of Persian spelling.
        ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        // A combining mark is not composed: what was typed is kept.
        ("e\u{301}", "e\u{301}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    ] {
        assert_eq!(text.parse::<KeyName>().unwrap().as_str(), name, "{text:?}");
    }
}

#[test]
fn a_name_is_neither_empty_nor_too_long_nor_does_it_control_the_text_around_it() {
    let too_long = "ü".repeat(65);
    let joined = "👨\u{200d}".repeat(33);
    let forbidden = |at| KeyNameError::ForbiddenCharacter { at };
    for (text, error) in [
        ("", KeyNameError::Empty),
        (" \t\r\n\u{a0}\u{3000}", KeyNameError::Empty),
        // White space at the ends is no control character in the name, but one inside is.
        ("a\nb", forbidden(1)),
        ("a\tb", forbidden(1)),
        ("a\0", forbidden(1)),
        ("\u{7f}a", forbidden(0)),
        ("né\u{1b}[31m", forbidden(2)),
        ("a\u{85}b", forbidden(1)),
        ("a\u{9b}b", forbidden(1)),
        ("a\u{2028}b", forbidden(1)),
        ("a\u{2029}b", forbidden(1)),
        ("a\u{202a}b", forbidden(1)),
        ("\u{202e}gnilliB", forbidden(0)),
        ("a\u{2066}b", forbidden(1)),
        ("ab\u{2069}", forbidden(2)),
        (too_long.as_str(), KeyNameError::TooLong { found: 65 }),
        (joined.as_str(), KeyNameError::TooLong { found: 66 }),
    ] {
        assert_eq!(text.parse::<KeyName>(), Err(error), "{text:?}");
    }
}

#[test]
fn a_name_in_json_goes_by_the_same_rule() {
    let name: KeyName = serde_json::from_str(r#"" Billing ""#).unwrap();
    assert_eq!(name.as_str(), "Billing");
    assert_eq!(serde_json::to_string(&name).unwrap(), r#""Billing""#);
    assert!(serde_json::from_str::<KeyName>(r#""\u202e""#).is_err());
    assert!(serde_json::from_str::<KeyName>("7").is_err());
}

#[test]
fn a_reason_goes_by_the_same_rule_and_may_have_256_characters() {
    let longest = "ü".repeat(256);
    assert_eq!(
        longest.parse::<RevocationReason>().unwrap().as_str(),
        longest
    );
    for (text, error) in [
        (" ".to_owned(), RevocationReasonError::Empty),
        (
            format!("{longest}!"),
            RevocationReasonError::TooLong { found: 257 },
        ),
        (
            "a\u{202e}b".to_owned(),
            RevocationReasonError::ForbiddenCharacter { at: 1 },
        ),
    ] {
        assert_eq!(text.parse::<RevocationReason>(), Err(error));
    }
}

#[test]
fn an_account_id_can_name_no_row_but_its_own() {
    let longest = "a".repeat(64);
    for text in ["a", "Acme-1_2.3", longest.as_str()] {
        assert_eq!(text.parse::<AccountId>().unwrap().as_str(), text);
    }
    let too_long = "a".repeat(65);
    for text in ["", "a#b", "a b", "ä", "a/b", "a\n", too_long.as_str()] {
        assert!(text.parse::<AccountId>().is_err(), "{text:?}");
        assert!(serde_json::from_value::<AccountId>(text.into()).is_err());
    }
}

#[test]
fn a_user_id_is_visible_ascii() {
    assert!("auth0|5f7c8ec7c33c6c004bbafe82".parse::<UserId>().is_ok());
    let too_long = "a".repeat(129);
    for text in ["", "a b", "ä", "a\0", too_long.as_str()] {
        assert!(text.parse::<UserId>().is_err(), "{text:?}");
    }
}

#[test]
fn a_name_that_nobody_can_see_or_that_reverses_the_text_around_it_is_refused() {
    for hidden in [
        '\u{200b}',
        '\u{feff}',
        '\u{ad}',
        '\u{3164}',
        '\u{2800}',
        '\u{61c}',
        '\u{200f}',
        '\u{2060}',
        '\u{e0001}',
    ] {
        let error = KeyNameError::ForbiddenCharacter { at: 1 };
        assert_eq!(
            format!("a{hidden}b").parse::<KeyName>(),
            Err(error),
            "{hidden:?}"
        );
    }
    // Joined emojis, a joiner of Persian and a variation selector are how people write.
    for name in ["👩‍💻 laptop", "نمی‌خواهم", "❤️"] {
        assert_eq!(name.parse::<KeyName>().unwrap().as_str(), name);
    }
}
