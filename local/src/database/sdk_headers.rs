//! What the SDK would tell a service about itself and its attempts, in headers made anew for each request. Nobody in this process
//! reads them, and they are a twentieth of the time of a read.

use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::user_agent::UserAgentInterceptor;
use aws_sdk_dynamodb::config::ConfigBag;
use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::{
    Intercept, disable_interceptor, dyn_dispatch_hint,
};

/// Has the SDK leave them out.
#[derive(Debug)]
pub(super) struct WithoutSdkHeaders;

#[dyn_dispatch_hint]
impl Intercept for WithoutSdkHeaders {
    fn name(&self) -> &'static str {
        "WithoutSdkHeaders"
    }

    fn read_before_execution(
        &self,
        _: &BeforeSerializationInterceptorContextRef<'_>,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        const NOBODY: &str = "nobody reads it";
        let state = config.interceptor_state();
        state.store_put(disable_interceptor::<InvocationIdInterceptor>(NOBODY));
        state.store_put(disable_interceptor::<RequestInfoInterceptor>(NOBODY));
        state.store_put(disable_interceptor::<UserAgentInterceptor>(NOBODY));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use crate::database::client;

    /// The names of the headers that came here, in order.
    #[derive(Clone, Debug, Default)]
    struct Names(Arc<Mutex<Vec<String>>>);

    impl HttpConnector for Names {
        fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
            let mut names: Vec<_> = request
                .headers()
                .iter()
                .map(|(name, _)| name.to_owned())
                .collect();
            names.sort_unstable();
            *self.0.lock().unwrap() = names;
            let nobody = ConnectorError::user("nobody answers".into());
            HttpConnectorFuture::ready(Err(nobody))
        }
    }

    #[tokio::test]
    async fn no_header_of_a_read_tells_of_the_sdk() {
        let names = Names::default();
        let connector = SharedHttpConnector::new(names.clone());
        let client = client(http_client_fn(move |_, _| connector.clone()));
        let read = client.get_item().table_name("Views").send();
        read.await.unwrap_err();
        assert_eq!(
            *names.0.lock().unwrap(),
            ["content-length", "content-type", "x-amz-target"]
        );
    }
}
