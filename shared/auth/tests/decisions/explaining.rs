//! What the author of a client is told.

use hubkeys_auth::hub_hmac::{HubHmacClaim, method_signed, signing_string};
use hubkeys_auth::{Body, Claim, RequestFacts, parse};
use hubkeys_domain::{Scheme, Secret};

use crate::request::{BODY_MD5, KEY, Request, SECRET};

fn facts(request: Request) -> RequestFacts {
    RequestFacts::new(
        request.method,
        request.target,
        request.headers,
        request.body,
        None,
    )
    .unwrap()
}

fn claim(facts: &RequestFacts) -> HubHmacClaim<'_> {
    match parse(facts).unwrap() {
        Claim::HubHmac(claim) => claim,
        _ => panic!("not a signature of Hub HMAC"),
    }
}

#[test]
fn the_signing_string_names_fields_as_listed_and_has_no_line_feed_at_its_end() {
    let mut request = Request::post();
    request.list = "request-line dAte x-Tag Content-md5".to_owned();
    request.add("X-TAG", "  kept as sent ");
    request.sign();
    let facts = facts(request);
    assert_eq!(
        signing_string(&facts, &claim(&facts)),
        format!(
            "POST /v1/messages?a=%2F&b HTTP/1.1\ndAte: Mon, 23 Nov 2026 08:30:00 GMT\nx-Tag:   kept as sent \nContent-md5: {BODY_MD5}"
        )
    );
}

#[test]
fn a_claim_tells_its_key_and_scheme_and_prints_no_signature() {
    let mut request = Request::post();
    request.sign();
    let signature = request.signature();
    let facts = facts(request);
    let claim = parse(&facts).unwrap();
    assert_eq!((claim.key(), claim.scheme()), (KEY, Scheme::Hmac));
    assert!(!format!("{claim:?}{facts:?}").contains(&signature));
}

#[test]
fn a_request_signed_for_another_method_is_recognised() {
    let secret = Secret::of_any_form(SECRET);
    let mut request = Request::post();
    request.sign();
    request.method = "PUT".to_owned();
    let facts_of_put = facts(request);
    assert_eq!(
        method_signed(&facts_of_put, &claim(&facts_of_put), &secret),
        Some("POST")
    );

    let mut request = Request::post();
    request.sign();
    request.target += "x";
    let facts_of_other = facts(request);
    assert_eq!(
        method_signed(&facts_of_other, &claim(&facts_of_other), &secret),
        None
    );
}

#[test]
fn a_refusal_says_what_to_change() {
    let refused = |change: fn(&mut Request)| {
        let mut request = Request::post();
        change(&mut request);
        request.sign();
        request.decided().unwrap_err().detail.into_owned()
    };
    for (detail, part) in [
        (
            refused(|r| r.set("Date", "Mon, 23 Nov 2026 07:00:00 GMT")),
            "5400.000 s behind",
        ),
        (
            refused(|r| r.set("Date", "Mon, 23 Nov 2026 08:35:01 GMT")),
            "301.000 s ahead",
        ),
        (refused(|r| r.add("Account", "x")), "has Account"),
        (
            refused(|r| r.list = "Date Content-MD5".to_owned()),
            "request-line",
        ),
        (refused(|r| r.list += " X-Missing"), "X-Missing"),
        (refused(|r| r.body = Body::Raw(b"other".to_vec())), "body"),
    ] {
        assert!(detail.contains(part), "{detail}");
    }
}
