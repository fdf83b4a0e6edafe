//! What is a request at all.

use hubkeys_auth::{Body, FactsError, RequestFacts};

use crate::request::owned;

fn facts(method: &str, target: &str, headers: &[(&str, &str)]) -> Result<(), FactsError> {
    RequestFacts::new(method, target, owned(headers), Body::Absent, None).map(drop)
}

#[test]
fn facts_are_kept_as_they_came() {
    let headers = owned(&[("X-a", "  b\t"), ("x-A", "")]);
    let facts =
        RequestFacts::new("pAtCh", "//a/../%2e?#", headers.clone(), Body::Absent, None).unwrap();
    assert_eq!((facts.method(), facts.target()), ("pAtCh", "//a/../%2e?#"));
    assert_eq!(facts.headers(), headers);
}

#[test]
fn a_method_is_a_token_of_at_most_32_bytes() {
    for method in ["GET", "get", "M-SEARCH", &"X".repeat(32)] {
        assert_eq!(facts(method, "/", &[]), Ok(()), "{method}");
    }
    for method in ["", "GET ", "GE T", "GET\n", "GÉT", "GET/", &"X".repeat(33)] {
        assert_eq!(
            facts(method, "/", &[]),
            Err(FactsError::Method),
            "{method:?}"
        );
    }
}

#[test]
fn a_target_is_visible_ascii_of_at_most_8_kib() {
    for target in ["/", "*", "/a?b=%20", "example.com:443", &"/".repeat(8192)] {
        assert_eq!(facts("GET", target, &[]), Ok(()), "{target}");
    }
    for target in [
        "",
        "/ ",
        "/a b",
        "/\t",
        "/\n",
        "/\0",
        "/\u{7f}",
        "/é",
        &"/".repeat(8193),
    ] {
        assert_eq!(
            facts("GET", target, &[]),
            Err(FactsError::Target),
            "{target:?}"
        );
    }
}

#[test]
fn a_field_that_could_stand_for_two_is_refused() {
    for name in ["", "a b", "a:", "a\n", ":authority", "é"] {
        let headers = [("X", ""), (name, "")];
        assert_eq!(
            facts("GET", "/", &headers),
            Err(FactsError::HeaderName { at: 1 }),
            "{name:?}"
        );
    }
    for value in ["a\n", "\r", "a\0b", "\u{7f}", "\u{1b}[2J"] {
        assert_eq!(
            facts("GET", "/", &[("X", value)]),
            Err(FactsError::HeaderValue { at: 0 }),
            "{value:?}"
        );
    }
    assert_eq!(facts("GET", "/", &[("X", "a\tb é ")]), Ok(()));
}

#[test]
fn fields_are_bounded_in_number_and_size() {
    let value = "x".repeat(8192);
    assert_eq!(facts("GET", "/", &[("X", &value)]), Ok(()));
    assert_eq!(
        facts("GET", "/", &[("X", &(value.clone() + "x"))]),
        Err(FactsError::HeaderTooLong { at: 0 })
    );
    assert_eq!(facts("GET", "/", &[("X", value.as_str()); 7]), Ok(()));
    assert_eq!(
        facts("GET", "/", &[("X", value.as_str()); 8]),
        Err(FactsError::HeadersTooLong)
    );
    assert_eq!(facts("GET", "/", &[("X", ""); 128]), Ok(()));
    assert_eq!(
        facts("GET", "/", &[("X", ""); 129]),
        Err(FactsError::TooManyHeaders { found: 129 })
    );
    // A name counts too.
    let name = "n".repeat(65 * 1024);
    assert_eq!(
        facts("GET", "/", &[(&name, "")]),
        Err(FactsError::HeadersTooLong)
    );
}
