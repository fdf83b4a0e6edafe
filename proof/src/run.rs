//! One run of a seed: a database, instances on it, clients, faults and kills; then what is wrong with what happened.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fault_proxy::{Defect, FaultProxy, Past};
use hubkeys_store::{Lease, Store};
use reqwest::Client as Http;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Result;
use crate::checker::{self, Violation};
use crate::client::{self, Client, Key, Shared};
use crate::faults;
use crate::history::{Answer, Call};
use crate::instance::Instance;
use crate::plan::{Kill, Plan, Size};
use crate::rows;

/// What decides a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) seed: u64,
    pub(crate) size: Size,
    /// How many of a hundred requests to the database meet a fault.
    pub(crate) faults: u32,
    /// How long instances may answer verify from memory.
    pub(crate) lease: Lease,
    pub(crate) defect: Option<Defect>,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Calls with an answer, each of which the checker has explained.
    pub(crate) operations: usize,
    /// Calls without one.
    pub(crate) unanswered: usize,
    /// What nobody answered however often it was asked.
    pub(crate) given_up: usize,
    pub(crate) keys: usize,
    pub(crate) kills: usize,
    pub(crate) faults: BTreeMap<&'static str, u64>,
    pub(crate) violations: Vec<Violation>,
}

/// A DynamoDB on a file, which outlives every instance and ends with this, and the way to make proxies before it.
pub(crate) struct Ground {
    pub(crate) folder: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) http: Http,
    past: Past,
    _serving: JoinSet<()>,
}

impl Ground {
    pub(crate) async fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        let file = folder.path().join("dynamodb.sqlite");
        let database = dynoxide::Database::new(file.to_str().ok_or("no path")?)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let mut serving = JoinSet::new();
        serving.spawn(dynoxide::server::serve_on(listener, database));
        Ok(Self {
            folder,
            address,
            http: http()?,
            past: Past::default(),
            _serving: serving,
        })
    }

    pub(crate) async fn proxy(&self) -> Result<FaultProxy> {
        let upstream = format!("http://{}", self.address);
        Ok(FaultProxy::start(&upstream, false, self.past.clone()).await?)
    }

    /// So many instances, all serving.
    pub(crate) async fn instances(&self, count: usize) -> Result<Vec<Instance>> {
        let mut instances: Vec<Instance> = Vec::new();
        for number in 0..count {
            let data = self.folder.path().join(format!("instance-{number}"));
            let instance = Instance::new(data, self.proxy().await?, self.http.clone());
            if let Some(first) = instances.first() {
                instance.share(first)?;
            }
            instance.start().await?;
            instances.push(instance);
        }
        Ok(instances)
    }

    /// Puts a lease in force. The instances made the table it stands in, and read it when they start.
    pub(crate) async fn give(&self, lease: Lease, instances: &[Instance]) -> Result<()> {
        let store = Store::new(rows::database(self.address));
        store.change_lease_alone(lease).await?;
        for instance in instances {
            instance.kill().await?;
            instance.start().await?;
        }
        Ok(())
    }
}

/// Runs a seed.
pub(crate) async fn run(settings: Settings) -> Result<Outcome> {
    let Settings { seed, size, .. } = settings;
    let ground = Ground::new().await?;
    let instances = ground.instances(size.instances).await?;
    ground.give(settings.lease, &instances).await?;
    let plan = Plan::of(seed, size);
    for (number, instance) in instances.iter().enumerate() {
        trouble(instance, number, settings);
        if let Some(defect) = settings.defect {
            instance.proxy.plant(defect);
        }
    }
    let shared = Arc::new(Shared {
        instances,
        keys: (0..plan.keys)
            .map(|_| watch::Sender::new(Key::Unmade))
            .collect(),
        http: ground.http.clone(),
        began: Instant::now(),
        calls: watch::Sender::new(0),
        given_up: AtomicUsize::new(0),
    });
    let mut clients = JoinSet::new();
    for steps in plan.clients {
        clients.spawn(Client::new(Arc::clone(&shared)).run(steps));
    }
    let killer = tokio::spawn(kill(Arc::clone(&shared), plan.kills.clone(), settings));
    let mut history = Vec::new();
    while let Some(calls) = clients.join_next().await {
        history.extend(calls??);
    }
    // Kills that are planned for more calls than there were happen now.
    shared.calls.send_replace(usize::MAX);
    killer.await??;

    for instance in &shared.instances {
        instance.proxy.heal();
        instance.proxy.settled().await;
    }
    let first = shared.instances.first().ok_or("no instance")?;
    let found = client::found(&ground.http, first.ready().await?.as_ref(), "").await?;
    let mut faults = BTreeMap::new();
    for instance in &shared.instances {
        instance.kill().await?;
        for (name, count) in instance.proxy.happened() {
            *faults.entry(name).or_default() += count;
        }
    }
    let lease = u64::try_from(settings.lease.duration().as_micros())?;
    let mut violations = checker::violations(&history, &found, lease);
    violations.extend(rows::violations(&rows::database(ground.address)).await?);
    let answered = |call: &&Call| call.answer != Answer::Nothing;
    let operations = history.iter().filter(answered).count();
    Ok(Outcome {
        operations,
        unanswered: history.len() - operations,
        given_up: shared.given_up.load(Ordering::Relaxed),
        keys: found.len(),
        kills: plan.kills.len(),
        faults,
        violations,
    })
}

fn trouble(instance: &Instance, number: usize, settings: Settings) {
    let choose = faults::chosen(settings.seed, number, settings.faults);
    instance.proxy.choose(choose);
}

/// Kills instances as planned, and starts each again at once.
async fn kill(shared: Arc<Shared>, kills: Vec<Kill>, settings: Settings) -> Result<()> {
    let mut calls = shared.calls.subscribe();
    for kill in kills {
        calls.wait_for(|calls| *calls >= kill.after).await?;
        let Some(instance) = shared.instances.get(kill.instance) else {
            continue;
        };
        instance.kill().await?;
        instance.start().await?;
        trouble(instance, kill.instance, settings);
    }
    Ok(())
}

/// An HTTP client. It speaks no TLS, but the features that other crates of the workspace give `reqwest` want a provider.
fn http() -> Result<Http> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Longer than a function may take: what takes longer still is not under way any more.
    let patience = Duration::from_secs(20);
    Ok(Http::builder().no_proxy().timeout(patience).build()?)
}
