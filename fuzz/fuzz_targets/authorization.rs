//! Any `Authorization` header, on a request that has what a signature can name.

#![no_main]

use fuzz::{Request, decided_when_signed};
use hubkeys_auth::{Claim, UrlScheme, basic, parse};
use hubkeys_domain::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|authorization: &str| {
    let headers = [
        ("Host", "api.example.com"),
        ("Date", "Mon, 23 Nov 2026 08:30:00 GMT"),
        ("X-Date", "Mon, 23 Nov 2026 08:30:01 GMT"),
        ("Content-MD5", "99914b932bd37a50b983c5e7c90ae93b"),
        (
            "Digest",
            "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=",
        ),
        ("Account", "sub"),
        ("Authorization", authorization),
    ];
    let request = Request {
        now: Timestamp::from_millis(1_795_422_600_000).unwrap(),
        scheme: UrlScheme::Https,
        method: "POST".to_owned(),
        target: "/v1/messages?x=1".to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: b"{}".to_vec(),
    };
    let Ok(facts) = request.facts() else { return };
    match parse(&facts) {
        // There is one spelling of a credential, and it is the one that we print.
        Ok(Claim::Basic(claim)) => {
            let printed = basic::authorization(claim.key(), claim.secret()).unwrap();
            let credentials = authorization.split_once(' ').unwrap().1;
            assert_eq!(
                printed.strip_prefix("Basic ").unwrap(),
                credentials.trim_start_matches(' ')
            );
        }
        Ok(_) => {
            let _ = decided_when_signed(request);
        }
        // A client that forgets the scheme sends its secret there.
        Err(refusal) => {
            assert!(authorization.len() < 64 || !refusal.detail.contains(authorization))
        }
    }
});
