//! The functions, each run through the very code that Lambda runs: an event in, an event out.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use futures::future::BoxFuture;
use hubkeys_api::Answer;
use hubkeys_api::invocation::{InvocationError, ProxyResponse, invoke};
use hubkeys_store::{KeyringSource, Store};
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use lambda_http::{Context, LambdaEvent, Request};
use serde_json::Value;
use verify::{Answer as VerifyAnswer, AuthorizerAnswer, Verifier};

/// A deployed function as Lambda sees it: API Gateway's event and the invocation's context in, a response event out.
pub(crate) type Function =
    Arc<dyn Fn(Value, Context) -> BoxFuture<'static, Answered> + Send + Sync>;

pub(crate) type Answered = Result<ApiGatewayV2httpResponse, FunctionError>;

/// The functions by the name of their folder under `functions/`.
pub(crate) type Functions = BTreeMap<&'static str, Function>;

/// A function failed, which it never should: it answers with what went wrong.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FunctionError {
    #[error(transparent)]
    Invocation(#[from] InvocationError),
    #[error("the function returned an error: {0}")]
    Failed(String),
    #[error("the response is not one API Gateway understands")]
    Response,
}

/// An HTTP handler as a function.
pub(crate) fn adapt<H, F>(handler: H) -> Function
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    Arc::new(move |event, context| {
        let handler = handler.clone();
        Box::pin(async move {
            let answer = invoke(handler, event, context).await?;
            serde_json::from_value(answer).map_err(|_| FunctionError::Response)
        })
    })
}

/// Verify takes events of every shape, and so the event itself.
fn raw(verifier: Arc<Verifier>) -> Function {
    Arc::new(move |event, context| {
        let verifier = Arc::clone(&verifier);
        Box::pin(async move {
            let event = LambdaEvent::new(event, context);
            let answer = verify::handle(verifier, AuthorizerAnswer::default(), event).await;
            match answer {
                Ok(VerifyAnswer::Service(ProxyResponse::HttpApi(answer))) => Ok(answer),
                Ok(_) => Err(FunctionError::Response),
                Err(error) => Err(FunctionError::Failed(error.to_string())),
            }
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
    BTreeMap::from([
        ("account", function!(account::handle, store)),
        ("create-key", function!(create_key::handle, store, keyring)),
        ("get-key", function!(get_key::handle, store)),
        ("list-keys", function!(list_keys::handle, store, keyring)),
        ("rename-key", function!(rename_key::handle, store)),
        ("revoke", function!(revoke::handle, store)),
        ("verify", raw(Arc::new(verifier))),
    ])
}
