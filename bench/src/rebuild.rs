//! How fast a check is and a rebuild of lost rows, and whether that changes with the number of keys: on the file of a stopped
//! stack, as `hubkeys admin` opens it, and on one thread beside those of the database.
//!
//! ```text
//! cargo run --profile measured -p bench -- rebuild [--keys 1000,10000,100000]
//! ```

use std::fmt;
use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use hubkeys_local::StoppedStack;
use hubkeys_store::{Checkpoint, Mode, Report, Store};
use tokio::runtime::{Builder, Runtime};

use crate::Result;
use crate::machine::Machine;
use crate::seed::{VIEWS, seed, seeded_accounts};

/// The aims, in keys a second.
const CHECK: f64 = 3_000.0;
const REBUILD: f64 = 500.0;
/// As good as linear: the rate at the most keys is no less than this share of that at the fewest.
const LINEAR: f64 = 0.8;

#[derive(Args, Debug)]
pub(crate) struct RebuildArguments {
    /// Of how many keys
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    keys: Vec<u64>,
}

/// What one walk took.
struct Took {
    time: Duration,
    /// Processor time of the thread that decides; the database has others.
    processor: Duration,
    /// The most memory that the process held, database and all, in MiB.
    memory: u64,
}

struct Measured {
    keys: u64,
    check: Took,
    rebuild: Took,
    check_after: Took,
}

/// Measures all numbers of keys, from the fewest to the most.
pub(crate) fn run(arguments: &RebuildArguments) -> Result<()> {
    let machine = Machine::here();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut measured = Vec::new();
    for keys in &arguments.keys {
        let folder = tempfile::tempdir()?;
        measured.push(measure(&runtime, &folder.path().join("data"), *keys)?);
    }
    println!(
        "check and rebuild, {} build, {} cores, {}, {}\n",
        machine.build, machine.cores, machine.processor, machine.at
    );
    println!(
        "    keys  walk                     seconds     keys/s  us/key of processor  MiB at most"
    );
    for of in &measured {
        println!("{}", Line(of.keys, "check", &of.check));
        println!("{}", Line(of.keys, "rebuild of lost rows", &of.rebuild));
        println!(
            "{}",
            Line(of.keys, "check of what it made", &of.check_after)
        );
    }
    println!();
    judge("check", CHECK, &measured, |of| &of.check);
    judge("rebuild of lost rows", REBUILD, &measured, |of| &of.rebuild);
    Ok(())
}

fn measure(runtime: &Runtime, data: &Path, keys: u64) -> Result<Measured> {
    seed(data, keys, |_| {})?;
    let walk = |mode| walk(runtime, data, mode);
    eprintln!("bench: check of {keys} keys");
    let (check, report) = walk(Mode::Check)?;
    expect(&report, 0)?;
    lose_rows(data)?;
    eprintln!("bench: rebuild of {keys} keys");
    let (rebuild, report) = walk(Mode::Mend)?;
    // Two rows a key, one an account, and one where keys are counted: the demo accounts have none.
    let accounts = report.streams - keys;
    expect(&report, 2 * keys + accounts + seeded_accounts(keys))?;
    eprintln!("bench: check of {keys} keys that were rebuilt");
    let (check_after, report) = walk(Mode::Check)?;
    expect(&report, 0)?;
    Ok(Measured {
        keys,
        check,
        rebuild,
        check_after,
    })
}

/// Every row that follows from events is gone.
fn lose_rows(data: &Path) -> Result<()> {
    let file = data.join("dynamodb.sqlite");
    let file = file.to_str().ok_or("a path that is not UTF-8")?;
    let request = dynoxide::actions::delete_table::DeleteTableRequest {
        table_name: VIEWS.to_owned(),
    };
    // The next to open the folder makes it anew, empty.
    dynoxide::Database::new(file)?.delete_table(request)?;
    Ok(())
}

fn walk(runtime: &Runtime, data: &Path, mode: Mode) -> Result<(Took, Report)> {
    runtime.block_on(async {
        let stack = StoppedStack::open(data).await?;
        let store = Store::new(stack.database());
        forget_most_memory();
        let (began, processor) = (Instant::now(), processor_time()?);
        let start = Checkpoint::start(mode, NonZeroU32::MIN);
        let report = store.walk(start, |_| ()).await?;
        let took = Took {
            time: began.elapsed(),
            processor: processor_time()?.saturating_sub(processor),
            memory: most_memory().unwrap_or(0),
        };
        stack.close().await?;
        Ok((took, report))
    })
}

/// A walk that did not find what is there to find is no measurement.
fn expect(report: &Report, drifted: u64) -> Result<()> {
    if report.drifted.rows() == drifted {
        return Ok(());
    }
    let found = report.drifted;
    Err(format!("{drifted} rows should have drifted: {found:?}").into())
}

/// What this thread has had of a processor: the first number is in nanoseconds.
fn processor_time() -> Result<Duration> {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat")?;
    let first = schedule.split(' ').next().unwrap_or_default();
    Ok(Duration::from_nanos(first.parse()?))
}

/// Has the kernel begin anew with the most memory we held. Where it does not, that of an earlier walk stands.
fn forget_most_memory() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn most_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024)
}

fn rate(keys: u64, took: &Took) -> f64 {
    keys as f64 / took.time.as_secs_f64()
}

struct Line<'a>(u64, &'a str, &'a Took);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(keys, walk, took) = self;
        let processor = took.processor.as_secs_f64() * 1e6 / *keys as f64;
        write!(
            f,
            "{keys:>8}  {walk:<22} {:>9.2} {:>10.0} {processor:>20.0} {:>12}",
            took.time.as_secs_f64(),
            rate(*keys, took),
            took.memory
        )
    }
}

fn judge(walk: &str, aim: f64, measured: &[Measured], of: impl Fn(&Measured) -> &Took) {
    let rates = || measured.iter().map(|each| rate(each.keys, of(each)));
    let slowest = rates().fold(f64::INFINITY, f64::min);
    let said = |met| if met { "aim met" } else { "aim MISSED" };
    println!(
        "{walk}: {slowest:.0} keys/s at the slowest, aim {aim:.0}: {}",
        said(slowest >= aim)
    );
    if let (Some(first), Some(last)) = (rates().next(), rates().last()) {
        let share = last / first;
        println!(
            "{walk}: {share:.2} of its rate at the most keys, aim at least {LINEAR}: {}",
            said(share >= LINEAR)
        );
    }
}
