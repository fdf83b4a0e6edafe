//! Functions as Lambda runs them: what `script/sam-build` built for deployment, each under the official Runtime Interface
//! Emulator. DynamoDB is the embedded one, in this process and over HTTP; Secrets Manager is moto's, which `script/clients` installs.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::time::{sleep, timeout};

use super::clients::{bare, installed};

/// Longer than any function may take, and than the emulator's own limit.
const PATIENCE: Duration = Duration::from_secs(30);
/// As `infra/template.yaml` limits every function.
const FUNCTION_TIMEOUT_SECONDS: &str = "10";
const REGION: &str = "us-east-1";

/// What deployed functions stand on: both tables and the keyring, empty and new. It ends with the test.
pub(crate) struct Cloud {
    dynamodb: String,
    moto: Child,
    secrets_manager: String,
    http: Client,
    logs: TempDir,
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        let tables = dynoxide::Database::memory().expect("an empty database");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("the port's number");
        tokio::spawn(dynoxide::server::serve_on(listener, tables));
        let mut moto = bare(&installed("moto/bin/moto_server"))
            .args(["--host", "127.0.0.1", "--port", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto starts");
        let mut lines = BufReader::new(moto.stderr.take().expect("its log")).lines();
        let url = loop {
            let line = lines.next_line().await.expect("its log");
            let line = line.expect("moto runs until it is stopped");
            if let Some((_, url)) = line.split_once("Running on ") {
                break url.trim().to_owned();
            }
        };
        // The rest must be read, or a full pipe would stop it.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let http = super::stack::http().timeout(PATIENCE).build();
        let cloud = Self {
            dynamodb: format!("http://{address}"),
            moto,
            secrets_manager: url,
            http: http.expect("an HTTP client"),
            logs: TempDir::new().expect("a temporary folder"),
        };
        for table in ["events", "views"] {
            let definition = json!({
                "TableName": table, "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"}, {"AttributeName": "sk", "AttributeType": "S"}
                ],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            });
            cloud
                .call(
                    &cloud.dynamodb,
                    "dynamodb",
                    "DynamoDB_20120810.CreateTable",
                    &definition,
                )
                .await;
        }
        let keyring = json!({"current": "1", "1": STANDARD.encode([7; 32])});
        let secret = json!({"Name": "keyring", "SecretString": keyring.to_string()});
        cloud
            .call(
                &cloud.secrets_manager,
                "secretsmanager",
                "secretsmanager.CreateSecret",
                &secret,
            )
            .await;
        cloud
    }

    async fn call(&self, url: &str, service: &str, operation: &str, document: &Value) {
        let version = if service == "dynamodb" { "1.0" } else { "1.1" };
        let request = self
            .http
            .post(url)
            .header("x-amz-target", operation)
            // Of the right form, and checked by nobody; moto reads from it which region is meant.
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential=nobody/20261123/{REGION}/{service}/aws4_request, \
                     SignedHeaders=host, Signature=none"
                ),
            )
            .header("x-amz-date", "20261123T083000Z")
            .header("content-type", format!("application/x-amz-json-{version}"))
            .body(document.to_string());
        let answer = request.send().await.expect("an answer of the service");
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        assert!(status.is_success(), "{operation}: {status} {text}");
    }

    /// The function of this name in the template, e.g. `Verify`, running and not yet asked.
    pub(crate) async fn function(&self, name: &str) -> Function {
        let binary = built(name);
        // A port that was free may be taken by another test before the emulator binds it: it then ends at once.
        for _ in 0..5 {
            if let Some(function) = self.try_function(name, &binary).await {
                return function;
            }
        }
        panic!("the emulator found no free ports");
    }

    async fn try_function(&self, name: &str, binary: &Path) -> Option<Function> {
        let (address, runtime_api) = free_ports();
        let log = self.logs.path().join(format!("{}.log", address.port()));
        let file = std::fs::File::create(&log).expect("a log");
        let process = bare(&emulator())
            .args(["--log-level", "warn"])
            .args(["--runtime-interface-emulator-address", &address.to_string()])
            .args(["--runtime-api-address", &runtime_api.to_string()])
            .arg(binary)
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("the log"))
            .stderr(file)
            .spawn()
            .expect("the emulator starts");
        let mut function = Function {
            process,
            name: name.to_owned(),
            url: format!("http://{address}/2015-03-31/functions/function/invocations"),
            http: self.http.clone(),
            log,
        };
        let listening = timeout(PATIENCE, async {
            while function.runs() {
                if TcpStream::connect(address).await.is_ok() {
                    return function.runs();
                }
                sleep(Duration::from_millis(5)).await;
            }
            false
        });
        let listening = listening.await.unwrap_or_else(|_| function.fail("no port"));
        listening.then_some(function)
    }

    /// What `infra/template.yaml` and Lambda itself set, and where the services are.
    pub(crate) fn environment(&self) -> HashMap<&str, &str> {
        HashMap::from([
            ("EVENTS_TABLE", "events"),
            ("VIEWS_TABLE", "views"),
            ("KEYRING_SECRET", "keyring"),
            ("STACK", "hubkeys-test"),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.as_str()),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &self.secrets_manager),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "nobody"),
            ("AWS_SECRET_ACCESS_KEY", "nothing"),
            ("AWS_SESSION_TOKEN", "none"),
            ("AWS_LAMBDA_FUNCTION_TIMEOUT", FUNCTION_TIMEOUT_SECONDS),
        ])
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        // It holds nothing that is worth an orderly end.
        let _ = self.moto.start_kill();
    }
}

