//! Where the tables and the keyring are: in the data folder of a stopped stack, or in an AWS account.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use clap::Args;
use hubkeys_local::StoppedStack;
use hubkeys_store::{Database, KeyringEditor, Store, Tables};

use crate::failure::Failure;

/// A few: each has several batches under way, and one processor decides on all of them.
const DEPLOYED_SEGMENTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);

#[derive(Args, Debug)]
pub(super) struct PlaceArguments {
    /// The data folder of a local stack that does not run. Without it, the tables and the secret in your AWS account
    // An id of its own: that of the stack's `--data`, which has a default, would hand that default on to here.
    #[arg(id = "stopped_stack", long = "data", value_name = "DIR", global = true)]
    data: Option<PathBuf>,
    /// The table of events: the stack's output `EventsTable`
    #[arg(long, value_name = "NAME", env = "EVENTS_TABLE", global = true)]
    events_table: Option<String>,
    /// The table of views: the stack's output `ViewsTable`
    #[arg(long, value_name = "NAME", env = "VIEWS_TABLE", global = true)]
    views_table: Option<String>,
    /// The secret of the keyring: the stack's output `KeyringSecret`
    #[arg(long, value_name = "ID", env = "KEYRING_SECRET", global = true)]
    keyring_secret: Option<String>,
}

pub(super) enum Place {
    Stopped(Box<StoppedStack>),
    Deployed(Box<Deployed>),
}

pub(super) struct Deployed {
    config: SdkConfig,
    database: Database,
    keyring_secret: Option<String>,
}

impl Place {
    pub(super) async fn open(arguments: PlaceArguments) -> Result<Self, Failure> {
        if let Some(data) = &arguments.data {
            let stack = StoppedStack::open(data).await?;
            return Ok(Self::Stopped(Box::new(stack)));
        }
        let (Some(events), Some(views)) = (arguments.events_table, arguments.views_table) else {
            return Err(Failure::Input(
                "say where: --data with the folder of a stopped local stack, or --events-table and --views-table \
                 (EVENTS_TABLE, VIEWS_TABLE) with tables of your AWS account"
                    .to_owned(),
            ));
        };
        let config = sdk_config().await;
        let client = aws_sdk_dynamodb::Client::new(&config);
        Ok(Self::Deployed(Box::new(Deployed {
            database: Database::new(client, Tables { events, views }),
            config,
            keyring_secret: arguments.keyring_secret,
        })))
    }

    pub(super) fn store(&self) -> Store {
        Store::new(match self {
            Self::Stopped(stack) => stack.database(),
            Self::Deployed(deployed) => deployed.database.clone(),
        })
    }

    /// Waits until a right that was taken away counts for every verify. Where nothing else is at the tables it does at once.
    pub(super) async fn wait_out_leases(&self) -> Result<(), Failure> {
        if self.is_alone() {
            return Ok(());
        }
        let waited = self.store().wait_out_leases().await;
        waited.map_err(|error| Failure::admin(&error))
    }

    /// Whether nothing else is at the tables: a stack that runs has its folder locked.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self, Self::Stopped(_))
    }

    /// What tells these tables from others that a file of `--resume` may be about.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Stopped(stack) => {
                let folder = stack.keyring_file();
                let folder = folder.parent().unwrap_or(&folder);
                let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
                format!("the data folder {}", folder.display())
            }
            Self::Deployed(deployed) => {
                let tables = deployed.database.tables();
                let region = deployed.config.region();
                let region = region.map_or("no region", |region| region.as_ref());
                format!("{} and {} in {region}", tables.events, tables.views)
            }
        }
    }

    /// How many segments of a table are read side by side.
    pub(super) fn segments(&self) -> NonZeroU32 {
        match self {
            // There is no index for segments: each would read the whole table.
            Self::Stopped(_) => NonZeroU32::MIN,
            Self::Deployed(_) => DEPLOYED_SEGMENTS,
        }
    }

    pub(super) fn keyring(&self) -> Result<KeyringEditor, Failure> {
        match self {
            Self::Stopped(stack) => Ok(KeyringEditor::of_file(stack.keyring_file())),
            Self::Deployed(deployed) => {
                let secret = deployed.keyring_secret.as_ref().ok_or_else(|| {
                    Failure::Input(
                        "say which secret the keyring is: --keyring-secret (KEYRING_SECRET)"
                            .to_owned(),
                    )
                })?;
                let client = aws_sdk_secretsmanager::Client::new(&deployed.config);
                Ok(KeyringEditor::of_secret(client, secret))
            }
        }
    }

    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Stopped(stack) => Ok(stack.close().await?),
            Self::Deployed(_) => Ok(()),
        }
    }
}

/// Region and credentials as every AWS tool finds them: the environment, profiles, a container's or a machine's role.
async fn sdk_config() -> SdkConfig {
    let https = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    // A person waits, and a page of a scan has 1 MB: more patience than a function has.
    let limits = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(5))
        .operation_attempt_timeout(Duration::from_secs(15))
        .operation_timeout(Duration::from_secs(60))
        .build();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(https)
        .timeout_config(limits)
        .load()
        .await
}
