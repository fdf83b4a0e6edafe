//! `prove`: several instances of the stack as processes on one database, behind proxies that do what networks do; clients that
//! create, rename, revoke and verify; instances killed and started again. Then every answer is explained, or it says which is not.
//!
//! A run is decided by its seed: the same clients do the same things in the same order, the same instances are killed after the
//! same numbers of calls, and the n-th request of an operation to the database meets the same fault. What no seed decides is how
//! the operating system runs the threads and processes, and so which of the calls under way at once is first.

mod checker;
mod client;
mod faults;
mod history;
mod instance;
mod order;
mod plan;
mod report;
mod rows;
mod run;
mod steps;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use fault_proxy::Defect;
use futures::{StreamExt as _, stream};
use hubkeys_domain::Operator;
use hubkeys_store::{KeyringEditor, Lease, Store};

use crate::plan::Size;
use crate::report::Report;
use crate::run::Settings;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[derive(Parser)]
#[command(about = "Proves that revocation can't be outrun and that faults are survived")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    runs: Runs,
}

#[derive(Args)]
struct Runs {
    /// The first seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many seeds are run
    #[arg(long, default_value_t = 1)]
    seeds: u64,
    /// How many of them are under way at once: most of a run is waiting
    #[arg(long, default_value_t = 1)]
    side_by_side: usize,
    /// How many operations clients plan in a run; an answer that is lost is asked for again
    #[arg(long, default_value_t = 1_000)]
    operations: usize,
    /// How many clients ask at once
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// How many processes serve them
    #[arg(long, default_value_t = 3)]
    instances: usize,
    /// How often one of them is killed in a run
    #[arg(long, default_value_t = 3)]
    kills: usize,
    /// How many of a hundred requests to the database meet a fault
    #[arg(long, default_value_t = 6)]
    faults: u32,
    /// For how many milliseconds verify may answer from memory [default: 0, 50 or 1000, in turn by the seed]
    #[arg(long, value_name = "MILLISECONDS")]
    lease: Option<Lease>,
    /// A mistake to make on the wire, which the checker has to find
    #[arg(long, value_enum)]
    plant: Option<Plant>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Plant {
    /// Verify reads without consistency
    EventualVerify,
    /// Instances remember for ever that a key was good
    EndlessCache,
    /// Rows are written after the commit of their events
    RowsAfterCommit,
    /// A retry puts events without a condition
    UnconditionedRetry,
}

#[derive(Subcommand)]
enum Command {
    /// Kill a process at every step of create, revoke, rebuild and rotation
    Steps,
    /// One instance; `prove` starts it
    #[command(hide = true)]
    Instance {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        database: SocketAddr,
    },
    /// What an operator does; `prove` starts it
    #[command(hide = true)]
    Admin {
        task: Task,
        #[arg(long)]
        database: SocketAddr,
        #[arg(long)]
        keyring: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Task {
    Rebuild,
    Rotate,
}

impl From<Plant> for Defect {
    fn from(plant: Plant) -> Self {
        match plant {
            Plant::EventualVerify => Self::EventualVerify,
            Plant::EndlessCache => Self::EndlessCache,
            Plant::RowsAfterCommit => Self::RowsAfterCommit,
            Plant::UnconditionedRetry => Self::UnconditionedRetry,
        }
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match arguments.command {
            None => runs(arguments.runs).await,
            Some(Command::Steps) => {
                for killed in steps::kill_everything().await? {
                    println!("{}: killed {} times", killed.command, killed.times);
                }
                Ok(ExitCode::SUCCESS)
            }
            Some(Command::Instance { data, database }) => {
                instance::serve(data, database).await?;
                Ok(ExitCode::SUCCESS)
            }
            Some(Command::Admin {
                task,
                database,
                keyring,
            }) => {
                administer(task, database, keyring).await?;
                Ok(ExitCode::SUCCESS)
            }
        }
    })
}

/// Runs the seeds. Exit code 1 if something is wrong.
async fn runs(runs: Runs) -> Result<ExitCode> {
    let mut report = Report::new(runs.seeds);
    let mut settings = Vec::new();
    for seed in runs.seed..runs.seed.saturating_add(runs.seeds) {
        settings.push(Settings {
            seed,
            size: Size {
                operations: runs.operations,
                clients: runs.clients.max(1),
                instances: runs.instances.max(1),
                kills: runs.kills,
            },
            faults: runs.faults,
            lease: runs.lease.map_or_else(|| lease_of(seed), Ok)?,
            defect: runs.plant.map(Defect::from),
        });
    }
    let outcomes = settings.into_iter().map(|settings| {
        let run = tokio::spawn(run::run(settings));
        async move { (settings.seed, run.await) }
    });
    let mut outcomes = stream::iter(outcomes).buffer_unordered(runs.side_by_side.max(1));
    while let Some((seed, outcome)) = outcomes.next().await {
        match outcome? {
            Ok(outcome) => report.add(seed, outcome),
            Err(error) => {
                // What was shown before it is not lost with it.
                report.print();
                return Err(format!("seed {seed} did not run to its end: {error}").into());
            }
        }
    }
    report.print();
    Ok(if report.is_proven() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Strict, shorter than a request takes, and the usual.
fn lease_of(seed: u64) -> Result<Lease> {
    Ok(Lease::try_from(match seed % 3 {
        0 => 0,
        1 => 50,
        _ => 1_000,
    })?)
}

async fn administer(task: Task, database: SocketAddr, keyring: PathBuf) -> Result<()> {
    let store = Store::new(rows::database(database));
    match task {
        Task::Rebuild => {
            store.rebuild(|_| ()).await?;
        }
        Task::Rotate => {
            let editor = KeyringEditor::of_file(keyring);
            let operator = Operator {
                user: "prove".parse()?,
            };
            editor.rotate().await?;
            let source = editor.source().await?;
            store.reseal(&source, &operator, "prove", |_| ()).await?;
        }
    }
    Ok(())
}
