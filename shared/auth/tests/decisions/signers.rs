//! The signers of RFC 9421 and draft-cavage-12 against the verifier: what they sign it accepts, and not with any one bit
//! of it changed. (That both sides have the standards right is for the vectors to show.)

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::cavage::{self, Dated, Placement};
use hubkeys_auth::rfc9421::{self, DigestAlgorithm, TargetStyle};
use hubkeys_auth::{
    Algorithm, Binding, Body, Refusal, RequestFacts, SignError, Unsigned, UrlScheme, check, parse,
};
use hubkeys_domain::{KnownSecret, Secret, Timestamp};
use proptest::prelude::*;
use proptest::sample::select;

use crate::request::{NOW, owned};

#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) secret: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) now: Timestamp,
    pub(crate) scheme: UrlScheme,
}

pub(crate) type Change = fn(&mut Signed);

impl Signed {
    pub(crate) fn facts(&self) -> Result<RequestFacts, Refusal> {
        self.facts_with(Body::Raw(self.body.clone()))
    }

    pub(crate) fn facts_with(&self, body: Body) -> Result<RequestFacts, Refusal> {
        let facts = RequestFacts::new(&self.method, &self.target, self.headers.clone(), body, None);
        Ok(facts?.with_url_scheme(self.scheme))
    }

    pub(crate) fn decided(&self) -> Result<Binding, Refusal> {
        self.decided_on(self.facts()?)
    }

    pub(crate) fn decided_on(&self, facts: RequestFacts) -> Result<Binding, Refusal> {
        let known = KnownSecret::Plain(Secret::of_any_form(&self.secret));
        check(&facts, &parse(&facts)?, &known, self.now)
    }

    /// The outcome if the service handed over this body.
    pub(crate) fn with_body(&self, body: Body) -> String {
        outcome(
            self.facts_with(body)
                .and_then(|facts| self.decided_on(facts)),
        )
    }

    pub(crate) fn find(&mut self, name: &str) -> Option<&mut String> {
        self.headers
            .iter_mut()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(crate) fn value(&self, name: &str) -> String {
        self.clone().find(name).unwrap().clone()
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
    }
}

pub(crate) fn judged(request: &Signed) -> String {
    outcome(request.decided())
}

fn outcome(decision: Result<Binding, Refusal>) -> String {
    decision.map_or_else(
        |refusal| refusal.outcome.to_string(),
        |_| "valid".to_owned(),
    )
}

const HOST: &str = "api.example.com";
const FIELDS: &[(&str, &str)] = &[("Account", "sub")];

fn signed(headers: Vec<(String, String)>, request: &Unsigned<'_>, secret: &str) -> Signed {
    let sent = owned(&[("Host", HOST), ("Account", "sub")]);
    Signed {
        secret: secret.to_owned(),
        method: request.method.to_owned(),
        target: request.target.to_owned(),
        headers: [sent, headers].concat(),
        body: request.body.unwrap_or_default().to_vec(),
        now: request.date,
        scheme: UrlScheme::Https,
    }
}

fn post() -> Unsigned<'static> {
    Unsigned {
        method: "POST",
        target: "/v1/messages?x=%2F",
        date: NOW.parse().unwrap(),
        body: Some(b"{}"),
    }
}

/// A request with everything an RFC 9421 signature can have.
pub(crate) fn rfc9421_request() -> (Signed, Vec<u8>) {
    let options = rfc9421::Options {
        digest: DigestAlgorithm::Sha512,
        nonce: Some("once \"only\" \\"),
        expires_after: Some(Duration::from_secs(60)),
        fields: FIELDS,
        ..rfc9421::Options::default()
    };
    let secret = Secret::of_any_form("s");
    let headers = rfc9421::sign("k", &secret, UrlScheme::Https, HOST, &options, &post()).unwrap();
    (signed(headers, &post(), "s"), b"{}".to_vec())
}

/// A request with everything a signature of the draft can have.
pub(crate) fn cavage_request() -> (Signed, Vec<u8>) {
    let options = cavage::Options {
        algorithm: Algorithm::HmacSha384,
        dated: Dated::Created,
        expires_after: Some(Duration::from_secs(60)),
        fields: FIELDS,
        ..cavage::Options::default()
    };
    let headers = cavage::sign("k", &Secret::of_any_form("s"), HOST, &options, &post()).unwrap();
    (signed(headers, &post(), "s"), b"{}".to_vec())
}

