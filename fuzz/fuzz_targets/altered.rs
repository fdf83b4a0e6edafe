//! A request with a real signature, in each dialect, altered after it was signed: where it is still valid, everything that the
//! signature binds is what was signed.

#![no_main]

use std::time::Duration;

use arbitrary::Arbitrary;
use fuzz::{Request, known};
use hubkeys_auth::cavage::{self, Dated, Placement};
use hubkeys_auth::hub_hmac::{self, NameStyle};
use hubkeys_auth::rfc9421::{self, DigestAlgorithm, TargetStyle};
use hubkeys_auth::{
    Algorithm, Body, Dialect, MAX_SKEW, SignError, Unsigned, UrlScheme, check, parse,
};
use hubkeys_domain::{KnownSecret, Timestamp};
use libfuzzer_sys::fuzz_target;
use md5::{Digest as _, Md5};
use sha2::{Sha256, Sha512};

const HOST: &str = "api.example.com";
const ACCOUNT: (&str, &str) = ("Account", "sub");
/// What a service may act on in another way than its plain reading says.
const NAMES: [&str; 16] = [
    "Account",
    "Authorization",
    "Content-Digest",
    "Content-Length",
    "Content-MD5",
    "Date",
    "Digest",
    "Host",
    "Signature",
    "Signature-Input",
    "Transfer-Encoding",
    "X-Content-MD5",
    "X-Date",
    "X-HTTP-Method-Override",
    "X-Original-URL",
    "X_Date",
];

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    dialect: u8,
    style: u8,
    algorithm: u8,
    expires_after: Option<u8>,
    nonce: Option<&'a str>,
    with_account: bool,
    method: u8,
    target: &'a str,
    body: &'a [u8],
    as_digests: bool,
    alterations: Vec<Alteration<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Alteration<'a> {
    Method(&'a str),
    MethodByte {
        at: u8,
        by: u8,
    },
    Target(&'a str),
    TargetByte {
        at: u16,
        by: u8,
    },
    TargetInsert {
        at: u16,
        text: &'a str,
    },
    Scheme,
    Name {
        of: u8,
        to: u8,
    },
    NameByte {
        of: u8,
        at: u8,
        by: u8,
    },
    Value {
        of: u8,
        to: &'a str,
    },
    ValueByte {
        of: u8,
        at: u16,
        by: u8,
    },
    ValueInsert {
        of: u8,
        at: u16,
        text: &'a str,
    },
    ValueFrom {
        of: u8,
        from: u8,
    },
    Add {
        name: u8,
        value: &'a str,
    },
    Remove(u8),
    Repeat(u8),
    Swap(u8, u8),
    Body(&'a [u8]),
    BodyByte {
        at: u16,
        by: u8,
    },
    BodyPush(u8),
    Time(i32),
    /// To the end of the time in which the signature is fresh, and some milliseconds.
    TimeToEdge {
        is_late: bool,
        by: i8,
    },
}

fuzz_target!(|input: Input<'_>| {
    let Ok(signed) = signed(&input) else { return };
    assert!(is_valid(&signed, false).is_some(), "{signed:?}");
    let mut altered = signed.clone();
    for alteration in input.alterations.iter().take(8) {
        if apply(&mut altered, alteration).is_none() {
            return;
        }
    }
    let Some((dialect, date)) = is_valid(&altered, input.as_digests) else {
        return;
    };
    assert_eq!(altered.method, signed.method);
    assert_eq!(altered.target, signed.target);
    assert_eq!(altered.body, signed.body);
    assert_eq!(date.as_seconds(), signed.now.as_seconds());
    let apart = altered.now.as_millis().abs_diff(date.as_millis());
    assert!(u128::from(apart) <= MAX_SKEW.as_millis());
    if let Some(seconds) = input.expires_after.filter(|_| dialect != Dialect::HubHmac) {
        let expires = date.plus(Duration::from_secs(u64::from(seconds.max(1))));
        assert!(altered.now <= expires);
    }
    assert_eq!(account(&altered), account(&signed));
    // Hub HMAC need not sign the host, nor RFC 9421 where it signs the request target.
    let binds_host = match dialect {
        Dialect::Basic | Dialect::HubHmac => false,
        Dialect::Cavage12 => true,
        Dialect::Rfc9421 => !signed.values("signature-input")[0].contains("@request-target"),
    };
    if binds_host {
        let [host] = altered.values("host")[..] else {
            panic!("not one host")
        };
        let host = host.trim_matches([' ', '\t']).to_ascii_lowercase();
        let host = host
            .strip_suffix(":443")
            .or(host.strip_suffix(":80"))
            .unwrap_or(&host);
        assert_eq!(host, HOST);
    }
});

/// The fields named Account, spelt in any way that a service may read as one.
fn account(request: &Request) -> Vec<&str> {
    request
        .values("account")
        .into_iter()
        .map(|value| value.trim_matches([' ', '\t']))
        .collect()
}

/// The dialect and the date of a valid decision.
fn is_valid(request: &Request, as_digests: bool) -> Option<(Dialect, Timestamp)> {
    let body = if as_digests {
        Body::Digests {
            md5: Some(Md5::digest(&request.body).into()),
            sha256: Some(Sha256::digest(&request.body).into()),
            sha512: Some(Sha512::digest(&request.body).into()),
        }
    } else {
        Body::Raw(request.body.clone())
    };
    let facts = request.facts_with(body).ok()?;
    let binding = check(&facts, &parse(&facts).ok()?, &known(), request.now).ok()?;
    assert!(binding.request_line && binding.body_compared);
    Some((binding.dialect, binding.date.unwrap()))
}

fn signed(input: &Input<'_>) -> Result<Request, SignError> {
    let now = Timestamp::from_millis(1_795_422_600_000).unwrap();
    let KnownSecret::Plain(secret) = known() else {
        unreachable!("the holder signs")
    };
    let target: String = ["/", input.target]
        .concat()
        .chars()
        .filter(char::is_ascii_graphic)
        .take(64)
        .collect();
    let methods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "M-SEARCH"];
    let method = methods[usize::from(input.method) % methods.len()];
    let unsigned = Unsigned {
        method,
        target: &target,
        date: now,
        body: Some(input.body),
    };
    let algorithm = Algorithm::ALL[usize::from(input.algorithm) % Algorithm::ALL.len()];
    let expires_after = input
        .expires_after
        .map(|seconds| Duration::from_secs(u64::from(seconds)));
    let fields = if input.with_account {
        [ACCOUNT].as_slice()
    } else {
        &[]
    };
    let (added, fields) = match input.dialect % 3 {
        0 => {
            let names = if input.style.is_multiple_of(2) {
                NameStyle::Documented
            } else {
                NameStyle::Sdk
            };
            let added = hub_hmac::sign("k", &secret, algorithm, names, &unsigned)?;
            (added, [].as_slice())
        }
        1 => {
            let options = rfc9421::Options {
                target: match input.style % 3 {
                    0 => TargetStyle::TargetUri,
                    1 => TargetStyle::Parts,
                    _ => TargetStyle::RequestTarget,
                },
                digest: if input.algorithm.is_multiple_of(2) {
                    DigestAlgorithm::Sha256
                } else {
                    DigestAlgorithm::Sha512
                },
                nonce: input.nonce,
                expires_after,
                fields,
            };
            let https = UrlScheme::Https;
            let added = rfc9421::sign("k", &secret, https, HOST, &options, &unsigned)?;
            (added, fields)
        }
        _ => {
            let options = cavage::Options {
                algorithm,
                placement: if input.style & 1 == 0 {
                    Placement::Authorization
                } else {
                    Placement::Signature
                },
                dated: if input.style & 2 == 0 {
                    Dated::Date
                } else {
                    Dated::Created
                },
                expires_after,
                fields,
            };
            let added = cavage::sign("k", &secret, HOST, &options, &unsigned)?;
            (added, fields)
        }
    };
    let sent = [("Host", HOST)].into_iter().chain(fields.iter().copied());
    Ok(Request {
        now,
        scheme: UrlScheme::Https,
        method: method.to_owned(),
        headers: sent
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .chain(added)
            .collect(),
        body: input.body.to_vec(),
        target,
    })
}

