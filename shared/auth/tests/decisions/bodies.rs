//! Bodies: handed over raw, as digests, or kept back.

use hubkeys_auth::{Body, BoundBody};
use hubkeys_domain::Timestamp;

use crate::request::{BODY, BODY_MD5, DATE, EMPTY_MD5, NOW, Request};

fn md5(hex: &str) -> [u8; 16] {
    hex::decode(hex).unwrap().try_into().unwrap()
}

const SHA256_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn digests(md5_hex: Option<&str>, sha256_hex: Option<&str>) -> Body {
    Body::Digests {
        md5: md5_hex.map(md5),
        sha256: sha256_hex.map(|hex| hex::decode(hex).unwrap().try_into().unwrap()),
        sha512: None,
    }
}

fn post_with(body: Body) -> Request {
    let mut request = Request::post();
    request.sign();
    request.body = body;
    request
}

#[test]
fn a_digest_of_the_body_serves_in_its_place() {
    let sha256 = "00".repeat(32);
    assert_eq!(post_with(digests(Some(BODY_MD5), None)).judged(), "valid");
    assert_eq!(
        post_with(digests(Some(BODY_MD5), Some(&sha256))).judged(),
        "valid"
    );
    assert_eq!(
        post_with(digests(Some(&"00".repeat(16)), None)).judged(),
        "body_mismatch"
    );
}

#[test]
fn a_caller_who_supplies_no_md5_is_told_to() {
    for body in [digests(None, Some(&"00".repeat(32))), digests(None, None)] {
        let refusal = post_with(body).decided().unwrap_err();
        assert_eq!(refusal.outcome.as_str(), "body_mismatch");
        assert!(refusal.detail.contains("MD5"), "{refusal}");
    }
}

#[test]
fn an_unknown_body_needs_a_signed_digest() {
    let mut request = Request::get();
    request.body = digests(None, None);
    request.sign();
    assert_eq!(request.judged(), "insufficient_coverage");
}

#[test]
fn digests_of_nothing_mean_no_body() {
    for body in [
        digests(Some(EMPTY_MD5), None),
        digests(None, Some(SHA256_OF_NOTHING)),
        digests(Some(EMPTY_MD5), Some(SHA256_OF_NOTHING)),
        Body::Raw(Vec::new()),
        Body::Absent,
    ] {
        let mut request = Request::get();
        request.sign();
        request.body = body.clone();
        assert_eq!(request.judged(), "valid", "{body:?}");

        let mut request = Request::get();
        request.add("Content-MD5", EMPTY_MD5);
        request.list = "Date Content-MD5 request-line".to_owned();
        request.sign();
        request.body = body.clone();
        assert_eq!(request.judged(), "valid", "{body:?}");
    }
}

#[test]
fn digests_that_contradict_each_other_are_no_facts() {
    for body in [
        digests(Some(EMPTY_MD5), Some(&"00".repeat(32))),
        digests(Some(BODY_MD5), Some(SHA256_OF_NOTHING)),
    ] {
        assert_eq!(post_with(body).judged(), "malformed");
    }
}

#[test]
fn a_body_that_is_announced_and_not_handed_over_is_a_mismatch() {
    for (name, value, outcome) in [
        ("Content-Length", "0", "valid"),
        ("Content-Length", "000", "valid"),
        ("content-length", "1", "body_mismatch"),
        ("Content-Length", "18446744073709551616", "body_mismatch"),
        ("Content-Length", "-0", "body_mismatch"),
        ("Content-Length", "0, 0", "body_mismatch"),
        ("Content-Length", "", "body_mismatch"),
        ("Transfer-Encoding", "chunked", "body_mismatch"),
        ("transfer-encoding", "", "body_mismatch"),
    ] {
        for body in [
            Body::Absent,
            Body::Raw(Vec::new()),
            digests(Some(EMPTY_MD5), None),
        ] {
            let mut request = Request::get();
            request.add(name, value);
            request.body = body;
            request.sign();
            assert_eq!(request.judged(), outcome, "{name}: {value}");
        }
    }
}

#[test]
fn the_digest_of_an_empty_body_is_no_digest_of_another_one() {
    // What release 2.1.0 of the Python SDK sends with every POST.
    let mut request = Request::post();
    request.remove("Content-MD5");
    request.add("x-Content-MD5", EMPTY_MD5);
    request.list = "Date x-Content-MD5 request-line".to_owned();
    request.sign();
    let refusal = request.decided().unwrap_err();
    assert_eq!(refusal.outcome.as_str(), "body_mismatch");
    assert!(refusal.detail.contains("2.1.0"), "{refusal}");
}

#[test]
fn a_signed_digest_of_an_empty_body_must_be_its_digest() {
    let mut request = Request::get();
    request.add("Content-MD5", BODY_MD5);
    request.list = "Date Content-MD5 request-line".to_owned();
    request.sign();
    assert_eq!(request.judged(), "body_mismatch");
}

#[test]
fn a_decision_says_what_was_bound() {
    let mut request = Request::post();
    request.add("X-Date", "Mon, 23 Nov 2026 08:29:00 GMT");
    request.list = "Date content-md5 X-Date request-line".to_owned();
    request.sign();
    let binding = request.decided().unwrap();
    assert!(binding.request_line && !binding.authority);
    assert_eq!(binding.dialect, hubkeys_auth::Dialect::HubHmac);
    assert_eq!(
        binding.date,
        Some("2026-11-23T08:29:00Z".parse::<Timestamp>().unwrap())
    );
    assert_eq!(binding.body, BoundBody::Md5(md5(BODY_MD5)));
    assert_eq!(binding.algorithm.unwrap().as_str(), "hmac-sha256");
    assert_eq!(binding.signed_headers, ["Date", "content-md5", "X-Date"]);

    let mut request = Request::get();
    request.sign();
    let binding = request.decided().unwrap();
    assert_eq!(binding.body, BoundBody::None);
    assert_eq!(binding.date, Some(NOW.parse::<Timestamp>().unwrap()));
    assert_eq!(binding.signed_headers, ["Date"]);
}

#[test]
fn the_constants_of_these_tests_are_right() {
    use md5::Digest as _;
    assert_eq!(md5::Md5::digest(BODY).as_slice(), md5(BODY_MD5));
    assert_eq!(md5::Md5::digest(b"").as_slice(), md5(EMPTY_MD5));
    assert!(DATE.ends_with("GMT"));
}
