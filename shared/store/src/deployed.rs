//! What Lambda's environment says of region, credentials and endpoints.
//!
//! The SDK's own loader looks for them in profiles, single sign-on, web identities and the metadata of machines as well. None of it
//! is there in Lambda, and the code for it doubles the size of a function.

use std::env;
use std::sync::OnceLock;
use std::time::Duration;

use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::{Provider, TlsContext, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, HttpClientError};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::database::setting;
use crate::{Database, EnvironmentError, roots};

/// The settings of a deployed function's clients can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SdkConfigError {
    /// Lambda's environment does not name a region.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// TLS can't be set up as it must be. Never as the system would have it instead: that believes more than it should.
    #[error("TLS can't be set up")]
    Tls(#[from] HttpClientError),
}

impl Database {
    /// The settings of every client of a deployed function.
    ///
    /// # Errors
    /// [`SdkConfigError`].
    pub fn sdk_config() -> Result<SdkConfig, SdkConfigError> {
        let region = Region::new(setting("AWS_REGION")?);
        // Functions that start from a snapshot ask an endpoint on their own machine: what was in the environment when the snapshot was
        // made would have ended long before.
        let credentials = if env::var_os("AWS_CONTAINER_CREDENTIALS_FULL_URI").is_some() {
            let config = ProviderConfig::without_region()
                .with_region(Some(region.clone()))
                // It is asked on this machine, and without TLS.
                .with_http_client(aws_smithy_http_client::Builder::new().build_http());
            SharedCredentialsProvider::new(
                EcsCredentialsProvider::builder().configure(&config).build(),
            )
        } else {
            SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new())
        };
        let are_named = roots::NAMED.iter().any(|name| env::var_os(name).is_some());
        let roots = roots::of_region(region.as_ref(), are_named);
        let tls = TlsContext::builder().with_trust_store(roots).build()?;
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(region)
            .credentials_provider(credentials)
            .http_client(one_connector(tls))
            .retry_config(RetryConfig::standard())
            .timeout_config(time_limits());
        config.set_service_config(Some(Endpoints));
        Ok(config.build())
    }
}

/// HTTPS by one connector for all clients of this configuration, whose time limits are the same.
///
/// The SDK's own builder makes a connector for each client only to have its root certificates read early, throws it away and makes the one
/// that is used: three for two clients, and each parses them. Here the first call makes it: verify's, which it makes at its start, or that
/// of the first request.
fn one_connector(tls: TlsContext) -> SharedHttpClient {
    let made = OnceLock::<SharedHttpConnector>::new();
    http_client_fn(move |settings, components| {
        let make = || {
            let mut builder = Connector::builder()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(tls.clone())
                .connector_settings(settings.clone());
            builder.set_sleep_impl(components.sleep_impl());
            SharedHttpConnector::new(builder.build())
        };
        made.get_or_init(make).clone()
    })
}

/// DynamoDB answers in milliseconds: a call that has not is on a dead connection, and a new one is faster than patience.
/// All attempts of one call together stay well below the functions' own time limit of 10 s.
fn time_limits() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_millis(1_000))
        .operation_attempt_timeout(Duration::from_millis(2_000))
        .operation_timeout(Duration::from_millis(5_000))
        .build()
}

/// `AWS_ENDPOINT_URL_DYNAMODB` and its like, as every AWS tool reads them: a function under the emulator speaks to stand-ins.
#[derive(Debug)]
struct Endpoints;

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().to_uppercase().replace(' ', "_");
        env::var(format!("{}_{service}", key.env())).ok()
    }
}
