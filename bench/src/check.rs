//! `parse`, `check` and the opening of a stored secret, next to the bare MAC of the same bytes.

use std::time::SystemTime;

use hmac::{Hmac, KeyInit as _, Mac as _};
use hubkeys_auth::RequestFacts;
use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{KeyId, KnownSecret, Scheme, Secret, Timestamp};
use md5::{Digest as _, Md5};
use sha2::Sha256;

use crate::Result;
use crate::allocations::{self, Allocations};
use crate::interleaved::{self, Subject};
use crate::report::{CheckReport, Checked};
use crate::requests::{Handed, Request, one_kibibyte};

/// A request and what is known of the secret it was made with.
struct Case {
    name: &'static str,
    facts: RequestFacts,
    known: KnownSecret,
    mac_key: Vec<u8>,
    /// Every byte that `check` hashes: of a signed request its signing string and, where it is given raw, its body.
    mac_bytes: Vec<u8>,
}

/// A case with what is timed of it.
struct Measured<'a> {
    case: &'a Case,
    parse: Subject<'a>,
    check: Subject<'a>,
    mac: Subject<'a>,
    parse_allocations: Allocations,
    check_allocations: Allocations,
}

/// Measures every case in the same `rounds`.
pub(crate) fn measure(rounds: u32) -> Result<CheckReport> {
    let now = Timestamp::try_from(SystemTime::now())?;
    let key = KeyId::generate(now)?;
    let secret = Secret::generate()?;
    let keyring = Keyring::parse(&Keyring::generate_text()?)?;
    let cases = cases(&keyring, &key, &secret, now)?;
    let body = one_kibibyte();
    let sealed = keyring.store(Scheme::Hmac, key.as_str(), &secret)?;
    let mut measured = Vec::with_capacity(cases.len());
    for case in &cases {
        measured.push(Measured::new(case, now)?);
    }
    let open = || keyring.open(key.as_str(), &sealed);
    let open_allocations = allocations::of(open);
    let mut open = Subject::new(open)?;
    let mut md5 = Subject::new(|| Md5::digest(&body))?;

    let mut subjects: Vec<_> = measured
        .iter_mut()
        .flat_map(|of| [&mut of.parse, &mut of.check, &mut of.mac])
        .chain([&mut open, &mut md5])
        .collect();
    interleaved::run("check", rounds, &mut subjects)?;
    Ok(CheckReport {
        rounds,
        cases: measured.iter().map(Measured::checked).collect(),
        open_ns: open.median_ns(),
        open_allocations,
        md5_of_body_ns: md5.median_ns(),
    })
}

fn cases(keyring: &Keyring, key: &KeyId, secret: &Secret, now: Timestamp) -> Result<[Case; 8]> {
    let id = key.as_str();
    let known = |scheme| -> Result<KnownSecret> {
        let stored = keyring.store(scheme, id, secret)?;
        Ok(keyring.open(id, &stored)?)
    };
    let basic = Request::basic(id, secret)?;
    let get = Request::signed(id, secret, now, Vec::new())?;
    let post = Request::signed(id, secret, now, one_kibibyte())?;
    let rfc9421 = |body| Request::signed_by_rfc9421(id, secret, now, body);
    let cavage = |body| Request::signed_by_cavage(id, secret, now, body);
    let signed = |name, request: &Request, handed| -> Result<Case> {
        let facts = request.facts(handed)?;
        let mut mac_bytes = signing_string(&facts)?.into_bytes();
        if let Handed::Raw = handed {
            mac_bytes.extend(&request.body);
        }
        Ok(Case {
            name,
            facts,
            known: known(Scheme::Hmac)?,
            mac_key: secret.expose().as_bytes().to_vec(),
            mac_bytes,
        })
    };
    Ok([
        Case {
            name: "Basic",
            facts: basic.facts(Handed::Raw)?,
            known: known(Scheme::Basic)?,
            // As long as the pepper is.
            mac_key: vec![7; 32],
            mac_bytes: [id, "\0", secret.expose()].concat().into_bytes(),
        },
        signed("Hub HMAC, GET without a body", &get, Handed::Raw)?,
        signed(
            "Hub HMAC, POST, 1 KiB as its digests",
            &post,
            Handed::Digests,
        )?,
        signed("Hub HMAC, POST, 1 KiB raw", &post, Handed::Raw)?,
        signed(
            "RFC 9421, GET without a body",
            &rfc9421(Vec::new())?,
            Handed::Raw,
        )?,
        signed(
            "RFC 9421, POST, 1 KiB raw",
            &rfc9421(one_kibibyte())?,
            Handed::Raw,
        )?,
        signed(
            "cavage-12, GET without a body",
            &cavage(Vec::new())?,
            Handed::Raw,
        )?,
        signed(
            "cavage-12, POST, 1 KiB raw",
            &cavage(one_kibibyte())?,
            Handed::Raw,
        )?,
    ])
}

fn signing_string(facts: &RequestFacts) -> Result<String> {
    let claim = hubkeys_auth::parse(facts)?;
    hubkeys_auth::signing_string(facts, &claim)
        .ok_or_else(|| "a signed request was read as Basic".into())
}

impl<'a> Measured<'a> {
    fn new(case: &'a Case, now: Timestamp) -> Result<Self> {
        let Case { facts, known, .. } = case;
        let claim = hubkeys_auth::parse(facts)?;
        // A refusal is another path, and a shorter one.
        hubkeys_auth::check(facts, &claim, known, now)?;
        let parse = || hubkeys_auth::parse(facts);
        let check = move || hubkeys_auth::check(facts, &claim, known, now);
        Ok(Self {
            case,
            parse_allocations: allocations::of(parse),
            check_allocations: allocations::of(&check),
            parse: Subject::new(parse)?,
            check: Subject::new(check)?,
            mac: Subject::new(|| bare_mac(&case.mac_key, &case.mac_bytes))?,
        })
    }

    fn checked(&self) -> Checked {
        Checked {
            name: self.case.name,
            bytes: self.case.mac_bytes.len(),
            mac_ns: self.mac.median_ns(),
            parse_ns: self.parse.median_ns(),
            check_ns: self.check.median_ns(),
            parse_allocations: self.parse_allocations,
            check_allocations: self.check_allocations,
        }
    }
}

/// HMAC-SHA-256 by the crates that `check` uses, from the key's bytes on.
fn bare_mac(key: &[u8], bytes: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(bytes);
    Some(mac.finalize().into_bytes().into())
}
