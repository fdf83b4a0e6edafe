//! Whether an answer arrived as DynamoDB sent it.
//!
//! DynamoDB tells the CRC-32 of every answer's body, and the SDK for Rust does not look at it. TLS keeps an answer whole on its
//! way between machines; a body that was garbled before or after (a middle box, memory) may still be JSON, and say something
//! else: another version, another stored secret. Nothing may be decided on that.

use aws_sdk_dynamodb::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

/// Refuses an answer whose body has another checksum than it says, and has the request sent again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AnswerChecksum;

#[derive(Debug, thiserror::Error)]
#[error("the answer is not what DynamoDB sent: its CRC-32 is another")]
struct Garbled;

/// Also if it has no checksum: every answer of DynamoDB has one, but not that of whatever else may stand in its place.
fn is_as_sent(response: &HttpResponse) -> bool {
    match (
        response.headers().get("x-amz-crc32"),
        response.body().bytes(),
    ) {
        (Some(sent), Some(body)) => sent.parse() == Ok(crc32fast::hash(body)),
        _ => true,
    }
}

impl Intercept for AnswerChecksum {
    fn name(&self) -> &'static str {
        "AnswerChecksum"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if is_as_sent(context.response()) {
            Ok(())
        } else {
            Err(Garbled.into())
        }
    }
}

impl ClassifyRetry for AnswerChecksum {
    fn name(&self) -> &'static str {
        "AnswerChecksum"
    }

    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response() {
            Some(response) if !is_as_sent(response) => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }
}
