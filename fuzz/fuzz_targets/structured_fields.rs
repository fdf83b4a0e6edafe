//! Any `Signature-Input`, `Signature` and `Content-Digest`, one a line, signed by a holder of the secret.

#![no_main]

use fuzz::{Request, decided_when_signed};
use hubkeys_auth::UrlScheme;
use hubkeys_domain::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let names = ["Signature-Input", "Signature", "Content-Digest"];
    let fields = names.into_iter().zip(text.split('\n'));
    let host = [("Host", "api.example.com")];
    let request = Request {
        now: Timestamp::from_millis(1_795_422_600_000).unwrap(),
        scheme: UrlScheme::Https,
        method: "POST".to_owned(),
        target: "/v1/messages?pet=dog".to_owned(),
        headers: host
            .into_iter()
            .chain(fields)
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: br#"{"hello":"world"}"#.to_vec(),
    };
    let _ = decided_when_signed(request);
});
