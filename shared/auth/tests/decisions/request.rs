//! A request under test, signed by an implementation of its own: what ours gets wrong on both sides must not cancel
//! out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hubkeys_auth::{Binding, Body, Refusal, RequestFacts, check, parse};
use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{KnownSecret, Scheme, Secret, Timestamp};
use sha2::Sha256;

pub(crate) const NOW: &str = "2026-11-23T08:30:00Z";
pub(crate) const DATE: &str = "Mon, 23 Nov 2026 08:30:00 GMT";
pub(crate) const KEY: &str = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";
pub(crate) const SECRET: &str = "a secret of any form";
pub(crate) const BODY: &[u8] = br#"{"messages":[]}"#;
/// `md5sum` of [`BODY`].
pub(crate) const BODY_MD5: &str = "394daf1a187e2f2a82ac593c04a0f637";
pub(crate) const EMPTY_MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// A valid POST until a test changes it.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) list: String,
}

impl Request {
    pub(crate) fn post() -> Self {
        Self {
            method: "POST".to_owned(),
            target: "/v1/messages?a=%2F&b".to_owned(),
            headers: owned(&[
                ("Host", "api.example.com"),
                ("Date", DATE),
                ("Content-MD5", BODY_MD5),
                ("Content-Length", "15"),
            ]),
            body: Body::Raw(BODY.to_vec()),
            list: "Date Content-MD5 request-line".to_owned(),
        }
    }

    pub(crate) fn get() -> Self {
        Self {
            method: "GET".to_owned(),
            target: "/v1/replies".to_owned(),
            headers: owned(&[("Host", "api.example.com"), ("Date", DATE)]),
            body: Body::Absent,
            list: "Date request-line".to_owned(),
        }
    }

    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.add(name, value);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(found, _)| !found.eq_ignore_ascii_case(name));
    }

    pub(crate) fn signature(&self) -> String {
        let lines: Vec<String> = self
            .list
            .split(' ')
            .map(|name| {
                let value = self
                    .headers
                    .iter()
                    .find(|(found, _)| found.eq_ignore_ascii_case(name));
                match (name, value) {
                    ("request-line", _) => format!("{} {} HTTP/1.1", self.method, self.target),
                    (_, Some((_, value))) => format!("{name}: {value}"),
                    (_, None) => format!("{name}:"),
                }
            })
            .collect();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(lines.join("\n").as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    pub(crate) fn authorization(&self) -> String {
        format!(
            r#"hmac username="{KEY}", algorithm="hmac-sha256", headers="{}", signature="{}""#,
            self.list,
            self.signature()
        )
    }

    /// Adds the header of the request as it is now; what is changed later is not signed.
    pub(crate) fn sign(&mut self) {
        let authorization = self.authorization();
        self.add("Authorization", &authorization);
    }

    pub(crate) fn judged(self) -> String {
        self.judged_at(NOW)
    }

    pub(crate) fn judged_at(self, now: &str) -> String {
        word(&self.decided_at(now))
    }

    pub(crate) fn decided(self) -> Result<Binding, Refusal> {
        self.decided_at(NOW)
    }

    fn decided_at(self, now: &str) -> Result<Binding, Refusal> {
        decide(
            RequestFacts::new(self.method, self.target, self.headers, self.body, None)
                .map_err(Refusal::from),
            &hmac_secret(),
            now.parse().unwrap(),
        )
    }
}

pub(crate) fn decide(
    facts: Result<RequestFacts, Refusal>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    let facts = facts?;
    check(&facts, &parse(&facts)?, known, now)
}

/// The outcome in a word, and a look at what every refusal has to keep to itself.
pub(crate) fn word(decision: &Result<Binding, Refusal>) -> String {
    match decision {
        Ok(_) => "valid".to_owned(),
        Err(refusal) => {
            assert!(!refusal.detail.is_empty());
            assert!(!refusal.detail.contains(SECRET), "{refusal}");
            refusal.outcome.to_string()
        }
    }
}

pub(crate) fn hmac_secret() -> KnownSecret {
    KnownSecret::Plain(Secret::of_any_form(SECRET))
}

/// What a verifier knows of a Basic secret: by way of a keyring, as in the product.
pub(crate) fn basic_secret(key: &str, secret: &str) -> KnownSecret {
    let keyring = Keyring::parse(&Keyring::generate_text().unwrap()).unwrap();
    let stored = keyring
        .store(Scheme::Basic, key, &Secret::of_any_form(secret))
        .unwrap();
    keyring.open(key, &stored).unwrap()
}

pub(crate) fn owned(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
