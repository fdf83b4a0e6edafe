//! What the runs came to: progress while they run, a table when they are over.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::checker::Violation;
use crate::run::Outcome;

const BETWEEN_LINES: Duration = Duration::from_secs(10);
/// Of each kind of wrong in one seed, so many are printed.
const SHOWN: usize = 3;

pub(crate) struct Report {
    began: Instant,
    seeds: u64,
    of: u64,
    total: Outcome,
    failed: BTreeSet<u64>,
    violations: BTreeMap<&'static str, usize>,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Report {
    pub(crate) fn new(seeds: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(seeds);
            let style = "{bar:30} {pos}/{len} seeds, {msg} ({elapsed}, {eta} left)";
            if let Ok(style) = ProgressStyle::with_template(style) {
                bar.set_style(style);
            }
            bar
        });
        Self {
            began: Instant::now(),
            seeds: 0,
            of: seeds,
            total: Outcome::default(),
            failed: BTreeSet::new(),
            violations: BTreeMap::new(),
            bar,
            last_line: Instant::now(),
        }
    }

    pub(crate) fn add(&mut self, seed: u64, outcome: Outcome) {
        let total = &mut self.total;
        self.seeds += 1;
        total.operations += outcome.operations;
        total.unanswered += outcome.unanswered;
        total.given_up += outcome.given_up;
        total.keys += outcome.keys;
        total.kills += outcome.kills;
        for (name, count) in outcome.faults {
            *total.faults.entry(name).or_default() += count;
        }
        if !outcome.violations.is_empty() {
            println!("seed {seed}: {} violations", outcome.violations.len());
            self.failed.insert(seed);
            self.tell(&outcome.violations);
        }
        let message = format!(
            "{} operations, {} violations",
            self.total.operations,
            self.violations()
        );
        if let Some(bar) = &self.bar {
            bar.set_position(self.seeds);
            bar.set_message(message);
        } else if self.last_line.elapsed() >= BETWEEN_LINES {
            self.last_line = Instant::now();
            // Whoever does not read on still wants it done.
            let _ = writeln!(
                io::stderr(),
                "{} of {} seeds: {message}",
                self.seeds,
                self.of
            );
        }
    }

    /// Of every kind the first: a mistake that shows in one way a hundred times hides no other.
    fn tell(&mut self, violations: &[Violation]) {
        let mut kinds: BTreeMap<&str, Vec<&Violation>> = BTreeMap::new();
        for violation in violations {
            kinds.entry(violation.kind()).or_default().push(violation);
            *self.violations.entry(violation.kind()).or_default() += 1;
        }
        for (kind, violations) in kinds {
            println!("  {kind}: {}", violations.len());
            for violation in violations.iter().take(SHOWN) {
                println!("    {violation}");
            }
        }
    }

    fn violations(&self) -> usize {
        self.violations.values().sum()
    }

    /// Whether nothing was wrong, and something was done.
    pub(crate) fn is_proven(&self) -> bool {
        self.failed.is_empty() && self.total.operations > 0
    }

    pub(crate) fn print(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let total = &self.total;
        let faults: u64 = total.faults.values().sum();
        println!("| what | how many |\n|---|---:|");
        let row = |what: &str, count: u128| println!("| {what} | {count} |");
        row("seeds", self.seeds.into());
        row("operations answered and checked", total.operations as u128);
        row(
            "calls without an answer, tried again",
            total.unanswered as u128,
        );
        row("operations given up by clients", total.given_up as u128);
        row("keys made", total.keys as u128);
        row("instances killed", total.kills as u128);
        row("faults", faults.into());
        for (name, count) in &total.faults {
            row(&format!("· {name}"), (*count).into());
        }
        row("violations", self.violations() as u128);
        for (kind, count) in &self.violations {
            row(&format!("· {kind}"), *count as u128);
        }
        row("seconds", self.began.elapsed().as_secs().into());
        for seed in &self.failed {
            println!(
                "\nseed {seed} failed. Again, with the same other options: prove --seed {seed}"
            );
        }
    }
}
