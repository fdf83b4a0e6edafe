//! Whether the time of a refusal tells what was refused: an unknown key, a wrong secret, a wrong scheme, a revoked key.

use std::error::Error;
use std::fmt;
use std::time::Instant;

use hdrhistogram::Histogram;
use hubkeys_auth::RequestFacts;
use hubkeys_domain::{KeyId, Scheme, Secret, Timestamp};
use rand::seq::SliceRandom as _;
use serde::Serialize;
use serde_json::Value;

use crate::requests::{Handed, Request};
use crate::sides::{Keys, Sides};
use crate::{Result, interleaved};

/// The kinds of a scheme.
const KINDS: u32 = 5;

/// The aim: the most that the median of a kind differs from the median of all of them.
const MOST_PERCENT: f64 = 2.0;

/// How long refusals take, by scheme.
#[derive(Debug, Serialize)]
pub(crate) struct OneAnswerReport {
    calls: u32,
    schemes: Vec<Refused>,
}

/// The refusals of one scheme. Medians, in microseconds.
#[derive(Debug, Serialize)]
struct Refused {
    scheme: &'static str,
    all_us: f64,
    kinds: Vec<Kind>,
    /// The one status of all of them.
    status: Value,
    get_item_hit_us: f64,
    get_item_miss_us: f64,
}

#[derive(Debug, Serialize)]
struct Kind {
    name: &'static str,
    outcome: &'static str,
    median_us: f64,
    from_all_percent: f64,
    /// The median less that of the bare read of such a row: of one that is there, or is not.
    beside_read_us: f64,
}

/// A request that is refused again and again, or a row that is read.
struct Subject {
    of: Scheme,
    what: What,
    times: Histogram<u64>,
}

enum What {
    Refused {
        name: &'static str,
        outcome: &'static str,
        has_row: bool,
        facts: Box<RequestFacts>,
    },
    Read {
        row: String,
        is_there: bool,
    },
}

/// Measures `calls` refusals in all, and the bare reads beside them.
pub(crate) fn measure(sides: &Sides, calls: u32) -> Result<OneAnswerReport> {
    let mut subjects = subjects(Scheme::Basic, &sides.basic, &sides.hmac, sides.now)?;
    subjects.extend(subjects_of_hmac(sides)?);
    sides
        .runtime
        .block_on(run(sides, calls / (2 * KINDS), &mut subjects))?;
    let schemes = [("Basic", Scheme::Basic), ("Hub HMAC", Scheme::Hmac)];
    let schemes = schemes.into_iter().map(|(name, scheme)| {
        let subjects: Vec<_> = subjects.iter().filter(|it| it.of == scheme).collect();
        refused(sides, name, &subjects)
    });
    Ok(OneAnswerReport {
        calls,
        schemes: schemes.collect::<Result<_>>()?,
    })
}

fn subjects_of_hmac(sides: &Sides) -> Result<Vec<Subject>> {
    subjects(Scheme::Hmac, &sides.hmac, &sides.basic, sides.now)
}

fn subjects(of: Scheme, keys: &Keys, others: &Keys, now: Timestamp) -> Result<Vec<Subject>> {
    let (unknown, wrong) = (KeyId::generate(now)?, Secret::generate()?);
    let live = &keys.live;
    let mismatch = match of {
        Scheme::Basic => "wrong_secret",
        Scheme::Hmac => "signature_mismatch",
    };
    let revoked = &keys.revoked;
    let refused = [
        ("unknown key", "unknown_key", &unknown, &wrong),
        ("wrong secret", mismatch, &live.id, &wrong),
        (
            "wrong scheme",
            "wrong_scheme",
            &others.live.id,
            &others.live.secret,
        ),
        ("revoked, wrong secret", mismatch, &revoked.id, &wrong),
        (
            "revoked, right secret",
            "revoked",
            &revoked.id,
            &revoked.secret,
        ),
    ];
    let refused = refused.into_iter().map(|(name, outcome, key, secret)| {
        let request = match of {
            Scheme::Basic => Request::basic(key.as_str(), secret)?,
            Scheme::Hmac => Request::signed(key.as_str(), secret, now, Vec::new())?,
        };
        Ok::<_, Box<dyn Error>>(What::Refused {
            name,
            outcome,
            has_row: key.as_str() != unknown.as_str(),
            facts: Box::new(request.facts(Handed::Raw)?),
        })
    });
    let read = [(&live.id, true), (&unknown, false)];
    let read = read.into_iter().map(|(key, is_there)| {
        Ok(What::Read {
            row: format!("KEY#{key}"),
            is_there,
        })
    });
    refused
        .chain(read)
        .map(|what| {
            Ok(Subject {
                of,
                what: what?,
                times: Histogram::new(4)?,
            })
        })
        .collect()
}

