//! The digests of a body that a client signed, and whether the body has them.

use crate::coverage::announces_body;
use crate::digest::{self, MD5_OF_NOTHING};
use crate::facts::is_token;
use crate::structured::byte_sequences;
use crate::{Body, BoundBody, Outcome, Refusal, RequestFacts, canonical_base64};

/// A digest as a header field gives it. The stronger is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SignedDigest {
    Md5([u8; 16]),
    Sha256([u8; 32]),
    Sha512([u8; 64]),
}

/// A header field that gives digests of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DigestField {
    /// `Content-MD5`, in hexadecimal: Hub HMAC's own.
    ContentMd5,
    /// `x-Content-MD5`, the same under the SDKs' name.
    XContentMd5,
    /// `Digest: SHA-256=…` (RFC 3230).
    Digest,
    /// `Content-Digest: sha-256=:…:` (RFC 9530).
    ContentDigest,
}

impl DigestField {
    pub(crate) const ALL: [Self; 4] = [
        Self::ContentMd5,
        Self::XContentMd5,
        Self::Digest,
        Self::ContentDigest,
    ];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ContentMd5 => "Content-MD5",
            Self::XContentMd5 => "X-Content-MD5",
            Self::Digest => "Digest",
            Self::ContentDigest => "Content-Digest",
        }
    }

    /// Adds the digests that a value of it gives. None of an algorithm other than MD5 in its own field, SHA-256 and
    /// SHA-512: whoever signs only such a digest has bound no body.
    pub(crate) fn read(self, value: &str, to: &mut Vec<SignedDigest>) -> Result<(), Refusal> {
        match self {
            Self::ContentMd5 | Self::XContentMd5 => {
                let md5 = digest::parse_md5(value).ok_or_else(|| {
                    Refusal::malformed(
                        "the signed digest is not an MD5 in 32 hexadecimal digits (base64 is not taken)",
                    )
                })?;
                to.push(SignedDigest::Md5(md5));
                Ok(())
            }
            Self::Digest => read_digest(value, to),
            Self::ContentDigest => read_content_digest(value, to),
        }
    }
}

/// The most digests in one `Digest` field: it bounds the work of comparing each name with the others.
const MAX_DIGESTS: usize = 8;

fn read_digest(value: &str, to: &mut Vec<SignedDigest>) -> Result<(), Refusal> {
    const FORM: &str = "the signed Digest is not of the form SHA-256=…, in padded standard base64";
    let mut names: Vec<&str> = Vec::with_capacity(1);
    for member in value.split(',') {
        let (name, text) = member
            .trim_matches([' ', '\t'])
            .split_once('=')
            .ok_or_else(|| Refusal::malformed(FORM))?;
        if !is_token(name) || names.len() == MAX_DIGESTS {
            return Err(Refusal::malformed(FORM));
        }
        if names.iter().any(|found| found.eq_ignore_ascii_case(name)) {
            return Err(Refusal::malformed(
                "the signed Digest names an algorithm twice",
            ));
        }
        names.push(name);
        if name.eq_ignore_ascii_case("sha-256") || name.eq_ignore_ascii_case("sha-512") {
            let bytes = canonical_base64::decode(text).ok_or_else(|| Refusal::malformed(FORM))?;
            to.push(sha(&name.to_ascii_lowercase(), &bytes)?);
        }
    }
    Ok(())
}

fn read_content_digest(value: &str, to: &mut Vec<SignedDigest>) -> Result<(), Refusal> {
    let members = byte_sequences(value).map_err(|fault| {
        Refusal::malformed(format!(
            "the signed Content-Digest is not of the form sha-256=:…: ({fault})"
        ))
    })?;
    for (name, bytes) in members {
        if matches!(name.as_str(), "sha-256" | "sha-512") {
            to.push(sha(name.as_str(), &bytes)?);
        }
    }
    Ok(())
}

fn sha(name: &str, bytes: &[u8]) -> Result<SignedDigest, Refusal> {
    let digest = if name == "sha-256" {
        bytes.try_into().map(SignedDigest::Sha256)
    } else {
        bytes.try_into().map(SignedDigest::Sha512)
    };
    digest.map_err(|_| {
        Refusal::malformed("a signed digest has another length than its algorithm gives")
    })
}

