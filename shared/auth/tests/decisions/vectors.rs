//! The files of vectors: literals that others published, requests captured from real clients, attacks.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hubkeys_auth::{Body, Dialect, Refusal, RequestFacts, UrlScheme, parse};
use hubkeys_domain::{KnownSecret, Secret};
use serde::Deserialize;

use crate::dialect_outcomes::OUTCOMES;
use crate::request::{basic_secret, decide, word};

#[derive(Deserialize)]
struct File {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    scheme: String,
    now: String,
    url_scheme: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body_base64: Option<String>,
    key: String,
    secret: String,
    expect: String,
}

impl Case {
    fn facts(&self) -> Result<RequestFacts, Refusal> {
        let body = match &self.body_base64 {
            Some(body) => Body::Raw(STANDARD.decode(body).unwrap()),
            None => Body::Absent,
        };
        let scheme = UrlScheme::from_name(&self.url_scheme).unwrap();
        RequestFacts::new(&self.method, &self.target, self.headers.clone(), body, None)
            .map(|facts| facts.with_url_scheme(scheme))
            .map_err(Refusal::from)
    }

    fn judged(&self) -> String {
        let known = if self.scheme == "basic" {
            basic_secret(&self.key, &self.secret)
        } else {
            KnownSecret::Plain(Secret::of_any_form(&self.secret))
        };
        word(&decide(self.facts(), &known, self.now.parse().unwrap()))
    }
}

pub(crate) fn read(file: &str) -> String {
    let path = format!("{}/../../tests/vectors/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn cases(file: &str) -> Vec<Case> {
    serde_json::from_str::<File>(&read(file)).unwrap().cases
}

#[track_caller]
fn every_case_is_judged_as_expected(file: &str, count: usize) {
    let cases = cases(file);
    // A file that lost its cases would pass without this.
    assert_eq!(cases.len(), count, "{file}");
    for case in cases {
        let outcome = case.judged();
        let as_expected = match case.expect.as_str() {
            "valid" => outcome == "valid",
            "refused" => outcome != "valid",
            other => panic!("{}: unknown expectation {other}", case.name),
        };
        assert!(as_expected, "{}: {outcome}, not {}", case.name, case.expect);
    }
}

#[test]
fn published_literals_are_judged_as_expected() {
    every_case_is_judged_as_expected("published.json", 3);
}

#[test]
fn requests_of_real_clients_are_judged_as_expected() {
    every_case_is_judged_as_expected("clients.json", 36);
}

#[test]
fn attacks_are_judged_as_expected() {
    every_case_is_judged_as_expected("attacks.json", 35);
}

#[test]
fn attacks_on_the_further_dialects_are_judged_as_expected() {
    every_case_is_judged_as_expected("dialect-attacks.json", OUTCOMES.len());
}

#[test]
fn every_case_of_the_further_dialects_comes_out_as_it_was_made_to() {
    let cases = cases("dialect-attacks.json");
    assert_eq!(cases.len(), OUTCOMES.len());
    for (case, (name, outcome)) in cases.iter().zip(OUTCOMES) {
        assert_eq!(
            (case.name.as_str(), case.judged().as_str()),
            (name, outcome)
        );
    }
}

#[test]
fn a_claim_is_of_the_dialect_that_its_vector_names() {
    let count = |dialect: Dialect, file: &str| {
        let mut cases = cases(file);
        cases.retain(|case| case.scheme == dialect.as_str() && case.expect == "valid");
        for case in &cases {
            let facts = case.facts().unwrap();
            let claim = parse(&facts).unwrap();
            assert_eq!(claim.dialect(), dialect, "{}", case.name);
            assert_eq!(claim.key(), case.key, "{}", case.name);
            assert_eq!(claim.algorithm().is_some(), dialect != Dialect::Basic);
        }
        cases.len()
    };
    let counts = Dialect::ALL.map(|dialect| {
        [
            "published.json",
            "clients.json",
            "attacks.json",
            "dialect-attacks.json",
        ]
        .map(|file| count(dialect, file))
    });
    assert_eq!(
        counts,
        [[0, 17, 0, 0], [3, 10, 8, 4], [0, 3, 0, 15], [0, 3, 0, 13]]
    );
}

/// The outcome of every refused case, so that none is refused for a reason other than the one it was made for.
const REFUSED: [(&str, &str); 30] = [
    ("mm-node-2.0.3-hmac-put-cancel", "signature_mismatch"),
    ("mm-python-2.1.3-hmac-put-cancel", "signature_mismatch"),
    (
        "py-httpsig-1.3.0-sha256-get-date-only",
        "insufficient_coverage",
    ),
    ("deny-body-tampered", "body_mismatch"),
    ("deny-body-not-bound", "insufficient_coverage"),
    ("deny-digest-present-unsigned", "insufficient_coverage"),
    ("deny-date-not-signed", "insufficient_coverage"),
    ("deny-stale", "clock_skew"),
    ("deny-future-301s", "clock_skew"),
    ("deny-target-path", "signature_mismatch"),
    ("deny-target-trailing-slash", "signature_mismatch"),
    ("deny-target-dot-segment", "signature_mismatch"),
    ("deny-target-case", "signature_mismatch"),
    ("deny-alg-swap", "malformed"),
    ("deny-alg-empty", "malformed"),
    ("deny-alg-rsa-sha256", "malformed"),
    ("deny-alg-hs2019", "malformed"),
    ("deny-dup-date", "malformed"),
    ("deny-both-digest-names-disagree", "insufficient_coverage"),
    ("deny-quote-injection", "malformed"),
    ("deny-listed-but-absent", "malformed"),
    ("deny-unsigned-account-header", "insufficient_coverage"),
    ("deny-sig-hex", "malformed"),
    ("deny-sig-truncated", "malformed"),
    ("deny-sig-garbage", "malformed"),
    ("deny-bare-lf-in-date", "malformed"),
    ("deny-empty-username", "malformed"),
    ("deny-date-format-Mon,_23_Nov_", "malformed"),
    ("deny-date-format-Tue,_23_Nov_", "malformed"),
    ("deny-date-format-23_Nov_2026_", "malformed"),
];

#[test]
fn every_refused_case_is_refused_for_the_reason_it_was_made_for() {
    let refused: Vec<(String, String)> = ["clients.json", "attacks.json"]
        .into_iter()
        .flat_map(cases)
        .filter(|case| case.expect == "refused")
        .map(|case| (case.name.clone(), case.judged()))
        .collect();
    assert_eq!(
        refused,
        REFUSED.map(|(name, outcome)| (name.to_owned(), outcome.to_owned()))
    );
}