/// Every subject once in every round, in an order that changes and is the same in every run.
async fn run(sides: &Sides, rounds: u32, subjects: &mut [Subject]) -> Result<()> {
    let warm_up = rounds / 10;
    let mut order = interleaved::shuffler();
    let mut subjects: Vec<&mut Subject> = subjects.iter_mut().collect();
    for round in 0..rounds + warm_up {
        if round % 500 == 0 {
            eprintln!("bench: one answer, round {round} of {}", rounds + warm_up);
        }
        if round == warm_up {
            subjects.iter_mut().for_each(|it| it.times.reset());
        }
        subjects.shuffle(&mut order);
        for subject in &mut subjects {
            let start = Instant::now();
            let is_expected = match &subject.what {
                What::Refused { outcome, facts, .. } => {
                    sides.decide(facts).await?.outcome() == *outcome
                }
                What::Read { row, is_there } => sides.get_item(row).await? == *is_there,
            };
            let taken = start.elapsed().as_nanos();
            if !is_expected {
                return Err("a request was decided otherwise than expected".into());
            }
            subject.times.record(u64::try_from(taken)?)?;
        }
    }
    Ok(())
}

fn refused(sides: &Sides, scheme: &'static str, subjects: &[&Subject]) -> Result<Refused> {
    let read = |there: bool| {
        subjects
            .iter()
            .find(|it| matches!(it.what, What::Read { is_there, .. } if is_there == there))
            .map(|it| median(&it.times))
            .ok_or("nothing was read")
    };
    let (get_item_hit_us, get_item_miss_us) = (read(true)?, read(false)?);
    let mut all = Histogram::new(4)?;
    for subject in subjects {
        if matches!(subject.what, What::Refused { .. }) {
            all.add(&subject.times)?;
        }
    }
    let all_us = median(&all);
    let mut kinds = Vec::new();
    let mut statuses = Vec::new();
    for subject in subjects {
        let What::Refused {
            name,
            outcome,
            has_row,
            facts,
        } = &subject.what
        else {
            continue;
        };
        let decision = sides.runtime.block_on(sides.decide(facts))?;
        let decision = serde_json::to_value(&decision)?;
        statuses.push(decision.get("status").cloned().unwrap_or_default());
        let median_us = median(&subject.times);
        kinds.push(Kind {
            name,
            outcome,
            median_us,
            from_all_percent: (median_us / all_us - 1.0) * 100.0,
            beside_read_us: median_us
                - if *has_row {
                    get_item_hit_us
                } else {
                    get_item_miss_us
                },
        });
    }
    statuses.dedup();
    let [status] = statuses.as_slice() else {
        return Err("refusals of one scheme have several statuses".into());
    };
    Ok(Refused {
        scheme,
        all_us,
        kinds,
        status: status.clone(),
        get_item_hit_us,
        get_item_miss_us,
    })
}

/// In microseconds.
fn median(times: &Histogram<u64>) -> f64 {
    times.value_at_quantile(0.5) as f64 / 1_000.0
}

impl Refused {
    fn largest_percent(&self) -> f64 {
        let differences = self.kinds.iter().map(|kind| kind.from_all_percent.abs());
        differences.fold(0.0, f64::max)
    }
}

impl fmt::Display for OneAnswerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "one answer in one time: medians in us of {} interleaved refusals in process. Aim: none over {MOST_PERCENT} % from that of all",
            self.calls
        )?;
        for of in &self.schemes {
            writeln!(
                f,
                "{:<40} {:>8} {:>12}  {:>18}",
                of.scheme, "median", "from all", "less its GetItem"
            )?;
            for kind in &of.kinds {
                writeln!(
                    f,
                    "  {:<38} {:>8.1} {:>+10.2} %  {:>18.1}",
                    kind.name, kind.median_us, kind.from_all_percent, kind.beside_read_us
                )?;
            }
            let largest = of.largest_percent();
            writeln!(
                f,
                "  {:<38} {:>8.1}   largest {largest:.2} %: {}; status of all: {}",
                "all",
                of.all_us,
                crate::report::aim(largest <= MOST_PERCENT),
                of.status
            )?;
            let (hit, miss) = (of.get_item_hit_us, of.get_item_miss_us);
            writeln!(
                f,
                "  {:<38} {hit:>8.1} {:>+10.2} %",
                "GetItem, bare, of a row that is there", 0.0
            )?;
            writeln!(
                f,
                "  {:<38} {miss:>8.1} {:>+10.2} %",
                "GetItem, bare, of one that is not",
                (miss / hit - 1.0) * 100.0
            )?;
        }
        Ok(())
    }
}