/// Whether a digest has to be signed. Of a body that is not seen the headers tell: one that they do not announce is bound
/// to be none, and whoever has the body finds out.
pub(crate) fn needs_digest(facts: &RequestFacts) -> bool {
    match facts.body() {
        Body::Unseen => announces_body(facts),
        body => !body.is_empty(),
    }
}

/// How the signed digests bind the body: by the strongest of them. All of them have to be the body's, for a service may
/// go by any.
pub(crate) fn bound_body(
    facts: &RequestFacts,
    signed: &[SignedDigest],
) -> Result<BoundBody, Refusal> {
    let body = facts.body();
    if !body.is_seen() {
        return Ok(strongest(signed));
    }
    if body.is_empty() && announces_body(facts) {
        return Err(mismatch(
            "the headers announce a body that the verifier was not given: hand over the raw body or its digests",
        ));
    }
    let md5 = compare(
        signed.iter().filter_map(|digest| match digest {
            SignedDigest::Md5(md5) => Some(*md5),
            SignedDigest::Sha256(_) | SignedDigest::Sha512(_) => None,
        }),
        || body.md5(),
        "the verifier was given no MD5 of the body: hand over the raw body or its MD5",
    );
    // What release 2.1.0 of the Python SDK signs with every body; 2.1.3 does not.
    if md5.is_err() && signed.contains(&SignedDigest::Md5(MD5_OF_NOTHING)) && body.md5().is_some() {
        return Err(mismatch(
            "the signed digest is that of an empty body, and there is one: release 2.1.0 of the Python SDK signs this, 2.1.3 does not",
        ));
    }
    md5?;
    compare(
        signed.iter().filter_map(|digest| match digest {
            SignedDigest::Sha256(sha256) => Some(*sha256),
            SignedDigest::Md5(_) | SignedDigest::Sha512(_) => None,
        }),
        || body.sha256(),
        "the verifier was given no SHA-256 of the body: hand over the raw body or its SHA-256",
    )?;
    compare(
        signed.iter().filter_map(|digest| match digest {
            SignedDigest::Sha512(sha512) => Some(*sha512),
            SignedDigest::Md5(_) | SignedDigest::Sha256(_) => None,
        }),
        || body.sha512(),
        "the verifier was given no SHA-512 of the body: hand over the raw body or its SHA-512",
    )?;
    Ok(strongest(signed))
}

fn strongest(signed: &[SignedDigest]) -> BoundBody {
    let bound = |digest: &SignedDigest| match *digest {
        SignedDigest::Md5(md5) => BoundBody::Md5(md5),
        SignedDigest::Sha256(sha256) => BoundBody::Sha256(sha256),
        SignedDigest::Sha512(sha512) => BoundBody::Sha512(sha512),
    };
    signed.iter().max().map_or(BoundBody::None, bound)
}

/// Refuses signed digests of one algorithm that are not all the body's, which is computed if there are any, and once.
fn compare<const N: usize>(
    signed: impl Iterator<Item = [u8; N]>,
    body: impl FnOnce() -> Option<[u8; N]>,
    not_given: &'static str,
) -> Result<(), Refusal> {
    let mut signed = signed.peekable();
    if signed.peek().is_none() {
        return Ok(());
    }
    let body = body().ok_or_else(|| mismatch(not_given))?;
    if signed.all(|digest| digest == body) {
        Ok(())
    } else {
        Err(mismatch(
            "the body is not the one whose digest was signed: sign the very bytes that are sent",
        ))
    }
}

