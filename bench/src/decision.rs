//! A whole verify, in process and over HTTP, next to a bare consistent `GetItem` of the row it decides on.

use std::future::Future;
use std::time::Instant;

use hdrhistogram::Histogram;
use hubkeys_auth::RequestFacts;
use rand::seq::SliceRandom as _;
use serde_json::Value;

use crate::report::{Quantiles, Verified, VerifyReport};
use crate::requests::{Handed, Request, one_kibibyte};
use crate::sides::Sides;
use crate::stack::Key;
use crate::{Result, allocations, interleaved};

/// A request that is verified again and again, and what it takes.
struct Case {
    name: &'static str,
    /// The partition key of the row it is decided on.
    row: String,
    facts: RequestFacts,
    document: Value,
    get_item: Histogram<u64>,
    decide: Histogram<u64>,
    http: Histogram<u64>,
}

/// One call of a round.
#[derive(Clone, Copy)]
enum Call {
    GetItem,
    Decide,
    Http,
}

/// Measures `rounds` calls of each kind.
pub(crate) fn measure(sides: &Sides, rounds: u32) -> Result<VerifyReport> {
    let (basic, hmac) = (&sides.basic.live, &sides.hmac.live);
    let post = Request::signed(hmac.id.as_str(), &hmac.secret, sides.now, one_kibibyte())?;
    let mut cases = [
        Case::new(
            "Basic",
            basic,
            &Request::basic(basic.id.as_str(), &basic.secret)?,
        )?,
        Case::new("HMAC-SHA-256, POST, 1 KiB raw", hmac, &post)?,
    ];
    sides.runtime.block_on(run(sides, rounds, &mut cases))?;
    let cases = cases.iter().map(|case| case.verified(sides));
    let cases = cases.collect::<Result<_>>()?;
    Ok(VerifyReport { rounds, cases })
}

/// Every kind of call for every case in every round, one at a time and in an order that changes.
async fn run(sides: &Sides, rounds: u32, cases: &mut [Case]) -> Result<()> {
    let warm_up = rounds / 10;
    let mut order = interleaved::shuffler();
    let mut cases: Vec<&mut Case> = cases.iter_mut().collect();
    let mut calls = [Call::GetItem, Call::Decide, Call::Http];
    for round in 0..rounds + warm_up {
        if round % 500 == 0 {
            eprintln!("bench: verify, round {round} of {}", rounds + warm_up);
        }
        if round == warm_up {
            cases.iter_mut().for_each(|case| case.reset());
        }
        cases.shuffle(&mut order);
        for case in &mut cases {
            calls.shuffle(&mut order);
            for call in calls {
                case.time(call, sides).await?;
            }
        }
    }
    Ok(())
}

/// Records what a call takes. A failed one ends the run.
async fn timed(times: &mut Histogram<u64>, call: impl Future<Output = Result<()>>) -> Result<()> {
    let start = Instant::now();
    call.await?;
    times.record(u64::try_from(start.elapsed().as_nanos())?)?;
    Ok(())
}

impl Case {
    fn new(name: &'static str, key: &Key, request: &Request) -> Result<Self> {
        Ok(Self {
            name,
            row: format!("KEY#{}", key.id),
            facts: request.facts(Handed::Raw)?,
            document: request.document(),
            get_item: Histogram::new(3)?,
            decide: Histogram::new(3)?,
            http: Histogram::new(3)?,
        })
    }

    async fn time(&mut self, call: Call, sides: &Sides) -> Result<()> {
        match call {
            Call::GetItem => timed(&mut self.get_item, get_item(sides, &self.row)).await,
            Call::Decide => timed(&mut self.decide, decide(sides, &self.facts)).await,
            Call::Http => timed(&mut self.http, sides.stack.verify(&self.document)).await,
        }
    }

    fn reset(&mut self) {
        for times in [&mut self.get_item, &mut self.decide, &mut self.http] {
            times.reset();
        }
    }

    fn verified(&self, sides: &Sides) -> Result<Verified> {
        let runtime = &sides.runtime;
        Ok(Verified {
            name: self.name,
            get_item: Quantiles::of(&self.get_item),
            decide: Quantiles::of(&self.decide),
            http: Quantiles::of(&self.http),
            get_item_allocations: allocations::of(|| runtime.block_on(get_item(sides, &self.row))),
            decide_allocations: allocations::of(|| runtime.block_on(decide(sides, &self.facts))),
        })
    }
}

async fn get_item(sides: &Sides, row: &str) -> Result<()> {
    match sides.get_item(row).await? {
        true => Ok(()),
        false => Err("the key has no row".into()),
    }
}

async fn decide(sides: &Sides, facts: &RequestFacts) -> Result<()> {
    let decision = sides.decide(facts).await?;
    match decision.is_allowed() {
        true => Ok(()),
        false => Err(format!("a good request was refused: {}", decision.outcome()).into()),
    }
}
