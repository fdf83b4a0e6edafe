//! The `check-projections` Lambda.

use hubkeys_store::{Database, Store};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::time::Instant;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    hubkeys_api::telemetry::init();
    let stack = std::env::var("STACK")?;
    let config = Database::sdk_config()?;
    let store = Store::new(Database::from_env(&config)?);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let left = event
            .context
            .deadline()
            .duration_since(std::time::SystemTime::now());
        check(&store, &stack, Instant::now() + left.unwrap_or_default())
    }))
    .await
}

async fn check(store: &Store, stack: &str, deadline: Instant) -> Result<(), Error> {
    let report = check_projections::check(store, deadline).await?;
    println!(
        "{}",
        check_projections::metrics(stack, &report, Timestamp::now())
    );
    Ok(())
}