fn mismatch(detail: &'static str) -> Refusal {
    Refusal::new(Outcome::BodyMismatch, detail)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    fn read(field: DigestField, value: &str) -> Result<Vec<SignedDigest>, Refusal> {
        let mut digests = Vec::new();
        field.read(value, &mut digests).map(|()| digests)
    }

    #[test]
    fn the_published_digests_are_those_of_their_bodies() {
        #[derive(Deserialize)]
        struct File {
            cases: Vec<Case>,
        }
        #[derive(Deserialize)]
        struct Case {
            body: String,
            md5_hex: Option<String>,
            sha256: String,
            sha512: Option<String>,
            legacy_digest: Option<String>,
        }
        let file: File =
            serde_json::from_str(include_str!("../../../tests/vectors/digest-rfc9530.json"))
                .unwrap();
        assert_eq!(file.cases.len(), 3);
        for case in file.cases {
            let fields = [
                (DigestField::ContentMd5, case.md5_hex),
                (DigestField::Digest, case.legacy_digest),
                (DigestField::ContentDigest, Some(case.sha256)),
                (DigestField::ContentDigest, case.sha512),
            ];
            let body = Body::Raw(case.body.into_bytes());
            let facts = RequestFacts::new("POST", "/", Vec::new(), body, None).unwrap();
            for (field, value) in fields {
                let Some(value) = value else { continue };
                let digests = read(field, &value).unwrap();
                assert_eq!(digests.len(), 1, "{value}");
                assert!(bound_body(&facts, &digests).is_ok(), "{value}");
            }
        }
    }

    const SHA256: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

    #[test]
    fn a_digest_is_read_in_one_way_or_not_at_all() {
        for value in [
            format!("SHA-256={SHA256}"),
            format!("sha-256={SHA256}"),
            format!("MD5=1B2M2Y8AsgTpgAmY7PhCfg==, SHA-256={SHA256}"),
            format!("UNIXsum=30637 ,\tSha-256={SHA256}"),
        ] {
            assert_eq!(
                read(DigestField::Digest, &value).unwrap().len(),
                1,
                "{value}"
            );
        }
        for value in [
            String::new(),
            SHA256.to_owned(),
            format!("SHA-256=:{SHA256}:"),
            format!("SHA-256={SHA256},"),
            format!("SHA-256={SHA256},SHA-256={SHA256}"),
            format!("SHA-256={SHA256},sha-256={SHA256}"),
            "MD5=a,md5=a".to_owned(),
            format!("SHA-256 ={SHA256}"),
            format!("SHA-256= {SHA256}"),
            format!("SHA-512={SHA256}"),
            format!("SHA-256={}", SHA256.trim_end_matches('=')),
            format!("SHA-256=\"{SHA256}\""),
            "SHA-256=".to_owned(),
            (0..9)
                .map(|number| format!("a{number}=b"))
                .collect::<Vec<_>>()
                .join(","),
        ] {
            assert!(read(DigestField::Digest, &value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_content_digest_is_read_in_one_way_or_not_at_all() {
        for value in [
            format!("sha-256=:{SHA256}:"),
            format!("md5=:1B2M2Y8AsgTpgAmY7PhCfg==:, sha-256=:{SHA256}:"),
        ] {
            let digests = read(DigestField::ContentDigest, &value).unwrap();
            assert_eq!(digests.len(), 1, "{value}");
        }
        for value in [
            format!("sha-256={SHA256}"),
            format!("SHA-256=:{SHA256}:"),
            format!("sha-256=:{SHA256}:, sha-256=:{SHA256}:"),
            format!("sha-256=:{SHA256}:;q=1"),
            format!("sha-256=(:{SHA256}:)"),
            format!("sha-512=:{SHA256}:"),
            "sha-256=::".to_owned(),
            "sha-256".to_owned(),
        ] {
            assert!(read(DigestField::ContentDigest, &value).is_err(), "{value}");
        }
    }

    #[test]
    fn a_digest_of_another_algorithm_binds_nothing() {
        assert_eq!(read(DigestField::Digest, "MD5=x,SHA=y"), Ok(Vec::new()));
        assert_eq!(
            read(DigestField::ContentDigest, "md5=:eA==:"),
            Ok(Vec::new())
        );
        assert_eq!(read(DigestField::ContentDigest, ""), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parsers_panic(text in "(?s).{0,80}", near in "[shaSHA256=:, -]{0,40}") {
            for field in DigestField::ALL {
                let _ = read(field, &text);
                let _ = read(field, &near);
            }
        }
    }
}
