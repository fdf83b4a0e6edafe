//! The two tables and a client that speaks to them.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_dynamodb::Client;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

/// The names of the two tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// What happened. Append only: nobody may update or delete a row of it.
    pub events: String,
    /// What follows from it, row by row.
    pub views: String,
}

/// A client and the tables it is for.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) client: Client,
    pub(crate) tables: Tables,
}

/// A setting of the function's environment is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {0} is not set: infra/template.yaml sets it for every function")]
pub struct EnvironmentError(pub &'static str);

impl Database {
    /// A database of this client and these tables.
    pub fn new(client: Client, tables: Tables) -> Self {
        Self { client, tables }
    }

    /// The database of a deployed function: tables from `EVENTS_TABLE` and `VIEWS_TABLE`.
    ///
    /// # Errors
    /// A variable is missing.
    pub fn from_env(config: &SdkConfig) -> Result<Self, EnvironmentError> {
        let tables = Tables {
            events: setting("EVENTS_TABLE")?,
            views: setting("VIEWS_TABLE")?,
        };
        Ok(Self::new(Client::new(config), tables))
    }

    /// What Lambda's environment says of region and credentials, with our TLS and time limits.
    pub async fn sdk_config() -> SdkConfig {
        let https = aws_smithy_http_client::Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .build_https();
        aws_config::defaults(BehaviorVersion::latest())
            .http_client(https)
            .timeout_config(time_limits())
            .load()
            .await
    }

    /// The client the tables are spoken to with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The names of the tables.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }
}

/// DynamoDB answers in milliseconds: a call that has not is on a dead connection, and a new one is faster than patience.
/// All attempts of one call together stay well below the functions' own time limit of 10 s.
fn time_limits() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(1_000))
        .operation_attempt_timeout(Duration::from_millis(2_000))
        .operation_timeout(Duration::from_millis(5_000))
        .build()
}

pub(crate) fn setting(name: &'static str) -> Result<String, EnvironmentError> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or(EnvironmentError(name))
}
