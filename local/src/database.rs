//! The embedded DynamoDB: `dynoxide` on a file, spoken to by the real SDK in its own wire format, without a socket. Or, for
//! tests of several stacks on one database, a DynamoDB that somebody else serves on this machine.

mod in_process;
mod operations;
mod sdk_headers;

use std::net::SocketAddr;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{
    BehaviorVersion, Builder, Credentials, Region, StalledStreamProtectionConfig,
};
use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use aws_smithy_runtime_api::client::http::HttpClient;

use self::in_process::InProcess;
use self::sdk_headers::WithoutSdkHeaders;
use crate::StartError;
use crate::data_folder::DataFolder;
use crate::template::Table;

pub(crate) const FILE: &str = "dynamodb.sqlite";
/// What SQLite puts beside it, and would take for its own if it found them.
const BESIDE: [&str; 3] = [
    "dynamodb.sqlite-journal",
    "dynamodb.sqlite-shm",
    "dynamodb.sqlite-wal",
];

/// The running database. Every commit is in its write-ahead log before it is acknowledged, so a killed process loses none.
#[derive(Debug)]
pub(crate) struct EmbeddedDatabase {
    pub(crate) client: Client,
    /// `None`: it is somebody else's, who also closes it.
    connector: Option<InProcess>,
}

impl EmbeddedDatabase {
    /// Opens the file and makes the tables that are missing. So many `readers` read rows beside the thread that writes: a walk over the
    /// tables is as fast as these, and each holds about a megabyte of memory. Without one a read of many rows waits for what is written.
    pub(crate) async fn start(
        folder: &DataFolder,
        tables: &[Table],
        readers: usize,
    ) -> Result<Self, StartError> {
        let failed = |error: String| StartError::Database(error);
        for name in BESIDE {
            folder.refuse_unsafe(name)?;
        }
        let path = folder.ensure_private(FILE)?;
        let path = path
            .to_str()
            .ok_or_else(|| failed("the data folder's path is not UTF-8".to_owned()))?;
        let connector = InProcess::open(path.to_owned(), readers)
            .await
            .map_err(failed)?;
        let client = client(connector.clone());
        match prepare(&client, tables).await {
            Ok(()) => Ok(Self {
                client,
                connector: Some(connector),
            }),
            Err(error) => {
                // Why it can't be used is worth more to say than why it did not close, too.
                let _ = connector.close().await;
                Err(failed(error))
            }
        }
    }

    /// The database that is served at `address`, with the tables that are missing.
    pub(crate) async fn served_at(
        address: SocketAddr,
        tables: &[Table],
    ) -> Result<Self, StartError> {
        if !address.ip().is_loopback() {
            // Whoever can read what goes there has every row, and whoever answers there lets any key in.
            let reason = format!("{address} is not on this machine");
            return Err(StartError::Database(reason));
        }
        let config = config()
            // Signed like everything, and checked by nobody.
            .credentials_provider(Credentials::new("local", "local", None, None, "local"))
            .endpoint_url(format!("http://{address}"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            // As often as when deployed, but nobody there needs a second to recover.
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(20)));
        let client = Client::from_conf(config.build());
        let prepared = prepare(&client, tables).await;
        prepared.map_err(StartError::Database)?;
        Ok(Self {
            client,
            connector: None,
        })
    }

    /// Finishes the requests under way and closes the file.
    pub(crate) async fn stop(self) -> Result<(), String> {
        match self.connector {
            Some(connector) => connector.close().await,
            None => Ok(()),
        }
    }
}

fn client(connector: impl HttpClient + 'static) -> Client {
    let config = config()
        // Nothing is ever sent there: the connector asks no name server.
        .endpoint_url("http://dynamodb.invalid")
        // Nobody on the way could change a request, and nobody looks at a signature: a tenth of a read's time saved.
        .allow_no_auth()
        .interceptor(WithoutSdkHeaders)
        .http_client(connector);
    Client::from_conf(config.build())
}

fn config() -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        // It guards answers that come in pieces over a network.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
}

/// Makes the tables that are missing, and has their rows expire.
async fn prepare(client: &Client, tables: &[Table]) -> Result<(), String> {
    let existing = client
        .list_tables()
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    for table in tables {
        if !existing.table_names().contains(&table.name) {
            create(client, table).await?;
        }
        expire(client, table).await?;
    }
    Ok(())
}

async fn create(client: &Client, table: &Table) -> Result<(), String> {
    let key = |name: &str, kind: KeyType| {
        let element = KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build();
        let attribute = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build();
        Ok::<_, String>((
            element.map_err(|error| error.to_string())?,
            attribute.map_err(|error| error.to_string())?,
        ))
    };
    let (partition, partition_type) = key(&table.partition_key, KeyType::Hash)?;
    let (sort, sort_type) = key(&table.sort_key, KeyType::Range)?;
    client
        .create_table()
        .table_name(&table.name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(partition)
        .key_schema(sort)
        .attribute_definitions(partition_type)
        .attribute_definitions(sort_type)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    Ok(())
}

async fn expire(client: &Client, table: &Table) -> Result<(), String> {
    let Some(attribute) = &table.time_to_live else {
        return Ok(());
    };
    let described = client
        .describe_time_to_live()
        .table_name(&table.name)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    let enabled = described
        .time_to_live_description()
        .and_then(|ttl| ttl.time_to_live_status())
        == Some(&TimeToLiveStatus::Enabled);
    if enabled {
        return Ok(());
    }
    let specification = TimeToLiveSpecification::builder()
        .attribute_name(attribute)
        .enabled(true)
        .build()
        .map_err(|error| error.to_string())?;
    client
        .update_time_to_live()
        .table_name(&table.name)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(|error| DisplayErrorContext(&error).to_string())?;
    Ok(())
}

#[cfg(test)]
mod tests;
