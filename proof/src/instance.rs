//! Instances of the stack: processes of their own on one database, each behind a proxy of its own, killed and started again.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use fault_proxy::FaultProxy;
use hubkeys_local::{Options, Stack};
use reqwest::Client;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, watch};

use crate::Result;

/// The accounts that keys are made in, and who makes them.
pub(crate) const ADMINISTRATORS: [&str; 2] = ["admin@acme", "admin@initech"];
/// What all instances of a stack have in common.
const SHARED: [&str; 3] = ["keyring.json", "issuer-key.pem", "service-token"];

/// What the process of an instance does.
pub(crate) async fn serve(data: PathBuf, database: std::net::SocketAddr) -> Result<()> {
    let options = Options {
        data,
        port: 0,
        hub: None,
        database: Some(database),
    };
    let stack = Stack::start(options).await?;
    println!("{}", stack.url());
    // Whoever started it holds the other end: it ends with them, however they end.
    let ended = async {
        let mut byte = [0];
        while matches!(tokio::io::stdin().read(&mut byte).await, Ok(1)) {}
    };
    stack.serve_until(ended).await?;
    Ok(())
}

/// An instance that serves.
pub(crate) struct Running {
    pub(crate) url: String,
    /// One for each of [`ADMINISTRATORS`].
    pub(crate) tokens: Vec<String>,
    pub(crate) service_token: String,
}

pub(crate) struct Instance {
    data: PathBuf,
    pub(crate) proxy: FaultProxy,
    process: Mutex<Option<Child>>,
    running: watch::Sender<Option<Arc<Running>>>,
    http: Client,
}

impl Instance {
    /// Not started yet.
    pub(crate) fn new(data: PathBuf, proxy: FaultProxy, http: Client) -> Self {
        Self {
            data,
            proxy,
            process: Mutex::new(None),
            running: watch::Sender::new(None),
            http,
        }
    }

    /// Takes over what the instances of one stack share.
    pub(crate) fn share(&self, of: &Self) -> Result<()> {
        std::fs::create_dir_all(&self.data)?;
        for name in SHARED {
            std::fs::copy(of.data.join(name), self.data.join(name))?;
        }
        Ok(())
    }

    /// The file of its keyring.
    pub(crate) fn keyring(&self) -> PathBuf {
        self.data.join("keyring.json")
    }

    /// Starts it. No request of its start meets a fault.
    pub(crate) async fn start(&self) -> Result<()> {
        self.proxy.heal();
        let mut process = Command::new(std::env::current_exe()?)
            .arg("instance")
            .arg("--data")
            .arg(&self.data)
            .arg("--database")
            .arg(self.proxy.address().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or("it has no output")?;
        let mut url = String::new();
        BufReader::new(stdout).read_line(&mut url).await?;
        let url = url.trim().to_owned();
        if url.is_empty() {
            return Err("an instance ended before it served".into());
        }
        let mut tokens = Vec::new();
        for user in ADMINISTRATORS {
            tokens.push(self.token(&url, user).await?);
        }
        let service_token = read(&self.data.join("service-token"))?;
        *self.process.lock().await = Some(process);
        self.running.send_replace(Some(Arc::new(Running {
            url,
            tokens,
            service_token,
        })));
        Ok(())
    }

    async fn token(&self, url: &str, user: &str) -> Result<String> {
        let form = format!("grant_type=password&username={user}").replace('@', "%40");
        let request = self.http.post(format!("{url}/oauth2/token"));
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        let answer: serde_json::Value = request.send().await?.error_for_status()?.json().await?;
        let token = answer
            .get("access_token")
            .and_then(serde_json::Value::as_str);
        Ok(token.ok_or("no token")?.to_owned())
    }

    /// Ends it as a power cut would, and waits until it is gone.
    pub(crate) async fn kill(&self) -> Result<()> {
        self.running.send_replace(None);
        if let Some(mut process) = self.process.lock().await.take() {
            process.kill().await?;
        }
        Ok(())
    }

    /// The instance once it serves.
    pub(crate) async fn ready(&self) -> Result<Arc<Running>> {
        let mut running = self.running.subscribe();
        let running = running.wait_for(Option::is_some).await?;
        running.clone().ok_or_else(|| "it is gone".into())
    }
}

fn read(file: &Path) -> Result<String> {
    Ok(std::fs::read_to_string(file)?.trim().to_owned())
}
