//! A copy of the stack's embedded database, behind a port of its own: what a deployed function would reach as DynamoDB.

use std::path::Path;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use tokio::net::TcpListener;

use crate::Result;
use crate::server::Server;

/// The running database.
pub(crate) struct Database {
    pub(crate) client: Client,
    pub(crate) server: Server,
}

impl Database {
    /// Serves the file.
    pub(crate) fn start(file: &Path) -> Result<Self> {
        let file = file.to_str().ok_or("a path that is not UTF-8")?.to_owned();
        let (endpoint, server) = Server::start(move |ready, stopped| async move {
            let database = dynoxide::Database::new(&file).map_err(|error| error.to_string())?;
            let listener = TcpListener::bind(("127.0.0.1", 0)).await;
            let listener = listener.map_err(|error| error.to_string())?;
            let address = listener.local_addr().map_err(|error| error.to_string())?;
            // Nobody listens only if the run has ended already.
            let _ = ready.send(format!("http://{address}"));
            dynoxide::server::serve_with_shutdown(listener, database, stopped).await
        })?;
        Ok(Self {
            client: client(&endpoint),
            server,
        })
    }
}

/// The client of the local stack.
fn client(endpoint: &str) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}
