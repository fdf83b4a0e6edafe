//! The connection to DynamoDB, made before anybody waits for it, and the lease in force, which is read by it.

use std::env;

use futures::future::BoxFuture;
use hubkeys_store::LeasedReader;
use lambda_runtime::{Error, SnapStartResource};

/// Makes the connection that the first decision would have to wait for: at the start, or where functions start from a snapshot
/// after each restore, for no connection outlives a snapshot.
#[derive(Debug)]
pub struct FirstConnection(LeasedReader);

impl FirstConnection {
    /// The one that `reader` will use.
    pub fn of(reader: LeasedReader) -> Self {
        Self(reader)
    }

    /// Makes it at the start. One that stood still in a snapshot would keep the first decision waiting until it is found dead.
    pub async fn at_start(&self) {
        if env::var("AWS_LAMBDA_INITIALIZATION_TYPE").as_deref() != Ok("snap-start") {
            self.make().await;
        }
    }

    /// A failure is no reason not to start: the database may be there when somebody asks, and if not they are told.
    async fn make(&self) {
        if let Err(error) = self.0.refresh().await {
            let error: &dyn std::error::Error = &error;
            tracing::warn!(error, "no connection to DynamoDB yet");
        }
    }
}

impl SnapStartResource for FirstConnection {
    fn after_restore(&self) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async {
            self.make().await;
            Ok(())
        })
    }
}
