//! Attacks on Hub HMAC, each on a request that is valid without it, with the exact outcome.

use crate::request::{DATE, EMPTY_MD5, KEY, NOW, Request, basic_secret, decide, word};
use hubkeys_auth::{Refusal, RequestFacts};

type Attack = (&'static str, &'static str, fn(&mut Request));

const STALE: &str = "Mon, 23 Nov 2026 07:00:00 GMT";

#[test]
fn the_requests_under_attack_are_valid_by_themselves() {
    for mut request in [Request::post(), Request::get()] {
        request.sign();
        assert_eq!(request.judged(), "valid");
    }
}

/// Changed before signing: the attacker (or a careless client) holds the secret, or replays what its holder signed.
const SIGNED: [Attack; 38] = [
    (
        "valid: names in another case than the fields",
        "valid",
        |r| r.list = "dAtE content-md5 request-line".to_owned(),
    ),
    ("valid: another order", "valid", |r| {
        r.list = "request-line Content-MD5 Date".to_owned();
    }),
    ("valid: further fields are signed", "valid", |r| {
        r.list = "Host Date Content-MD5 request-line Content-Length".to_owned();
    }),
    ("valid: Account is signed", "valid", |r| {
        r.add("Account", "sub");
        r.list += " account";
    }),
    ("valid: both digests are signed", "valid", |r| {
        let digest = crate::request::BODY_MD5.to_uppercase();
        r.add("x-content-md5", &digest);
        r.list += " x-Content-MD5";
    }),
    (
        "valid: X-Date is signed and a library added a Date",
        "valid",
        |r| {
            r.set("Date", STALE);
            r.add("X-Date", DATE);
            r.list = "X-Date Content-MD5 request-line".to_owned();
        },
    ),
    (
        "the request-line is not signed",
        "insufficient_coverage",
        |r| r.list = "Date Content-MD5".to_owned(),
    ),
    ("no date is signed", "insufficient_coverage", |r| {
        r.list = "Content-MD5 request-line".to_owned();
    }),
    (
        "an unsigned X-Date beside a signed Date",
        "insufficient_coverage",
        |r| r.add("X-Date", DATE),
    ),
    (
        "a fresh unsigned X-Date beside a stale signed Date",
        "insufficient_coverage",
        |r| {
            r.set("Date", STALE);
            r.add("X-Date", DATE);
        },
    ),
    (
        "a fresh unsigned Date beside a stale signed X-Date",
        "clock_skew",
        |r| {
            r.add("X-Date", STALE);
            r.list = "X-Date Content-MD5 request-line".to_owned();
        },
    ),
    (
        "of two signed dates the first is stale",
        "clock_skew",
        |r| {
            r.set("Date", STALE);
            r.add("X-Date", DATE);
            r.list += " X-Date";
        },
    ),
    (
        "of two signed dates the second is stale",
        "clock_skew",
        |r| {
            r.add("X-Date", STALE);
            r.list += " X-Date";
        },
    ),
    ("two Dates, both listed", "malformed", |r| {
        r.add("date", DATE);
        r.list += " date";
    }),
    ("Content-MD5 twice, the same", "malformed", |r| {
        r.add("content-md5", crate::request::BODY_MD5);
    }),
    ("two X-Content-MD5, unsigned", "malformed", |r| {
        r.add("x-content-md5", EMPTY_MD5);
        r.add("x-content-md5", EMPTY_MD5);
    }),
    (
        "the second digest is signed and wrong",
        "body_mismatch",
        |r| {
            r.add("x-Content-MD5", EMPTY_MD5);
            r.list += " x-Content-MD5";
        },
    ),
    (
        "a Digest that is not signed",
        "insufficient_coverage",
        |r| {
            r.add(
                "digest",
                "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            );
        },
    ),
    (
        "a Content-Digest that is not signed",
        "insufficient_coverage",
        |r| {
            r.add(
                "CONTENT-DIGEST",
                "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
            );
        },
    ),
    (
        "a signed Digest of an empty body in place of the MD5",
        "body_mismatch",
        |r| {
            r.remove("Content-MD5");
            r.add(
                "Digest",
                "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
            );
            r.list = "Date Digest request-line".to_owned();
        },
    ),
    ("two Account fields, listed", "malformed", |r| {
        r.add("Account", "a");
        r.add("account", "b");
        r.list += " Account";
    }),
    ("a field that is listed and repeated", "malformed", |r| {
        r.add("X-Tag", "a");
        r.add("x-tag", "b");
        r.list += " X-Tag";
    }),
    ("two hosts", "malformed", |r| r.add("host", "evil.example")),
    ("two lengths", "malformed", |r| r.add("content-length", "0")),
    ("two transfer encodings", "malformed", |r| {
        r.add("Transfer-Encoding", "chunked");
        r.add("Transfer-Encoding", "identity");
    }),
    ("the method is overridden", "insufficient_coverage", |r| {
        r.add("x-http-method-override", "DELETE");
    }),
    (
        "the method is overridden, second spelling",
        "insufficient_coverage",
        |r| r.add("X-HTTP-Method", "DELETE"),
    ),
    (
        "the method is overridden, third spelling",
        "insufficient_coverage",
        |r| r.add("X-Method-Override", "DELETE"),
    ),
    ("a name is listed twice", "malformed", |r| r.list += " Date"),
    ("a name is listed twice in another case", "malformed", |r| {
        r.list += " date";
    }),
    ("request-line is listed twice", "malformed", |r| {
        r.list += " request-line";
    }),
    ("Request-Line as well as request-line", "malformed", |r| {
        r.add("Request-Line", "GET / HTTP/1.1");
        r.list += " Request-Line";
    }),
    (
        "a field Request-Line in place of request-line",
        "malformed",
        |r| {
            r.add("Request-Line", "POST /v1/messages HTTP/1.1");
            r.list = "Date Content-MD5 Request-Line".to_owned();
        },
    ),
    ("two spaces in the list", "malformed", |r| {
        r.list = "Date  Content-MD5 request-line".to_owned();
    }),
    ("a space at the end of the list", "malformed", |r| {
        r.list += " ";
    }),
    ("a pseudo-header in the list", "malformed", |r| {
        r.list += " (request-target)";
    }),
    ("33 names", "malformed", |r| {
        for number in 0..30 {
            r.add(&format!("X-{number}"), "1");
            r.list += &format!(" X-{number}");
        }
    }),
    ("an MD5 in base64", "malformed", |r| {
        r.set("Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg==");
    }),
];

#[test]
fn a_signed_request_is_judged_by_what_its_signature_covers() {
    for (name, outcome, change) in SIGNED {
        let mut request = Request::post();
        change(&mut request);
        request.sign();
        assert_eq!(request.judged(), outcome, "{name}");
    }
}

/// Changed after signing: the attacker sits between the client and the service.
const TAMPERED: [Attack; 18] = [
    (
        "valid: a field that means nothing to us was added",
        "valid",
        |r| r.add("Via", "1.1 proxy"),
    ),
    ("the method", "signature_mismatch", |r| {
        r.method = "PUT".to_owned();
    }),
    ("the method in lower case", "signature_mismatch", |r| {
        r.method = "post".to_owned();
    }),
    ("the query", "signature_mismatch", |r| {
        r.target = "/v1/messages?a=%2F&b&c".to_owned();
    }),
    ("the query's order", "signature_mismatch", |r| {
        r.target = "/v1/messages?b&a=%2F".to_owned();
    }),
    ("a percent-encoding decoded", "signature_mismatch", |r| {
        r.target = "/v1/messages?a=/&b".to_owned();
    }),
    (
        "a percent-encoding in lower case",
        "signature_mismatch",
        |r| r.target = "/v1/messages?a=%2f&b".to_owned(),
    ),
    ("an absolute target", "signature_mismatch", |r| {
        r.target = "http://api.example.com/v1/messages?a=%2F&b".to_owned();
    }),
    ("a later date", "signature_mismatch", |r| {
        r.set("Date", "Mon, 23 Nov 2026 08:30:01 GMT");
    }),
    ("a date with a space before it", "malformed", |r| {
        r.set("Date", " Mon, 23 Nov 2026 08:30:00 GMT");
    }),
    ("the digest in capitals", "signature_mismatch", |r| {
        r.set("Content-MD5", &crate::request::BODY_MD5.to_uppercase());
    }),
    ("the digest is gone", "malformed", |r| {
        r.remove("Content-MD5");
    }),
    ("the body", "body_mismatch", |r| {
        r.body = hubkeys_auth::Body::Raw(b"{}".to_vec());
    }),
    ("the body is gone", "body_mismatch", |r| {
        r.remove("Content-Length");
        r.body = hubkeys_auth::Body::Absent;
    }),
    ("an Account was added", "insufficient_coverage", |r| {
        r.add("Account", "victim");
    }),
    ("a second date was added", "malformed", |r| {
        r.add("DATE", DATE);
    }),
    ("a second Authorization was added", "malformed", |r| {
        r.add("authorization", "Basic dTpw");
    }),
    ("a line break in a field", "malformed", |r| {
        r.add("X-Tag", "a\r\nAccount: victim");
    }),
];

#[test]
fn a_request_that_was_changed_after_signing_is_refused() {
    for (name, outcome, change) in TAMPERED {
        let mut request = Request::post();
        request.sign();
        change(&mut request);
        assert_eq!(request.judged(), outcome, "{name}");
    }
}

#[test]
fn a_meaningful_field_is_not_sent_twice_signed_or_not() {
    for name in [
        "Date",
        "X-Date",
        "Content-MD5",
        "X-Content-MD5",
        "Digest",
        "Content-Digest",
        "Account",
        "Host",
        "Content-Length",
        "Transfer-Encoding",
    ] {
        let mut request = Request::get();
        if name == "Date" {
            request.add("X-Date", DATE);
            request.list = "X-Date request-line".to_owned();
        }
        request.remove(name);
        request.add(name, "0");
        request.add(&name.to_lowercase(), "0");
        request.sign();
        assert_eq!(request.judged(), "malformed", "{name}");
    }
}

#[test]
fn a_meaningful_field_is_not_sent_unsigned() {
    for name in [
        "Account",
        "Content-MD5",
        "X-Content-MD5",
        "Digest",
        "Content-Digest",
        "X-Date",
        "X-HTTP-Method-Override",
        "X-HTTP-Method",
        "X-Method-Override",
    ] {
        let mut request = Request::get();
        request.add(&name.to_uppercase(), "0");
        request.sign();
        assert_eq!(request.judged(), "insufficient_coverage", "{name}");
    }
}

#[test]
fn a_signature_of_another_secret_or_of_nothing_does_not_match() {
    for bytes in [[0_u8; 32], [0xff; 32]] {
        use base64::Engine as _;
        let mut request = Request::post();
        let forged = base64::engine::general_purpose::STANDARD.encode(bytes);
        let header = request
            .authorization()
            .replace(&request.signature(), &forged);
        request.add("Authorization", &header);
        assert_eq!(request.judged(), "signature_mismatch");
    }
}

#[test]
fn a_signature_is_fresh_for_300_seconds_either_way_to_the_millisecond() {
    for (now, outcome) in [
        (NOW, "valid"),
        ("2026-11-23T08:35:00.000Z", "valid"),
        ("2026-11-23T08:35:00.001Z", "clock_skew"),
        ("2026-11-23T08:25:00.000Z", "valid"),
        ("2026-11-23T08:24:59.999Z", "clock_skew"),
        ("1970-01-01T00:00:00Z", "clock_skew"),
        ("9999-12-30T00:00:00Z", "clock_skew"),
    ] {
        let mut request = Request::post();
        request.sign();
        assert_eq!(request.judged_at(now), outcome, "{now}");
    }
}

#[test]
fn the_secret_is_asked_for_before_the_clock_and_the_body() {
    let mut request = Request::post();
    request.set("Date", STALE);
    request.body = hubkeys_auth::Body::Raw(b"{}".to_vec());
    request.add("Authorization", &request.authorization());
    request.target += "x";
    assert_eq!(request.judged(), "signature_mismatch");
}

#[test]
fn a_basic_key_never_signs() {
    // Not even with its digest, the only secret thing a verifier knows of it.
    let mut request = Request::post();
    request.sign();
    let facts = RequestFacts::new(
        request.method,
        request.target,
        request.headers,
        request.body,
        None,
    );
    let known = basic_secret(KEY, crate::request::SECRET);
    let decision = decide(facts.map_err(Refusal::from), &known, NOW.parse().unwrap());
    assert_eq!(word(&decision), "wrong_scheme");
}

#[test]
fn a_listed_name_of_over_64_characters_is_refused_before_it_is_looked_up() {
    for (length, outcome) in [(64, "valid"), (65, "malformed")] {
        let name = format!("x-{}", "a".repeat(length - 2));
        let mut request = Request::get();
        request.add(&name, "v");
        request.list = format!("Date request-line {name}");
        request.sign();
        assert_eq!(request.judged(), outcome, "{length}");
    }
}
