//! The `verify` Lambda.

use std::sync::Arc;

use hubkeys_store::{
    CredentialReader, Database, DigestMover, KeyringSource, LastUsed, LeasedReader, ReplayGuard,
};
use lambda_runtime::layers::TracingLayer;
use lambda_runtime::{Runtime, service_fn};
use verify::{FirstConnection, Verifier};

/// An answer from memory is some dozens of small allocations, and little else (docs/bench/core.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    hubkeys_api::telemetry::init();
    let config = Database::sdk_config()?;
    let database = Database::from_env(&config)?;
    let reader = LeasedReader::new(CredentialReader::new(database.clone()));
    let connection = FirstConnection::of(reader.clone());
    let (keyring, ()) = tokio::join!(KeyringSource::from_env(&config), connection.at_start());
    let guard = ReplayGuard::new(database.clone());
    let last_used = LastUsed::new(database.clone());
    let verifier = Verifier::new(reader, guard, last_used, keyring?)
        .await?
        .moving_digests(DigestMover::new(database));
    let verifier = Arc::new(verifier);
    let answer = verify::AuthorizerAnswer::from_env()?;
    Runtime::new(service_fn(|event| {
        verify::handle(Arc::clone(&verifier), answer, event)
    }))
    .layer(TracingLayer::new())
    .register_snapstart_resource(Arc::new(connection))
    .run()
    .await
}
