//! Any values of the dates and the digests, one a line (an empty one is not sent), then the body. Each that is sent is
//! signed by a holder of the secret, in Hub HMAC and in draft-cavage.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fuzz::{Request, decided_when_signed};
use hubkeys_auth::{BoundBody, UrlScheme};
use hubkeys_domain::Timestamp;
use libfuzzer_sys::fuzz_target;
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512};

const NAMES: [&str; 6] = [
    "Date",
    "X-Date",
    "Content-MD5",
    "X-Content-MD5",
    "Digest",
    "Content-Digest",
];

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(NAMES.len() + 1, '\n');
    let fields: Vec<(&str, &str)> = NAMES
        .into_iter()
        .zip(&mut lines)
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let body = lines.next().unwrap_or_default();
    let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let names = names.join(" ");
    let signature = "A".repeat(43) + "=";
    for authorization in [
        format!(
            r#"hmac username="k", algorithm="hmac-sha256", headers="request-line {names}", signature="{signature}""#
        ),
        format!(
            r#"Signature keyId="k", algorithm="hmac-sha256", headers="(request-target) host {}", signature="{signature}""#,
            names.to_ascii_lowercase()
        ),
    ] {
        let others = [
            ("Host", "api.example.com"),
            ("Authorization", &authorization),
        ];
        let request = Request {
            now: Timestamp::from_millis(1_795_422_600_000).unwrap(),
            scheme: UrlScheme::Https,
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: fields
                .iter()
                .chain(&others)
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.as_bytes().to_vec(),
        };
        let Some(Ok(binding)) = decided_when_signed(request) else {
            continue;
        };
        // The digest that a valid decision names is the body's, by other means than `check` has.
        let named = match binding.body {
            BoundBody::None => {
                assert!(body.is_empty());
                continue;
            }
            BoundBody::Md5(md5) => {
                assert_eq!(md5, <[u8; 16]>::from(Md5::digest(body)));
                continue;
            }
            BoundBody::Sha256(sha256) => {
                assert_eq!(sha256, <[u8; 32]>::from(Sha256::digest(body)));
                STANDARD.encode(sha256)
            }
            BoundBody::Sha512(sha512) => {
                assert_eq!(sha512, <[u8; 64]>::from(Sha512::digest(body)));
                STANDARD.encode(sha512)
            }
        };
        assert!(fields.iter().any(|(_, value)| value.contains(&named)));
    }
});
