//! Timing of what is too short for a clock: batches of calls, those of all subjects in turn.

use std::hint::black_box;
use std::time::Instant;

use hdrhistogram::Histogram;
use rand::SeedableRng as _;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom as _;

use crate::Result;

/// Calls a batch: long enough that reading the clock is lost in it, short enough to fit between two interruptions.
const CALLS: u32 = 64;

/// Something that is measured.
pub(crate) struct Subject<'a> {
    batch: Box<dyn FnMut() + 'a>,
    /// The time of one call, by batch, in picoseconds.
    times: Histogram<u64>,
}

impl<'a> Subject<'a> {
    pub(crate) fn new<T>(mut call: impl FnMut() -> T + 'a) -> Result<Self> {
        Ok(Self {
            batch: Box::new(move || {
                for _ in 0..CALLS {
                    black_box(call());
                }
            }),
            times: Histogram::new(3)?,
        })
    }

    /// Nanoseconds a call: the median of the batches.
    pub(crate) fn median_ns(&self) -> f64 {
        self.times.value_at_quantile(0.5) as f64 / 1_000.0
    }
}

/// Runs a batch of each subject in every round, in an order that changes: none always comes after the same other, which
/// would leave it always the same caches.
pub(crate) fn run(what: &str, rounds: u32, subjects: &mut [&mut Subject<'_>]) -> Result<()> {
    let mut order = shuffler();
    for round in 0..rounds {
        if round % 500 == 0 {
            eprintln!("bench: {what}, round {round} of {rounds}");
        }
        subjects.shuffle(&mut order);
        for subject in subjects.iter_mut() {
            let start = Instant::now();
            (subject.batch)();
            let taken = start.elapsed().as_nanos() * 1_000 / u128::from(CALLS);
            subject.times.record(u64::try_from(taken)?)?;
        }
    }
    Ok(())
}

/// The same orders in every run.
pub(crate) fn shuffler() -> SmallRng {
    SmallRng::seed_from_u64(1)
}
