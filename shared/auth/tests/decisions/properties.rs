//! What holds for every request: what we sign is accepted, and not with any one bit of it changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::hub_hmac::{NameStyle, SignError, Unsigned, sign};
use hubkeys_auth::{Algorithm, Body, Refusal, RequestFacts, parse};
use hubkeys_domain::{KnownSecret, Secret, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use crate::request::{decide, owned, word};

#[derive(Clone, Debug)]
struct Signed {
    secret: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    now: Timestamp,
}

impl Signed {
    fn judged(&self) -> String {
        let facts = RequestFacts::new(
            &self.method,
            &self.target,
            self.headers.clone(),
            Body::Raw(self.body.clone()),
            None,
        );
        let known = KnownSecret::Plain(Secret::of_any_form(&self.secret));
        word(&decide(facts.map_err(Refusal::from), &known, self.now))
    }

    fn value(&mut self, name: &str) -> Option<&mut String> {
        self.headers
            .iter_mut()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

prop_compose! {
    fn signed()(
        key in "[!#-\\[\\]-~]{1,128}",
        secret in "\\PC{0,80}",
        algorithm in select(Algorithm::ALL.to_vec()),
        names in select(vec![NameStyle::Documented, NameStyle::Sdk]),
        method in "[A-Z]{1,10}",
        target in "/[!-~]{0,60}",
        body in prop::collection::vec(any::<u8>(), 0..60),
        at in 300_000..253_402_200_000_000_i64,
        late in -299_000..=299_000_i64,
    ) -> Signed {
        let request = Unsigned {
            method: &method,
            target: &target,
            date: Timestamp::from_millis(at).unwrap(),
            body: Some(&body),
        };
        let mut headers = sign(&key, &Secret::of_any_form(&secret), algorithm, names, &request).unwrap();
        headers.push(("Host".to_owned(), "api.example.com".to_owned()));
        Signed { secret, method, target, headers, body, now: Timestamp::from_millis(at + late).unwrap() }
    }
}

/// Flips one bit. `None`: what comes out is not text, and can't have arrived.
fn flipped(text: &str, bit: usize) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = bit % (bytes.len() * 8);
    bytes[at / 8] ^= 1 << (at % 8);
    String::from_utf8(bytes).ok()
}

proptest! {
    #[test]
    fn what_we_sign_we_accept(request in signed()) {
        prop_assert_eq!(request.judged(), "valid");
    }

    #[test]
    fn a_flipped_bit_of_method_target_date_or_digest_is_refused(
        request in signed(),
        part in 0..4_usize,
        bit in any::<usize>(),
    ) {
        let mut changed = request;
        let text = match part {
            0 => Some(&mut changed.method),
            1 => Some(&mut changed.target),
            2 => changed.value("date"),
            _ if changed.value("content-md5").is_some() => changed.value("content-md5"),
            _ => changed.value("x-content-md5"),
        };
        if let Some(text) = text && let Some(other) = flipped(text, bit) {
            *text = other;
            prop_assert_ne!(changed.judged(), "valid");
        }
    }

    #[test]
    fn a_flipped_bit_of_the_body_is_a_mismatch(request in signed(), bit in any::<usize>()) {
        let mut changed = request;
        if !changed.body.is_empty() {
            let at = bit % (changed.body.len() * 8);
            changed.body[at / 8] ^= 1 << (at % 8);
            prop_assert_eq!(changed.judged(), "body_mismatch");
        }
    }

    #[test]
    fn a_flipped_bit_of_the_signature_or_the_secret_is_a_mismatch(request in signed(), bit in any::<usize>()) {
        let mut changed = request.clone();
        let header = changed.value("authorization").unwrap();
        let signature = header.rsplit('"').nth(1).unwrap().to_owned();
        let mut bytes = STANDARD.decode(&signature).unwrap();
        let at = bit % (bytes.len() * 8);
        bytes[at / 8] ^= 1 << (at % 8);
        *header = header.replace(&signature, &STANDARD.encode(bytes));
        prop_assert_eq!(changed.judged(), "signature_mismatch");

        let mut changed = request;
        if !changed.secret.is_empty() && let Some(other) = flipped(&changed.secret, bit) {
            changed.secret = other;
            prop_assert_eq!(changed.judged(), "signature_mismatch");
        }
    }

    #[test]
    fn a_flipped_bit_of_the_header_is_refused_or_changes_only_the_key(request in signed(), bit in any::<usize>()) {
        let mut changed = request;
        let header = changed.value("authorization").unwrap();
        // The key is not part of the signing string: another key has another secret, which is what refuses it. The
        // case of the scheme and of parameters' names means nothing.
        let list = header.find("algorithm=").unwrap() + "algorithm=".len();
        let (before, after) = header.split_at(list);
        if let Some(other) = flipped(after, bit) && !other.eq_ignore_ascii_case(after) {
            *header = before.to_owned() + &other;
            prop_assert_ne!(changed.judged(), "valid");
        }
    }

    #[test]
    fn no_request_makes_the_verifier_panic(
        method in ".{0,4}",
        target in ".{0,8}",
        name in "(Authorization|Date|[a-zA-Z-]{0,8})",
        value in "(?s).{0,60}",
        credentials in "(hmac )?[a-z]{0,9}(=\"[ -~]{0,40}\"[, ]{0,2}){0,4}",
    ) {
        let headers = owned(&[(&name, &value), ("authorization", &credentials)]);
        let _ = RequestFacts::new(method, target, headers.clone(), Body::Absent, None);
        if let Ok(facts) = RequestFacts::new("GET", "/", headers, Body::Absent, None) {
            let _ = parse(&facts);
        }
    }
}

#[test]
fn what_could_not_be_read_is_not_signed() {
    let request = Unsigned {
        method: "GET",
        target: "/",
        date: Timestamp::from_millis(0).unwrap(),
        body: None,
    };
    let secret = Secret::of_any_form("s");
    let sign = |key: &str, request: &Unsigned<'_>| {
        sign(
            key,
            &secret,
            Algorithm::HmacSha256,
            NameStyle::Documented,
            request,
        )
    };
    for key in ["", "a b", "a\"b", "a\\b", "é", &"k".repeat(129)] {
        assert_eq!(sign(key, &request).unwrap_err(), SignError::Key, "{key}");
    }
    for (method, target) in [("", "/"), ("GET", ""), ("GET", "/ä"), ("GET", "/a b")] {
        let request = Unsigned {
            method,
            target,
            ..request
        };
        assert!(matches!(sign("k", &request), Err(SignError::Request(_))));
    }
}

#[test]
fn an_empty_body_is_signed_like_none() {
    for body in [None, Some(b"".as_slice())] {
        let request = Unsigned {
            method: "GET",
            target: "/",
            date: Timestamp::from_millis(0).unwrap(),
            body,
        };
        let secret = Secret::of_any_form("s");
        let headers = sign(
            "k",
            &secret,
            Algorithm::HmacSha256,
            NameStyle::Documented,
            &request,
        );
        let names: Vec<String> = headers.unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Date", "Authorization"]);
    }
}
