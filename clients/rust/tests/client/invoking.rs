//! Asking by invoking the function.

use aws_sdk_lambda::config::{BehaviorVersion, Credentials, Region};
use hubkeys_client::{Verify, VerifyError};
use serde_json::json;

use crate::fake::{Fake, Reply, facts, valid};

fn verify(fake: &Fake) -> Verify {
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .credentials_provider(Credentials::new("x", "x", None, None, "test"))
        .endpoint_url(&fake.url)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Verify::by_invoking(aws_sdk_lambda::Client::from_conf(config), "verify")
}

#[tokio::test]
async fn the_payload_is_the_facts_document_and_the_answer_a_decision() {
    let fake = Fake::replying([Reply::ok(valid())]).await;
    assert!(verify(&fake).ask(&facts()).await.unwrap().is_allowed());
    assert!(fake.questions()[0].starts_with("POST /2015-03-31/functions/verify/invocations"));
    assert_eq!(fake.facts(), serde_json::to_value(facts()).unwrap());
}

#[tokio::test]
async fn a_failed_function_is_no_decision_even_if_its_payload_looks_like_one() {
    let mut payload = valid();
    payload["errorType"] = json!("CannotDecide");
    payload["errorMessage"] = json!("ask again");
    let head = "200 OK\r\nx-amz-function-error: Unhandled".to_owned();
    let fake = Fake::replying([Reply::Answer(head, payload.to_string().into_bytes())]).await;
    let error = verify(&fake).ask(&facts()).await.unwrap_err();
    let VerifyError::Function { kind, message } = error else {
        panic!("{error}")
    };
    assert_eq!(
        (kind.as_str(), message.as_str()),
        ("CannotDecide", "ask again")
    );
}

#[tokio::test]
async fn an_invocation_that_may_have_run_is_not_repeated() {
    for reply in [
        Reply::Close,
        Reply::status("500 Oh"),
        Reply::status("502 Bad Gateway"),
    ] {
        let fake = Fake::replying([reply]).await;
        let error = verify(&fake).ask(&facts()).await.unwrap_err();
        assert!(matches!(error, VerifyError::Invoke(_)), "{error}");
        assert_eq!(fake.questions().len(), 1);
    }
}

#[tokio::test]
async fn an_invocation_that_lambda_turned_away_is_repeated() {
    let head = "429 Too Many Requests\r\nx-amzn-errortype: TooManyRequestsException".to_owned();
    let turned_away = Reply::Answer(head, b"{}".to_vec());
    let fake = Fake::replying([turned_away, Reply::ok(valid())]).await;
    assert!(verify(&fake).ask(&facts()).await.unwrap().is_allowed());
    assert_eq!(fake.questions().len(), 2);
}
