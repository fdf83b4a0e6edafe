//! The function, invoked directly with a facts document. IAM decides who may.

use std::time::Duration;

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::Builder;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::error::SdkError;
use aws_sdk_lambda::operation::invoke::InvokeError;
use aws_sdk_lambda::primitives::Blob;
use serde::Deserialize;

use super::retry::Failure;
use super::{LARGEST_ANSWER, VerifyError};

pub(super) struct Invoke {
    client: Client,
    function: String,
}

/// What Lambda puts in the place of an answer when the function failed.
#[derive(Default, Deserialize)]
struct FunctionError {
    #[serde(default, rename = "errorType")]
    kind: String,
    #[serde(default, rename = "errorMessage")]
    message: String,
}

impl Invoke {
    pub(super) fn new(client: Client, function: String) -> Self {
        Self { client, function }
    }

    pub(super) fn function(&self) -> &str {
        &self.function
    }

    pub(super) async fn ask(&self, question: &[u8]) -> Result<Vec<u8>, Failure> {
        let output = self
            .client
            .invoke()
            .function_name(&self.function)
            .payload(Blob::new(question))
            .customize()
            // The SDK asks again after a lost answer, too.
            .config_override(Builder::new().retry_config(RetryConfig::disabled()))
            .send()
            .await
            .map_err(failure)?;
        let payload = output.payload.map(Blob::into_inner).unwrap_or_default();
        if let Some(fault) = output.function_error {
            return Err(function_error(fault, &payload).into());
        }
        if payload.len() > LARGEST_ANSWER {
            return Err(VerifyError::TooLarge.into());
        }
        Ok(payload)
    }
}

fn failure(error: SdkError<InvokeError>) -> Failure {
    // Lambda turned it away at the door: the function has not seen it.
    let throttled = error
        .as_service_error()
        .is_some_and(InvokeError::is_too_many_requests_exception);
    Failure {
        error: VerifyError::Invoke(error.into()),
        again: throttled.then_some(Duration::ZERO),
    }
}

/// `fault` is `Unhandled` or `Handled`, which tells less than the payload does.
fn function_error(fault: String, payload: &[u8]) -> VerifyError {
    let FunctionError { kind, message } = serde_json::from_slice(payload).unwrap_or_default();
    VerifyError::Function {
        kind: if kind.is_empty() { fault } else { kind },
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_function_says_what_it_failed_with() {
        for (payload, expected) in [
            (
                r#"{"errorType":"CannotDecide","errorMessage":"ask again","stackTrace":[]}"#,
                "the invoked function failed (CannotDecide): ask again",
            ),
            ("garbage", "the invoked function failed (Unhandled): "),
        ] {
            let error = function_error("Unhandled".to_owned(), payload.as_bytes());
            assert_eq!(error.to_string(), expected);
        }
    }
}
