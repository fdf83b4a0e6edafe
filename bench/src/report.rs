//! The figures, for people and as JSON.

use std::fmt;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::allocations::Allocations;
use crate::handler::HandlerReport;
use crate::hostile::HostileReport;
use crate::machine::Machine;
use crate::one_answer::OneAnswerReport;

/// One run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) check: CheckReport,
    pub(crate) hostile: HostileReport,
    pub(crate) verify: VerifyReport,
    pub(crate) handler: HandlerReport,
    pub(crate) one_answer: OneAnswerReport,
}

/// Medians of batches, in nanoseconds a call.
#[derive(Debug, Serialize)]
pub(crate) struct CheckReport {
    pub(crate) rounds: u32,
    pub(crate) cases: Vec<Checked>,
    /// Opening a sealed secret (AES-256-GCM).
    pub(crate) open_ns: f64,
    pub(crate) open_allocations: Allocations,
    pub(crate) md5_of_body_ns: f64,
}

/// A case of `check`.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) name: &'static str,
    /// How many bytes are hashed.
    pub(crate) bytes: usize,
    pub(crate) mac_ns: f64,
    pub(crate) parse_ns: f64,
    pub(crate) check_ns: f64,
    pub(crate) parse_allocations: Allocations,
    pub(crate) check_allocations: Allocations,
}

/// Quantiles of single calls.
#[derive(Debug, Serialize)]
pub(crate) struct VerifyReport {
    pub(crate) rounds: u32,
    pub(crate) cases: Vec<Verified>,
}

/// A case of verify.
#[derive(Debug, Serialize)]
pub(crate) struct Verified {
    pub(crate) name: &'static str,
    pub(crate) get_item: Quantiles,
    pub(crate) decide: Quantiles,
    pub(crate) http: Quantiles,
    pub(crate) get_item_allocations: Allocations,
    pub(crate) decide_allocations: Allocations,
}

/// How long calls take, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Quantiles {
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
}

impl Quantiles {
    /// Of times in nanoseconds.
    pub(crate) fn of(times: &Histogram<u64>) -> Self {
        let at = |quantile| times.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            p50_us: at(0.5),
            p99_us: at(0.99),
        }
    }
}

/// The aim of an in-process verify: this many bare reads.
const MOST_READS: f64 = 1.3;

pub(crate) fn aim(met: bool) -> &'static str {
    if met { "aim met" } else { "aim MISSED" }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            command,
            build,
            at,
            processor,
            cores,
        } = &self.machine;
        writeln!(f, "{command}")?;
        writeln!(f, "{at} · {processor} · {cores} cores · {build}\n")?;
        writeln!(f, "{}\n\n{}", self.check, self.hostile)?;
        writeln!(f, "{}\n{}\n{}", self.verify, self.handler, self.one_answer)
    }
}

impl fmt::Display for CheckReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "check, signed with HMAC-SHA-256: ns a call, medians of {} interleaved batches. Aim: 2 x the bare MAC of the same bytes + 1 us",
            self.rounds
        )?;
        writeln!(
            f,
            "{:<40} {:>6} {:>8} {:>8} {:>6} {:>8}  {:<10} {:>6}  allocations: parse, check",
            "", "bytes", "bare MAC", "check", "ratio", "at most", "", "parse"
        )?;
        for case in &self.cases {
            let most = 2.0 * case.mac_ns + 1_000.0;
            writeln!(
                f,
                "{:<40} {:>6} {:>8.0} {:>8.0} {:>6.2} {:>8.0}  {:<10} {:>6.0}  {}, {}",
                case.name,
                case.bytes,
                case.mac_ns,
                case.check_ns,
                case.check_ns / case.mac_ns,
                most,
                aim(case.check_ns <= most),
                case.parse_ns,
                case.parse_allocations,
                case.check_allocations,
            )?;
        }
        writeln!(
            f,
            "Opening a sealed secret (AES-256-GCM): {:.0} ns, {} allocations",
            self.open_ns, self.open_allocations
        )?;
        write!(
            f,
            "Of a raw body, the MD5 of its 1 KiB alone: {:.0} ns",
            self.md5_of_body_ns
        )
    }
}

impl fmt::Display for VerifyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "verify: us a call, {} interleaved calls each. Aim: in process, p50 at most {MOST_READS} x the bare GetItem's",
            self.rounds
        )?;
        writeln!(
            f,
            "{:<48} {:>8} {:>8} {:>6}  {:<10}  allocations",
            "", "p50", "p99", "ratio", ""
        )?;
        for (at, case) in self.cases.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            let bare = case.get_item;
            writeln!(f, "{}", case.name)?;
            line(
                f,
                "consistent GetItem, bare",
                bare,
                bare,
                "",
                Some(case.get_item_allocations),
            )?;
            let met = case.decide.p50_us <= MOST_READS * bare.p50_us;
            line(
                f,
                "verify in process",
                case.decide,
                bare,
                aim(met),
                Some(case.decide_allocations),
            )?;
            line(
                f,
                "POST /v1/verify, the whole local stack",
                case.http,
                bare,
                "",
                None,
            )?;
        }
        Ok(())
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    of: Quantiles,
    bare: Quantiles,
    aim: &str,
    allocations: Option<Allocations>,
) -> fmt::Result {
    let ratio = of.p50_us / bare.p50_us;
    write!(
        f,
        "  {name:<46} {:>8.1} {:>8.1} {ratio:>6.2}  {aim:<10}",
        of.p50_us, of.p99_us
    )?;
    match allocations {
        Some(allocations) => writeln!(f, "  {allocations}"),
        None => writeln!(f),
    }
}
