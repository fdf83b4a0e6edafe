//! A whole verify, in process and over HTTP, next to a bare consistent `GetItem` of the row it decides on.

use std::fs;
use std::future::Future;
use std::path::Path;
use std::time::{Instant, SystemTime};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use hdrhistogram::Histogram;
use hubkeys_auth::RequestFacts;
use hubkeys_domain::{Scheme, Timestamp};
use hubkeys_store::{CredentialReader, KeyringSource, ReplayGuard, Tables};
use rand::seq::SliceRandom as _;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use verify::Verifier;

use crate::database::Database;
use crate::report::{Quantiles, Verified, VerifyReport};
use crate::requests::{Handed, Request, one_kibibyte};
use crate::stack::{Key, Stack};
use crate::{Result, allocations, interleaved};

/// The names that infra/template.yaml gives.
const EVENTS: &str = "Events";
const VIEWS: &str = "Views";

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

/// The verifier in process, the bare client it uses, and the whole stack.
struct Sides {
    client: Client,
    verifier: Verifier,
    stack: Stack,
    now: Timestamp,
}

/// Measures `rounds` calls of each kind.
pub(crate) fn measure(rounds: u32) -> Result<VerifyReport> {
    // One thread, as the Lambda has.
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    eprintln!("bench: verify, starting the stack and making keys");
    let stack = Stack::start(&data)?;
    let [basic, hmac] = runtime.block_on(keys(&stack))?;
    stack.stop()?;

    // Rows that the product wrote, read by both sides: of a file each, for a file has one owner.
    let copy = folder.path().join("copy");
    copy_files(&data, &copy)?;
    let database = Database::start(&copy.join("dynamodb.sqlite"))?;
    let stack = Stack::start(&data)?;
    let tables = Tables {
        events: EVENTS.to_owned(),
        views: VIEWS.to_owned(),
    };
    let views = hubkeys_store::Database::new(database.client.clone(), tables);
    let (reader, guard) = (
        CredentialReader::new(views.clone()),
        ReplayGuard::new(views),
    );
    let keyring = runtime.block_on(KeyringSource::from_file(copy.join("keyring.json")))?;
    let sides = Sides {
        client: database.client.clone(),
        verifier: runtime.block_on(Verifier::new(reader, guard, keyring))?,
        stack,
        now: Timestamp::try_from(SystemTime::now())?,
    };
    let post = Request::signed(hmac.id.as_str(), &hmac.secret, sides.now, one_kibibyte())?;
    let mut cases = [
        Case::new(
            "Basic",
            &basic,
            &Request::basic(basic.id.as_str(), &basic.secret)?,
        )?,
        Case::new("HMAC-SHA-256, POST, 1 KiB raw", &hmac, &post)?,
    ];
    runtime.block_on(sides.run(rounds, &mut cases))?;
    let cases = cases.iter().map(|case| case.verified(&runtime, &sides));
    let cases = cases.collect::<Result<_>>()?;

    drop(sides.verifier);
    drop(sides.client);
    drop(database.client);
    // Closing connections is the runtime's work, and the servers wait for it.
    drop(runtime);
    sides.stack.stop()?;
    database.server.stop()?;
    Ok(VerifyReport { rounds, cases })
}

async fn keys(stack: &Stack) -> Result<[Key; 2]> {
    let token = stack.sign_in().await?;
    Ok([
        stack.create_key(&token, Scheme::Basic).await?,
        stack.create_key(&token, Scheme::Hmac).await?,
    ])
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

impl Sides {
    /// Every kind of call for every case in every round, one at a time and in an order that changes.
    async fn run(&self, rounds: u32, cases: &mut [Case]) -> Result<()> {
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
                    self.time(call, case).await?;
                }
            }
        }
        Ok(())
    }

    async fn time(&self, call: Call, case: &mut Case) -> Result<()> {
        match call {
            Call::GetItem => timed(&mut case.get_item, self.get_item(&case.row)).await,
            Call::Decide => timed(&mut case.decide, self.decide(&case.facts)).await,
            Call::Http => timed(&mut case.http, self.stack.verify(&case.document)).await,
        }
    }

    /// The bare read: the SDK's own, of a row that must be there.
    async fn get_item(&self, row: &str) -> Result<()> {
        let answer = self
            .client
            .get_item()
            .table_name(VIEWS)
            .key("pk", AttributeValue::S(row.to_owned()))
            .key("sk", AttributeValue::S("VERIFY".to_owned()))
            .consistent_read(true)
            .send()
            .await?;
        answer
            .item
            .map(drop)
            .ok_or_else(|| "the key has no row".into())
    }

    async fn decide(&self, facts: &RequestFacts) -> Result<()> {
        let decision = self.verifier.decide_on(facts, self.now).await?;
        match decision.is_allowed() {
            true => Ok(()),
            false => Err(format!("a good request was refused: {}", decision.outcome()).into()),
        }
    }
}

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

    fn reset(&mut self) {
        for times in [&mut self.get_item, &mut self.decide, &mut self.http] {
            times.reset();
        }
    }

    fn verified(&self, runtime: &Runtime, sides: &Sides) -> Result<Verified> {
        Ok(Verified {
            name: self.name,
            get_item: Quantiles::of(&self.get_item),
            decide: Quantiles::of(&self.decide),
            http: Quantiles::of(&self.http),
            get_item_allocations: allocations::of(|| runtime.block_on(sides.get_item(&self.row))),
            decide_allocations: allocations::of(|| runtime.block_on(sides.decide(&self.facts))),
        })
    }
}