/// A function under the emulator. Both end when it is dropped.
pub(crate) struct Function {
    process: Child,
    name: String,
    url: String,
    http: Client,
    log: PathBuf,
}

impl Function {
    /// What the function answers to this event, or `{"errorType", "errorMessage"}` if it answers with an error. One at a
    /// time, as an instance of a function is asked: the emulator takes no more.
    pub(crate) async fn invoke(&mut self, event: &Value) -> Value {
        let request = self.http.post(&self.url).body(event.to_string());
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => self.fail(&format!("no answer: {error}")),
        };
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        if !status.is_success() {
            self.fail(&format!("the emulator says {status} {text}"));
        }
        serde_json::from_str(&text).unwrap_or_else(|error| self.fail(&format!("{error}: {text:?}")))
    }

    /// The status and the JSON body that it answers to this proxy event of an API.
    pub(crate) async fn answer(&mut self, event: &Value) -> (u64, Value) {
        let answer = self.invoke(event).await;
        let (Some(status), Some(body)) = (answer["statusCode"].as_u64(), answer["body"].as_str())
        else {
            self.fail(&format!("no answer of a proxy: {answer}"));
        };
        let body = serde_json::from_str(body)
            .unwrap_or_else(|error| self.fail(&format!("{error}: {body}")));
        (status, body)
    }

    fn runs(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    /// What the function has written into its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn fail(&self, what: &str) -> ! {
        let log = self.log();
        panic!("{} under the emulator: {what}\n{log}", self.name);
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // Told to end, the emulator ends the function too; killed, it would leave one behind that hangs.
        if let Some(process) = self.process.id() {
            let mut shell = std::process::Command::new("sh");
            let told = shell
                .args(["-c", "kill -TERM $0", &process.to_string()])
                .status();
            for _ in 0..200 {
                if told.is_err() || !self.runs() {
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        let _ = self.process.start_kill();
    }
}

/// Two ports that nobody uses now. The emulator can't be asked which ones it took.
fn free_ports() -> (SocketAddr, SocketAddr) {
    let free = || TcpListener::bind("127.0.0.1:0").expect("a free port");
    let (first, second) = (free(), free());
    let address = |port: &TcpListener| port.local_addr().expect("the port's number");
    (address(&first), address(&second))
}

/// The binary that would be deployed for the function of this name.
fn built(function: &str) -> PathBuf {
    let binary = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../.aws-sam/build")
        .join(function)
        .join("bootstrap");
    assert!(
        binary.is_file(),
        "{} is missing: run script/sam-build",
        binary.display()
    );
    binary
}

fn emulator() -> PathBuf {
    let machine = match std::env::consts::ARCH {
        "aarch64" => "arm64",
        machine => machine,
    };
    let python = std::fs::read_dir(installed("sam/lib"))
        .expect("what script/clients installed")
        .map(|entry| entry.expect("a folder of it").path())
        .find(|path| path.join("site-packages").is_dir())
        .expect("a Python of its own");
    let emulator = format!("site-packages/samcli/local/rapid/aws-lambda-rie-{machine}");
    let emulator = python.join(emulator);
    assert!(
        Path::is_file(&emulator),
        "{} is missing: run script/clients",
        emulator.display()
    );
    emulator
}
