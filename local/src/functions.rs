//! The functions, each run through the very code that Lambda runs: an event in, an event out.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;
use hubkeys_store::{KeyringSource, Store};
use lambda_http::request::LambdaRequest;
use lambda_http::tower::ServiceExt as _;
use lambda_http::{Adapter, Context, IntoResponse, LambdaEvent, Request, service_fn};
use serde_json::Value;
use verify::Verifier;

/// A deployed function as Lambda sees it: API Gateway's event and the invocation's context in, a response event out.
pub(crate) type Function =
    Arc<dyn Fn(Value, Context) -> BoxFuture<'static, Result<Value, FunctionError>> + Send + Sync>;

/// The functions by the name of their folder under `functions/`.
pub(crate) type Functions = BTreeMap<&'static str, Function>;

/// A function failed, which it never should: it answers with what went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FunctionError {
    // Quotes nothing: what does not parse may be a header, and that a credential.
    #[error("the event is not one a function understands")]
    Event,
    #[error("the function returned an error: {0}")]
    Failed(String),
    #[error("the response is not one API Gateway understands")]
    Response,
}

/// A handler as a function.
pub(crate) fn adapt<H, F, R, E>(handler: H) -> Function
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<R, E>> + Send + 'static,
    R: IntoResponse + Send + Sync + 'static,
    E: fmt::Debug + Send + 'static,
{
    Arc::new(move |event, context| {
        let handler = handler.clone();
        Box::pin(async move {
            let request: LambdaRequest =
                serde_json::from_value(event).map_err(|_| FunctionError::Event)?;
            let response = Adapter::from(service_fn(handler))
                .oneshot(LambdaEvent::new(request, context))
                .await
                .map_err(|error| FunctionError::Failed(format!("{error:?}")))?;
            serde_json::to_value(response).map_err(|_| FunctionError::Response)
        })
    })
}

/// A crate's `handle`, with its own clone of each state it borrows.
macro_rules! function {
    ($handle:path, $($state:ident),+) => {{
        $(let $state = $state.clone();)+
        adapt(move |request| {
            $(let $state = $state.clone();)+
            async move { $handle($(&$state,)+ request).await }
        })
    }};
}

/// All functions, each with no more than what it holds when deployed.
pub(crate) fn all(store: Store, keyring: KeyringSource, verifier: Verifier) -> Functions {
    let keyring = Arc::new(keyring);
    let verifier = Arc::new(verifier);
    BTreeMap::from([
        ("account", function!(account::handle, store)),
        ("create-key", function!(create_key::handle, store, keyring)),
        ("get-key", function!(get_key::handle, store)),
        ("list-keys", function!(list_keys::handle, store, keyring)),
        ("rename-key", function!(rename_key::handle, store)),
        ("revoke", function!(revoke::handle, store)),
        ("verify", function!(verify::handle, verifier)),
    ])
}