prop_compose! {
    fn of_rfc9421()(
        key in "[!#-\\[\\]-~]{1,128}",
        secret in "\\PC{0,80}",
        target in select(vec![TargetStyle::TargetUri, TargetStyle::Parts, TargetStyle::RequestTarget]),
        digest in select(vec![DigestAlgorithm::Sha256, DigestAlgorithm::Sha512]),
        nonce in prop::option::of("[ -~]{1,256}"),
        expires in prop::option::of(300_000..400_000_u64),
        method in "[A-Za-z]{1,10}",
        path in "/[!-~]{0,60}",
        body in prop::collection::vec(any::<u8>(), 0..60),
        at in 300_000..253_402_000_000_000_i64,
        late in -299_000..=299_000_i64,
    ) -> Signed {
        let options = rfc9421::Options {
            target,
            digest,
            nonce: nonce.as_deref(),
            expires_after: expires.map(Duration::from_millis),
            fields: FIELDS,
        };
        let date = Timestamp::from_millis(at).unwrap();
        let request = Unsigned { method: &method, target: &path, date, body: Some(&body) };
        let key_secret = Secret::of_any_form(&secret);
        let headers =
            rfc9421::sign(&key, &key_secret, UrlScheme::Https, HOST, &options, &request).unwrap();
        let now = Timestamp::from_millis(at + late).unwrap();
        Signed { now, ..signed(headers, &request, &secret) }
    }
}

prop_compose! {
    fn of_cavage()(
        key in "[!#-\\[\\]-~]{1,128}",
        secret in "\\PC{0,80}",
        algorithm in select(Algorithm::ALL.to_vec()),
        placement in select(vec![Placement::Authorization, Placement::Signature]),
        dated in select(vec![Dated::Date, Dated::Created]),
        expires in prop::option::of(300_000..400_000_u64),
        method in "[A-Z]{1,10}",
        path in "[!-~]{1,60}",
        body in prop::collection::vec(any::<u8>(), 0..60),
        at in 300_000..253_402_000_000_000_i64,
        late in -299_000..=299_000_i64,
    ) -> Signed {
        let options = cavage::Options {
            algorithm,
            placement,
            dated,
            expires_after: expires.map(Duration::from_millis),
            fields: FIELDS,
        };
        let date = Timestamp::from_millis(at).unwrap();
        let request = Unsigned { method: &method, target: &path, date, body: Some(&body) };
        let headers =
            cavage::sign(&key, &Secret::of_any_form(&secret), HOST, &options, &request).unwrap();
        let now = Timestamp::from_millis(at + late).unwrap();
        Signed { now, ..signed(headers, &request, &secret) }
    }
}

/// Flips one bit. `None`: what comes out is not text, and can't have arrived.
fn flipped(text: &str, bit: usize) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let at = bit % (bytes.len() * 8);
    bytes[at / 8] ^= 1 << (at % 8);
    String::from_utf8(bytes).ok()
}

/// The request with one bit of one part flipped, or none.
fn with_flipped(request: &Signed, part: usize, bit: usize) -> Option<Signed> {
    let mut changed = request.clone();
    let names = [
        "account",
        "date",
        "digest",
        "content-digest",
        "signature-input",
    ];
    let text = match part {
        0 => &mut changed.method,
        1 => &mut changed.target,
        _ => changed.find(names.get(part - 2)?)?,
    };
    *text = flipped(text, bit)?;
    Some(changed)
}

