//! The `create-key` Lambda.

use hubkeys_store::{Database, KeyringSource, Store};
use lambda_http::service_fn;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    hubkeys_api::telemetry::init();
    let config = Database::sdk_config()?;
    let store = Store::new(Database::from_env(&config)?);
    let keyring = KeyringSource::from_env(&config).await?;
    lambda_http::run(service_fn(|request| {
        create_key::handle(&store, &keyring, request)
    }))
    .await
}
