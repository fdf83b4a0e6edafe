//! HTTP Basic: every corner of RFC 7617 that parsers disagree about, with our decision on each.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::{Binding, Body, BoundBody, Claim, Refusal, RequestFacts, basic, parse};
use hubkeys_domain::{Scheme, Secret};
use proptest::prelude::*;
use serde::Deserialize;

use crate::request::{basic_secret, decide, hmac_secret, owned, word};
use crate::vectors::read;

/// What `header` presents, or the outcome of its refusal.
fn presented(header: &str) -> Result<(String, String), String> {
    let headers = owned(&[("authorization", header)]);
    let facts = RequestFacts::new("GET", "/", headers, Body::Absent, None)
        .map_err(|error| Refusal::from(error).outcome.to_string())?;
    match parse(&facts).map_err(|refusal| refusal.outcome.to_string())? {
        Claim::Basic(claim) => Ok((claim.key().to_owned(), claim.secret().expose().to_owned())),
        _ => panic!("{header} is no password"),
    }
}

fn encoded(text: impl AsRef<[u8]>) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

const MALFORMED: Result<(&str, &str), &str> = Err("malformed");

#[test]
fn every_header_that_peers_were_asked_about_has_one_decision_here() {
    // Each name stands in the file, with what four other parsers make of the header.
    let decisions: BTreeMap<&str, Result<(&str, &str), &str>> = BTreeMap::from([
        ("canonical", Ok(("Aladdin", "open sesame"))),
        // The scheme is case-insensitive, and one or more spaces follow it (RFC 9110 section 11).
        ("lowercase-scheme", Ok(("u", "p"))),
        ("upper-scheme", Ok(("u", "p"))),
        ("two-spaces", Ok(("u", "p"))),
        // Any other white space is neither part of the header nor of the credentials.
        ("tab-sep", MALFORMED),
        ("trailing-space", MALFORMED),
        ("leading-space", MALFORMED),
        ("internal-space", MALFORMED),
        // The first colon splits; a secret may be empty, a key may not.
        ("colon-in-password", Ok(("u", "a:b:c"))),
        ("empty-pass", Ok(("u", ""))),
        ("empty-user", MALFORMED),
        ("both-empty", MALFORMED),
        ("no-colon", MALFORMED),
        ("empty-token", MALFORMED),
        ("no-token", MALFORMED),
        // One spelling of each credential.
        ("unpadded", MALFORMED),
        ("extra-padding", MALFORMED),
        ("nonzero-trailing-bits", MALFORMED),
        ("url-safe", MALFORMED),
        ("garbage", MALFORMED),
        // UTF-8 without controls: what a log or a lookup might read otherwise than we do is not let in.
        ("utf8", Ok(("test", "123£"))),
        ("latin1", MALFORMED),
        ("invalid-utf8-user", MALFORMED),
        ("nul", MALFORMED),
        ("crlf", MALFORMED),
        // One credential in one field.
        ("auth-param-form", MALFORMED),
        ("comma-joined", MALFORMED),
    ]);
    let peers: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&read("basic-parser-peers.json")).unwrap();
    assert_eq!(peers.len(), 27);
    for (name, case) in &peers {
        let decision = decisions[name.as_str()]
            .map(|(key, secret)| (key.to_owned(), secret.to_owned()))
            .map_err(str::to_owned);
        assert_eq!(presented(&case["header"]), decision, "{name}");
    }
    assert_eq!(decisions.len(), peers.len());
}

#[test]
fn the_examples_of_rfc_7617_are_read_as_it_says() {
    #[derive(Deserialize)]
    struct File {
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        header: String,
        user: String,
        password: String,
    }
    let file: File = serde_json::from_str(&read("basic-rfc7617.json")).unwrap();
    assert_eq!(file.cases.len(), 2);
    for case in file.cases {
        assert_eq!(presented(&case.header), Ok((case.user, case.password)));
    }
}

#[test]
fn further_corners_of_basic_are_refused() {
    for (name, header) in [
        ("a C1 control", encoded("u:p\u{85}")),
        ("DEL", encoded("u:p\u{7f}")),
        ("a tab", encoded("u:p\tx")),
        ("a control in the key", encoded("u\u{1b}:p")),
        ("a surrogate", encoded(b"u:\xed\xa0\x80")),
        ("an overlong form", encoded(b"u:\xc0\xaf")),
        (
            "a key over 128 bytes",
            encoded(format!("{}:p", "u".repeat(129))),
        ),
        ("a quoted token", "Basic \"dTpw\"".to_owned()),
        ("padding alone", "Basic ====".to_owned()),
        ("padding in the middle", "Basic dTo=cA==".to_owned()),
        ("a no-break space", "Basic\u{a0}dTpw".to_owned()),
        ("non-ASCII base64", "Basic dTpwä".to_owned()),
        ("a scheme with a colon", "Basic: dTpw".to_owned()),
        ("nothing", String::new()),
        ("over 8 KiB", encoded("u:".to_owned() + &"p".repeat(8192))),
    ] {
        assert_eq!(presented(&header), Err("malformed".to_owned()), "{name}");
    }
}

