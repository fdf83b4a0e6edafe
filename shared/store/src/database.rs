//! The two tables and a client that speaks to them.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

use crate::checksum::AnswerChecksum;

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
    /// A database of this client and these tables. Answers that were garbled on their way are refused.
    pub fn new(client: Client, tables: Tables) -> Self {
        let config = client.config().to_builder();
        let config = config
            .interceptor(AnswerChecksum)
            .retry_classifier(AnswerChecksum)
            .build();
        let client = Client::from_conf(config);
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

    /// The client the tables are spoken to with.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The names of the tables.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }
}

pub(crate) fn setting(name: &'static str) -> Result<String, EnvironmentError> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or(EnvironmentError(name))
}
