//! `parse` and `check` of header fields that try to take their time.

use std::fmt;
use std::time::SystemTime;

use hubkeys_auth::{Body, Outcome, Refusal, RequestFacts};
use hubkeys_domain::keyring::Keyring;
use hubkeys_domain::{KeyId, KnownSecret, Scheme, Secret, Timestamp};
use serde::Serialize;

use crate::hostile_fields::{self, Kind};
use crate::interleaved::{self, Subject};
use crate::{Result, report};

/// The sizes of a field's value, in bytes: 8 KiB is the most that a request may have.
const SIZES: [usize; 3] = [200, 2_048, 8_192];

/// The aim.
const MOST_US: f64 = 50.0;

/// What linear growth is taken for: the ratio of the sizes, and this much for noise.
const NOISE: f64 = 1.25;

/// And this, for kinds that are refused at their first bytes.
const NOISE_US: f64 = 0.1;

/// Medians of batches.
#[derive(Debug, Serialize)]
pub(crate) struct HostileReport {
    rounds: u32,
    sizes: [usize; 3],
    kinds: Vec<Measured>,
}

/// A kind, in microseconds a call.
#[derive(Debug, Serialize)]
struct Measured {
    dialect: &'static str,
    name: &'static str,
    us: [f64; 3],
    /// That of the largest with what verify does beside `check`: it looks for another method that was signed.
    with_other_methods_us: f64,
    /// How the largest was refused.
    outcome: &'static str,
    is_linear: bool,
}

/// Measures every kind in the same `rounds`.
pub(crate) fn measure(rounds: u32) -> Result<HostileReport> {
    let now = Timestamp::try_from(SystemTime::now())?;
    let key = KeyId::generate(now)?;
    let kinds = hostile_fields::kinds(key.as_str(), now)?;
    let keyring = Keyring::parse(&Keyring::generate_text()?)?;
    let secret = Secret::generate()?;
    let known = |scheme| -> Result<KnownSecret> {
        let stored = keyring.store(scheme, key.as_str(), &secret)?;
        Ok(keyring.open(key.as_str(), &stored)?)
    };
    let (basic, hmac) = (known(Scheme::Basic)?, known(Scheme::Hmac)?);
    let known = |kind: &Kind| {
        if kind.dialect == "Basic" {
            &basic
        } else {
            &hmac
        }
    };
    let requests: Vec<[RequestFacts; 3]> = kinds.iter().map(requests).collect::<Result<_>>()?;
    let mut subjects = Vec::new();
    for (kind, [small, middle, large]) in kinds.iter().zip(&requests) {
        let known = known(kind);
        for facts in [small, middle, large] {
            subjects.push(Subject::new(move || judged(facts, known, now))?);
        }
        subjects.push(Subject::new(move || judged_as_verify(large, known, now))?);
    }
    let mut run: Vec<_> = subjects.iter_mut().collect();
    interleaved::run("hostile", rounds, &mut run)?;
    let mut measured = Vec::new();
    for ((kind, facts), times) in kinds.iter().zip(&requests).zip(subjects.chunks_exact(4)) {
        let us = |subject: &Subject<'_>| subject.median_ns() / 1_000.0;
        let ([small, middle, large, verify], [_, _, largest]) = (times, facts) else {
            return Err("a kind was not measured in all sizes".into());
        };
        let us_of_sizes = [us(small), us(middle), us(large)];
        measured.push(Measured {
            dialect: kind.dialect,
            name: kind.name,
            us: us_of_sizes,
            with_other_methods_us: us(verify),
            outcome: match judged(largest, known(kind), now) {
                Ok(()) => return Err("a hostile request was accepted".into()),
                Err(refusal) => refusal.outcome.as_str(),
            },
            is_linear: is_linear(us_of_sizes),
        });
    }
    Ok(HostileReport {
        rounds,
        sizes: SIZES,
        kinds: measured,
    })
}

fn requests(kind: &Kind) -> Result<[RequestFacts; 3]> {
    let [small, middle, large] = SIZES.map(|size| {
        let mut fields = (kind.fields)(size);
        fields.push(("Host".to_owned(), "api.example.com".to_owned()));
        RequestFacts::new("GET", "/v1/messages", fields, Body::Absent, None)
            .map_err(|error| format!("{}, {} bytes: {error}", kind.name, size))
    });
    Ok([small?, middle?, large?])
}

fn judged(
    facts: &RequestFacts,
    known: &KnownSecret,
    now: Timestamp,
) -> std::result::Result<(), Refusal> {
    let claim = hubkeys_auth::parse(facts)?;
    hubkeys_auth::check(facts, &claim, known, now).map(drop)
}

fn judged_as_verify(
    facts: &RequestFacts,
    known: &KnownSecret,
    now: Timestamp,
) -> std::result::Result<(), Refusal> {
    let claim = hubkeys_auth::parse(facts)?;
    let refusal = match hubkeys_auth::check(facts, &claim, known, now) {
        Err(refusal) if refusal.outcome == Outcome::SignatureMismatch => refusal,
        decided => return decided.map(drop),
    };
    if let KnownSecret::Plain(secret) = known {
        std::hint::black_box(hubkeys_auth::method_signed(facts, &claim, secret));
    }
    Err(refusal)
}

/// Of a time that is linear in the size, with whatever constant, four times the size takes at most four times the time;
/// of a quadratic one sixteen times.
fn is_linear([small, middle, large]: [f64; 3]) -> bool {
    let [smallest, medium, largest] = SIZES.map(|size| size as f64);
    large <= NOISE * largest / medium * middle + NOISE_US
        && middle <= NOISE * medium / smallest * small + NOISE_US
}

impl fmt::Display for HostileReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [small, middle, large] = self.sizes;
        writeln!(
            f,
            "hostile header fields, parse and check: us a call, medians of {} interleaved batches. Aim: at most {MOST_US} us, and no faster growth than linear",
            self.rounds
        )?;
        writeln!(
            f,
            "{:<22}{:<36} {small:>6} B {middle:>6} B {large:>6} B  {:>9}  outcome of the largest",
            "", "", "and more*"
        )?;
        for kind in &self.kinds {
            let [small, middle, large] = kind.us;
            writeln!(
                f,
                "{:<22}{:<36} {small:>8.2} {middle:>8.2} {large:>8.2}  {:>9.2}  {}{}",
                kind.dialect,
                kind.name,
                kind.with_other_methods_us,
                kind.outcome,
                if kind.is_linear {
                    ""
                } else {
                    ", MORE THAN LINEAR"
                }
            )?;
        }
        let all = self.kinds.iter().flat_map(|kind| kind.us);
        let worst = all.fold(0.0, f64::max);
        let verify = self.kinds.iter().map(|kind| kind.with_other_methods_us);
        let verify = verify.fold(0.0, f64::max);
        let faster = self.kinds.iter().filter(|kind| !kind.is_linear).count();
        writeln!(
            f,
            "Of {} kinds the slowest: {worst:.1} us, {}; growing faster than linear: {faster}, {}",
            self.kinds.len(),
            report::aim(worst <= MOST_US),
            report::aim(faster == 0)
        )?;
        writeln!(
            f,
            "* The largest with verify's search for another method that was signed: at most {verify:.1} us"
        )
    }
}