#[test]
fn a_secret_without_a_scheme_is_not_repeated_in_the_refusal() {
    for header in [
        "hs_topsecret",
        "hs_topsecret x",
        "hmac hs_topsecret",
        "hmac hs_topsecret=\"\"",
    ] {
        let headers = owned(&[("Authorization", header)]);
        let facts = RequestFacts::new("GET", "/", headers, Body::Absent, None).unwrap();
        let refusal = parse(&facts).unwrap_err();
        assert!(!refusal.to_string().contains("topsecret"), "{refusal}");
        assert!(!format!("{facts:?}{refusal:?}").contains("topsecret"));
    }
}

#[test]
fn another_scheme_is_unsupported_whatever_follows_it() {
    for header in [
        "Bearer dTpw",
        "Bearer",
        "Digest username=\"u\"",
        "Signatures keyId=\"k\"",
        "Basics dTpw",
        "hmac-sha256 x",
    ] {
        assert_eq!(
            presented(header),
            Err("unsupported_scheme".to_owned()),
            "{header}"
        );
    }
}

#[test]
fn only_the_right_secret_of_the_right_key_is_valid() {
    let known = basic_secret("u", "p");
    for (pair, outcome) in [
        ("u:p", "valid"),
        ("u:P", "wrong_secret"),
        ("u:", "wrong_secret"),
        ("u:p ", "wrong_secret"),
        ("u:p:", "wrong_secret"),
        ("U:p", "wrong_secret"),
        ("v:p", "wrong_secret"),
    ] {
        let facts = sent(&[("Authorization", &encoded(pair))]);
        let decision = decide(Ok(facts), &known, "2026-11-23T08:30:00Z".parse().unwrap());
        assert_eq!(word(&decision), outcome, "{pair}");
    }
}

#[test]
fn composed_and_decomposed_letters_are_different_secrets() {
    let known = basic_secret("u", "\u{e9}");
    let facts = sent(&[("Authorization", &encoded("u:e\u{301}"))]);
    let decision = decide(Ok(facts), &known, "2026-11-23T08:30:00Z".parse().unwrap());
    assert_eq!(word(&decision), "wrong_secret");
}

#[test]
fn the_secret_of_an_hmac_key_is_no_password() {
    let facts = sent(&[(
        "Authorization",
        &encoded(format!("u:{}", crate::request::SECRET)),
    )]);
    let decision = decide(
        Ok(facts),
        &hmac_secret(),
        "2026-11-23T08:30:00Z".parse().unwrap(),
    );
    assert_eq!(word(&decision), "wrong_scheme");
}

#[test]
fn two_authorization_headers_are_malformed_in_any_case_of_their_names() {
    let known = basic_secret("u", "p");
    for second in ["Authorization", "authorization", "AUTHORIZATION"] {
        let header = encoded("u:p");
        let facts = sent(&[("Authorization", &header), (second, &header)]);
        let decision = decide(Ok(facts), &known, "2026-11-23T08:30:00Z".parse().unwrap());
        assert_eq!(word(&decision), "malformed", "{second}");
    }
}

#[test]
fn a_request_without_authorization_is_malformed_and_told_so() {
    let refusal = parse(&sent(&[("X-Authorization", "Basic dTpw")])).unwrap_err();
    assert_eq!(refusal.outcome.as_str(), "malformed");
    assert!(refusal.detail.contains("no Authorization header"));
}

#[test]
fn basic_binds_nothing_and_its_claim_prints_no_secret() {
    let facts = sent(&[("Authorization", &encoded("u:hunter2"))]);
    let claim = parse(&facts).unwrap();
    assert_eq!((claim.key(), claim.scheme()), ("u", Scheme::Basic));
    assert!(!format!("{claim:?}").contains("hunter2"));
    let decision = decide(
        Ok(facts),
        &basic_secret("u", "hunter2"),
        "2026-11-23T08:30:00Z".parse().unwrap(),
    );
    assert_eq!(
        decision,
        Ok(Binding {
            dialect: hubkeys_auth::Dialect::Basic,
            request_line: false,
            authority: false,
            body_compared: false,
            created: None,
            expires: None,
            nonce: None,
            signature: None,
            date: None,
            body: BoundBody::None,
            algorithm: None,
            signed_headers: Vec::new(),
        })
    );
}

#[test]
fn what_no_server_could_read_is_not_written() {
    for (key, secret) in [("", "p"), ("a:b", "p"), ("a\n", "p"), ("a", "p\0")] {
        assert!(
            basic::authorization(key, &Secret::of_any_form(secret)).is_err(),
            "{key:?}"
        );
    }
}

fn sent(headers: &[(&str, &str)]) -> RequestFacts {
    RequestFacts::new("GET", "/", owned(headers), Body::Absent, None).unwrap()
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(key in "[^:\\p{Cc}]{1,30}", secret in "\\PC{0,40}") {
        let header = basic::authorization(&key, &Secret::of_any_form(&secret)).unwrap();
        prop_assert_eq!(presented(&header), Ok((key, secret)));
    }

    #[test]
    fn no_header_makes_the_parser_panic(text in "(?s).{0,80}", credentials in "[A-Za-z0-9+/=]{0,80}") {
        let _ = presented(&text);
        let _ = presented(&format!("Basic {credentials}"));
    }
}
