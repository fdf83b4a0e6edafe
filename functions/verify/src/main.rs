//! The `verify` Lambda.

use std::sync::Arc;

use hubkeys_store::{
    CredentialReader, Database, DigestMover, KeyringSource, LastUsed, ReplayGuard,
};
use lambda_runtime::service_fn;
use verify::Verifier;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    hubkeys_api::telemetry::init();
    let config = Database::sdk_config().await;
    let database = Database::from_env(&config)?;
    let keyring = KeyringSource::from_env(&config).await?;
    let reader = CredentialReader::new(database.clone());
    let guard = ReplayGuard::new(database.clone());
    let last_used = LastUsed::new(database.clone());
    let verifier = Verifier::new(reader, guard, last_used, keyring)
        .await?
        .moving_digests(DigestMover::new(database));
    let verifier = Arc::new(verifier);
    let answer = verify::AuthorizerAnswer::from_env()?;
    lambda_runtime::run(service_fn(|event| {
        verify::handle(Arc::clone(&verifier), answer, event)
    }))
    .await
}
