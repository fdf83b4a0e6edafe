//! The `verify` Lambda.

use hubkeys_store::{CredentialReader, Database, KeyringSource};
use lambda_http::service_fn;
use verify::Verifier;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    hubkeys_api::telemetry::init();
    let config = Database::sdk_config().await;
    let reader = CredentialReader::new(Database::from_env(&config)?);
    let verifier = Verifier::new(reader, KeyringSource::from_env(&config).await?).await?;
    lambda_http::run(service_fn(|request| verify::handle(&verifier, request))).await
}