/// None where it would not be a request any more.
fn apply(request: &mut Request, alteration: &Alteration<'_>) -> Option<()> {
    let name = |name: u8| NAMES[usize::from(name) % NAMES.len()].to_owned();
    match *alteration {
        Alteration::Method(to) => request.method = to.to_owned(),
        Alteration::MethodByte { at, by } => flip(&mut request.method, at.into(), by)?,
        Alteration::Target(to) => request.target = to.to_owned(),
        Alteration::TargetByte { at, by } => flip(&mut request.target, at.into(), by)?,
        Alteration::TargetInsert { at, text } => insert(&mut request.target, at.into(), text)?,
        Alteration::Scheme => request.scheme = UrlScheme::Http,
        Alteration::Name { of, to } => field(request, of)?.0 = name(to),
        Alteration::NameByte { of, at, by } => flip(&mut field(request, of)?.0, at.into(), by)?,
        Alteration::Value { of, to } => field(request, of)?.1 = to.to_owned(),
        Alteration::ValueByte { of, at, by } => flip(&mut field(request, of)?.1, at.into(), by)?,
        Alteration::ValueInsert { of, at, text } => {
            insert(&mut field(request, of)?.1, at.into(), text)?;
        }
        Alteration::ValueFrom { of, from } => {
            field(request, of)?.1 = field(request, from)?.1.clone();
        }
        Alteration::Add { name: of, value } => request.headers.push((name(of), value.to_owned())),
        Alteration::Remove(of) => {
            let at = usize::from(of) % request.headers.len().max(1);
            (at < request.headers.len()).then(|| request.headers.remove(at))?;
        }
        Alteration::Repeat(of) => {
            let repeated = field(request, of)?.clone();
            request.headers.push(repeated);
        }
        Alteration::Swap(one, other) => {
            let count = request.headers.len().max(1);
            field(request, one)?;
            request
                .headers
                .swap(usize::from(one) % count, usize::from(other) % count);
        }
        Alteration::Body(to) => request.body = to.to_vec(),
        Alteration::BodyByte { at, by } => {
            let count = request.body.len().max(1);
            *request.body.get_mut(usize::from(at) % count)? ^= by;
        }
        Alteration::BodyPush(byte) => request.body.push(byte),
        Alteration::TimeToEdge { is_late, by } => {
            let edge = if is_late { 300_000 } else { -300_000 };
            let millis = request.now.as_millis() + edge + i64::from(by);
            request.now = Timestamp::from_millis(millis).ok()?;
        }
        Alteration::Time(by) => {
            let millis = request.now.as_millis() + i64::from(by);
            request.now = Timestamp::from_millis(millis).ok()?;
        }
    }
    Some(())
}

fn field(request: &mut Request, at: u8) -> Option<&mut (String, String)> {
    let count = request.headers.len().max(1);
    request.headers.get_mut(usize::from(at) % count)
}

fn flip(text: &mut String, at: usize, by: u8) -> Option<()> {
    let mut bytes = text.clone().into_bytes();
    let count = bytes.len().max(1);
    *bytes.get_mut(at % count)? ^= by;
    *text = String::from_utf8(bytes).ok()?;
    Some(())
}

fn insert(text: &mut String, at: usize, inserted: &str) -> Option<()> {
    let at = at % (text.len() + 1);
    text.is_char_boundary(at)
        .then(|| text.insert_str(at, inserted))
}
