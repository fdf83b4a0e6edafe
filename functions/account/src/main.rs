//! The `account` Lambda.

use hubkeys_store::{Database, Store};
use lambda_http::service_fn;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    hubkeys_api::telemetry::init();
    let config = Database::sdk_config()?;
    let store = Store::new(Database::from_env(&config)?);
    lambda_http::run(service_fn(|request| account::handle(&store, request))).await
}
