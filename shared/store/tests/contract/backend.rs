//! The two databases, each behind a proxy of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use fault_proxy::{FaultProxy, Past};
use hubkeys_store::{Database, Tables};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::given::Given;

/// A running DynamoDB.
pub(crate) struct Backend {
    address: String,
    one_at_a_time: bool,
    tables: AtomicU32,
    /// Ends with us.
    _process: Option<Child>,
}

impl Backend {
    /// `dynoxide`, in this process and in memory.
    pub(crate) async fn embedded() -> Arc<Self> {
        let database = dynoxide::Database::memory().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        Arc::new(Self {
            address,
            one_at_a_time: false,
            tables: AtomicU32::new(0),
            _process: None,
        })
    }

    /// `moto_server`, as `script/clients` installed it.
    pub(crate) async fn moto() -> Arc<Self> {
        let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let program = target.join("clients/moto/bin/moto_server");
        assert!(
            program.exists(),
            "moto is not installed: run script/clients"
        );
        let mut process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            // Nothing of it may leave this machine, nor depend on who runs it.
            .env_remove("MOTO_PORT")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let address = loop {
            let mut line = String::new();
            let read = log.read_line(&mut line).await.unwrap();
            assert!(read > 0, "moto_server ended before it served");
            if let Some((_, address)) = line.split_once("Running on ") {
                break address.trim().to_owned();
            }
        };
        // It logs every request, and would stop at a full pipe.
        tokio::spawn(async move { log.read_to_end(&mut Vec::new()).await });
        Arc::new(Self {
            address,
            // It isolates no transaction from another: one that is rolled back takes others' writes with it.
            one_at_a_time: true,
            tables: AtomicU32::new(0),
            _process: Some(process),
        })
    }

    pub(crate) fn keeps_secrets(&self) -> bool {
        self._process.is_some()
    }

    /// Two empty tables, and a proxy to reach them by.
    pub(crate) async fn fresh(self: &Arc<Self>) -> Given {
        let proxy = FaultProxy::start(&self.address, self.one_at_a_time, Past::default())
            .await
            .unwrap();
        let client = client(proxy.url());
        let number = self.tables.fetch_add(1, Ordering::Relaxed);
        let tables = Tables {
            events: format!("Events-{number}"),
            views: format!("Views-{number}"),
        };
        create(&client, &tables.events).await;
        create(&client, &tables.views).await;
        Given::new(Arc::clone(self), proxy, Database::new(client, tables))
    }
}

fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        // Signed like everything, and checked by nobody.
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        // As often as when deployed, but without its second of waiting.
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .build();
    Client::from_conf(config)
}

async fn create(client: &Client, table: &str) {
    let mut create = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest);
    for (name, kind) in [("pk", KeyType::Hash), ("sk", KeyType::Range)] {
        let element = KeySchemaElement::builder().attribute_name(name);
        let attribute = AttributeDefinition::builder().attribute_name(name);
        create = create
            .key_schema(element.key_type(kind).build().unwrap())
            .attribute_definitions(
                attribute
                    .attribute_type(ScalarAttributeType::S)
                    .build()
                    .unwrap(),
            );
    }
    create.send().await.unwrap();
}