proptest! {
    #[test]
    fn what_we_sign_by_rfc_9421_we_accept(request in of_rfc9421()) {
        prop_assert_eq!(judged(&request), "valid");
    }

    #[test]
    fn what_we_sign_by_the_draft_we_accept(request in of_cavage()) {
        prop_assert_eq!(judged(&request), "valid");
    }

    #[test]
    fn a_flipped_bit_of_a_bound_part_is_refused(
        message in of_rfc9421(),
        draft in of_cavage(),
        part in 0..7_usize,
        bit in any::<usize>(),
    ) {
        for request in [message, draft] {
            if let Some(changed) = with_flipped(&request, part, bit) {
                // The white space around a value is no part of it, in both standards; the key is looked up, and another
                // one has another secret.
                let same = changed.value("account").trim_matches([' ', '\t']) == "sub"
                    && changed.value("account") != "sub";
                prop_assert!(same || judged(&changed) != "valid", "{changed:?}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_of_the_host_is_refused_unless_its_case_means_nothing(
        request in of_rfc9421(),
        draft in of_cavage(),
        bit in any::<usize>(),
    ) {
        for (request, is_draft) in [(request, false), (draft, true)] {
            let mut changed = request;
            // `@request-target` alone does not bind the host, and the answer says so.
            if !changed.decided().unwrap().authority {
                continue;
            }
            if let Some(host) = flipped(HOST, bit) {
                *changed.find("host").unwrap() = host.clone();
                let same = !is_draft && host.eq_ignore_ascii_case(HOST);
                prop_assert!(same || judged(&changed) != "valid", "{changed:?}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_of_body_signature_or_secret_is_a_mismatch(
        message in of_rfc9421(),
        draft in of_cavage(),
        bit in any::<usize>(),
    ) {
        for request in [message, draft] {
            if !request.body.is_empty() {
                let mut changed = request.clone();
                let at = bit % (changed.body.len() * 8);
                changed.body[at / 8] ^= 1 << (at % 8);
                prop_assert_eq!(judged(&changed), "body_mismatch");
            }
            let mut bytes = request.decided().unwrap().signature.unwrap().as_slice().to_vec();
            let signature = STANDARD.encode(&bytes);
            let at = bit % (bytes.len() * 8);
            bytes[at / 8] ^= 1 << (at % 8);
            let forged = STANDARD.encode(bytes);
            let mut changed = request.clone();
            for (_, value) in &mut changed.headers {
                *value = value.replace(&signature, &forged);
            }
            prop_assert_eq!(judged(&changed), "signature_mismatch");
            if !request.secret.is_empty() && let Some(secret) = flipped(&request.secret, bit) {
                let changed = Signed { secret, ..request };
                prop_assert_eq!(judged(&changed), "signature_mismatch");
            }
        }
    }

    #[test]
    fn a_flipped_bit_of_the_drafts_parameters_is_refused_or_changes_only_the_key(
        request in of_cavage(),
        bit in any::<usize>(),
    ) {
        let mut changed = request;
        let name = if changed.find("authorization").is_some() { "authorization" } else { "signature" };
        let header = changed.find(name).unwrap();
        let list = header.find("algorithm=").unwrap() + "algorithm=".len();
        let (before, after) = header.split_at(list);
        if let Some(other) = flipped(after, bit) && !other.eq_ignore_ascii_case(after) {
            *header = before.to_owned() + &other;
            prop_assert_ne!(judged(&changed), "valid");
        }
    }

    #[test]
    fn no_fields_make_the_verifier_panic(
        input in prop::option::of("(sig1=\\(.{0,20}\\).{0,30}|(?s).{0,60})"),
        signature in prop::option::of("(sig1=:.{0,50}:|[a-zA-Z]{0,9}(=[\"0-9]?[ -~]{0,40}\"?[, ]{0,2}){0,4}|(?s).{0,60})"),
        authorization in prop::option::of("(Signature )?[a-zA-Z]{0,9}(=\"[ -~]{0,40}\"[, ]{0,2}){0,6}"),
        digest in "(?s).{0,60}",
        host in "(?s).{0,20}",
        target in "[!-~]{1,20}",
    ) {
        let mut headers = owned(&[("Host", &host), ("Digest", &digest), ("Content-Digest", &digest)]);
        for (name, value) in [("Signature-Input", input), ("Signature", signature), ("Authorization", authorization)] {
            headers.extend(value.map(|value| (name.to_owned(), value)));
        }
        if let Ok(facts) = RequestFacts::new("POST", target, headers, Body::Raw(vec![1]), None) {
            let _ = hubkeys_auth::suspicious(&facts);
            if let Ok(claim) = parse(&facts) {
                let _ = hubkeys_auth::signing_string(&facts, &claim);
                let _ = check(&facts, &claim, &crate::request::hmac_secret(), NOW.parse().unwrap());
            }
        }
    }
}

#[test]
fn what_could_not_be_verified_is_not_signed() {
    let secret = Secret::of_any_form("s");
    let message = |key: &str, host: &str, options: rfc9421::Options<'_>, request: Unsigned<'_>| {
        rfc9421::sign(key, &secret, UrlScheme::Https, host, &options, &request).unwrap_err()
    };
    let draft = |key: &str, host: &str, options: cavage::Options<'_>, request: Unsigned<'_>| {
        cavage::sign(key, &secret, host, &options, &request).unwrap_err()
    };
    for key in ["", "a b", "a\"b", "é"] {
        assert_eq!(
            message(key, HOST, Default::default(), post()),
            SignError::Key
        );
        assert_eq!(draft(key, HOST, Default::default(), post()), SignError::Key);
    }
    for host in ["", "a/b", "a@b", "a b", "a\nb"] {
        assert_eq!(
            message("k", host, Default::default(), post()),
            SignError::Host
        );
        assert_eq!(
            draft("k", host, Default::default(), post()),
            SignError::Host
        );
    }
    let small = Unsigned {
        method: "post",
        ..post()
    };
    assert_eq!(
        draft("k", HOST, Default::default(), small),
        SignError::Method
    );
    let asterisk = Unsigned {
        target: "*",
        ..post()
    };
    assert_eq!(
        message("k", HOST, Default::default(), asterisk),
        SignError::Target
    );
    for target in ["", "/a b", "/é"] {
        let request = Unsigned { target, ..post() };
        for error in [
            message("k", HOST, Default::default(), request),
            draft("k", HOST, Default::default(), request),
        ] {
            assert!(matches!(error, SignError::Request(_)), "{error}");
        }
    }
    for nonce in ["", "é", "a\n", &"n".repeat(257)] {
        let options = rfc9421::Options {
            nonce: Some(nonce),
            ..Default::default()
        };
        assert_eq!(message("k", HOST, options, post()), SignError::Nonce);
    }
    let many = [("X", "1"); 25];
    let fields: [&[(&str, &str)]; 6] = [
        &[("host", "x")],
        &[("Date", "x")],
        &[("Signature", "x")],
        &[("A", "1"), ("a", "2")],
        &[("A", "é")],
        &many,
    ];
    for fields in fields {
        let options = rfc9421::Options {
            fields,
            ..Default::default()
        };
        assert_eq!(message("k", HOST, options, post()), SignError::Field);
        let options = cavage::Options {
            fields,
            ..Default::default()
        };
        assert_eq!(draft("k", HOST, options, post()), SignError::Field);
    }
    for name in ["", "a b", "é"] {
        let fields = [(name, "x")];
        let options = rfc9421::Options {
            fields: &fields,
            ..Default::default()
        };
        assert!(matches!(
            message("k", HOST, options, post()),
            SignError::Request(_)
        ));
    }
}

#[test]
fn an_empty_query_is_signed_as_a_part_of_the_target() {
    let options = rfc9421::Options {
        target: TargetStyle::Parts,
        fields: FIELDS,
        ..Default::default()
    };
    let request = Unsigned {
        target: "/v1/replies?",
        ..post()
    };
    let secret = Secret::of_any_form("s");
    let headers = rfc9421::sign("k", &secret, UrlScheme::Https, HOST, &options, &request).unwrap();
    assert_eq!(judged(&signed(headers, &request, "s")), "valid");
}

#[test]
fn a_signature_that_expires_at_once_is_signed_for_a_second() {
    let after = Some(Duration::ZERO);
    let secret = Secret::of_any_form("s");
    let options = rfc9421::Options {
        expires_after: after,
        fields: FIELDS,
        ..Default::default()
    };
    let headers = rfc9421::sign("k", &secret, UrlScheme::Https, HOST, &options, &post()).unwrap();
    assert_eq!(judged(&signed(headers, &post(), "s")), "valid");
    let options = cavage::Options {
        expires_after: after,
        dated: Dated::Created,
        fields: FIELDS,
        ..Default::default()
    };
    let headers = cavage::sign("k", &secret, HOST, &options, &post()).unwrap();
    assert_eq!(judged(&signed(headers, &post(), "s")), "valid");
}
