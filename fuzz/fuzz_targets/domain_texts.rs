//! Every text that the domain takes from outside.

#![no_main]

use std::fmt::Display;
use std::str::FromStr;
use std::sync::LazyLock;

use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{
    AccountId, Algorithm, Dialect, KeyId, KeyName, KeyringVersion, RevocationReason, Scheme,
    Secret, SigningPolicy, StoredSecret, Timestamp, UserId,
};
use libfuzzer_sys::fuzz_target;

static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    let [older, current] = ["A", "B"].map(|letter| letter.repeat(42) + "A=");
    Keyring::parse(&format!(
        r#"{{"current":"2","1":"{older}","2":"{current}"}}"#
    ))
    .unwrap()
});

const CONTEXT: &str = "account 1";
const LAST: &str = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
static CURSOR: LazyLock<String> = LazyLock::new(|| KEYRING.seal_cursor(CONTEXT, LAST).unwrap());

/// What is taken prints as something that is taken, and prints the same.
fn reads_what_it_prints<T: FromStr + Display>(text: &str) -> Option<String> {
    let printed = text.parse::<T>().ok()?.to_string();
    let again = printed.parse::<T>().ok().map(|again| again.to_string());
    assert_eq!(again.as_ref(), Some(&printed));
    Some(printed)
}

/// There is one spelling of it.
fn prints_what_it_reads<T: FromStr + Display>(text: &str) {
    if let Some(printed) = reads_what_it_prints::<T>(text) {
        assert_eq!(printed, text);
    }
}

fuzz_target!(|text: &str| {
    prints_what_it_reads::<AccountId>(text);
    prints_what_it_reads::<Algorithm>(text);
    prints_what_it_reads::<Dialect>(text);
    prints_what_it_reads::<KeyId>(text);
    prints_what_it_reads::<Scheme>(text);
    reads_what_it_prints::<KeyName>(text);
    reads_what_it_prints::<RevocationReason>(text);
    reads_what_it_prints::<Timestamp>(text);
    let _ = UserId::try_from(text.to_owned());
    let _ = KeyringVersion::try_from(text.to_owned());
    if Secret::of_any_form(text).check_format().is_ok() {
        assert_eq!(text.len(), Secret::LEN);
    }
    let _ = serde_json::from_str::<SigningPolicy>(text);
    if let Ok(stored) = serde_json::from_str::<StoredSecret>(text) {
        let _ = KEYRING.open(LAST, &stored);
    }
    if let Ok(keyring) = Keyring::parse(text) {
        assert!(keyring.has_version(keyring.current()));
    }
    // Nobody who does not hold the keyring makes a cursor, and nobody changes one.
    assert_eq!(KEYRING.open_cursor(CONTEXT, text), None);
    let altered: String = CURSOR
        .chars()
        .zip(text.chars().chain(std::iter::repeat('\0')))
        .map(|(from, to)| if to == '\0' { from } else { to })
        .collect();
    let is_altered = altered != *CURSOR;
    assert_eq!(KEYRING.open_cursor(CONTEXT, &altered).is_none(), is_altered);
    if text != CONTEXT {
        assert_eq!(KEYRING.open_cursor(text, &CURSOR), None);
    }
});
