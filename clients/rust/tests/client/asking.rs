//! Asking, and not getting an answer.

use std::time::Duration;

use hubkeys_client::{Decision, Outcome, Scheme, VerifyError};
use serde_json::json;
use tokio::net::TcpListener;

use crate::fake::{Fake, Reply, facts, refused, valid, verify};

#[tokio::test]
async fn a_question_is_the_facts_document_with_the_services_token() {
    let fake = Fake::replying([Reply::ok(valid())]).await;
    fake.verify().ask(&facts()).await.unwrap();
    let question = fake.questions().remove(0);
    assert!(
        question.starts_with("POST /v1/verify HTTP/1.1\r\n"),
        "{question}"
    );
    for line in [
        "content-type: application/json\r\n",
        "authorization: Bearer hst_token\r\n",
    ] {
        assert!(question.contains(line), "{question}");
    }
    assert_eq!(
        fake.facts(),
        json!({
            "method": "GET", "target": "/v1/replies?a=%20",
            "headers": [["Authorization", "Basic c2VjcmV0"]], "url_scheme": "https"
        })
    );
}

#[tokio::test]
async fn a_decision_says_who_and_what_was_bound_or_why_not() {
    let replies = [
        Reply::ok(valid()),
        Reply::ok(refused("revoked")),
        Reply::ok(refused("new_in_2031")),
    ];
    let verify = Fake::replying(replies).await.verify();
    let Decision::Valid(sender) = verify.ask(&facts()).await.unwrap() else {
        panic!("not valid")
    };
    assert_eq!((sender.account.as_str(), sender.version), ("acme", 3));
    assert_eq!(sender.scheme, Scheme::Hmac);
    assert!(sender.bound.method && sender.bound.target && !sender.bound.authority);
    assert_eq!(sender.bound.headers, ["Date"]);
    for expected in [Outcome::Revoked, Outcome::Other("new_in_2031".to_owned())] {
        let refusal = verify
            .ask(&facts())
            .await
            .unwrap()
            .into_result()
            .unwrap_err();
        assert_eq!(refusal.outcome, expected);
        assert_eq!(refusal.detail, format!("because of {expected}"));
    }
}

#[tokio::test]
async fn only_a_200_is_read() {
    for status in [
        "201 Created",
        "204 No Content",
        "400 Bad Request",
        "404 Not Found",
        "500 Oh",
        "502 Bad Gateway",
    ] {
        let fake = Fake::replying([Reply::status(status)]).await;
        let error = fake.verify().ask(&facts()).await.unwrap_err();
        assert!(
            matches!(error, VerifyError::Unexpected { .. }),
            "{status}: {error}"
        );
        assert_eq!(fake.questions().len(), 1, "{status}");
    }
    for status in ["401 Unauthorized", "403 Forbidden"] {
        let fake = Fake::replying([Reply::status(status)]).await;
        let error = fake.verify().ask(&facts()).await.unwrap_err();
        assert!(
            matches!(error, VerifyError::NotAService { .. }),
            "{status}: {error}"
        );
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Fake::replying([Reply::ok(valid())]).await;
    for status in [
        "301 Moved",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let head = format!("{status}\r\nlocation: {}/v1/verify", elsewhere.url);
        let fake = Fake::replying([Reply::status(&head)]).await;
        let error = fake.verify().ask(&facts()).await.unwrap_err();
        assert!(
            matches!(error, VerifyError::Unexpected { .. }),
            "{status}: {error}"
        );
    }
    assert!(elsewhere.questions().is_empty());
}

#[tokio::test]
async fn a_503_that_says_when_to_come_back_is_asked_again() {
    let come_back = Reply::status("503 Unavailable\r\nretry-after: 0");
    let fake = Fake::replying([come_back.clone(), come_back.clone(), Reply::ok(valid())]).await;
    assert!(fake.verify().ask(&facts()).await.unwrap().is_allowed());
    assert_eq!(fake.questions().len(), 3);

    let fake = Fake::replying([come_back]).await;
    let error = fake.verify().ask(&facts()).await.unwrap_err();
    assert!(matches!(error, VerifyError::Unavailable), "{error}");
    assert_eq!(fake.questions().len(), 3);
}

#[tokio::test]
async fn a_503_that_does_not_say_so_or_says_too_late_is_asked_once() {
    for head in [
        "503 Unavailable",
        "503 Unavailable\r\nretry-after: 3600",
        "503 Unavailable\r\nretry-after: -1",
        "503 Unavailable\r\nretry-after: Mon, 23 Nov 2026 08:30:00 GMT",
    ] {
        let fake = Fake::replying([Reply::status(head), Reply::ok(valid())]).await;
        let error = fake.verify().ask(&facts()).await.unwrap_err();
        assert!(matches!(error, VerifyError::Unavailable), "{head}: {error}");
        assert_eq!(fake.questions().len(), 1, "{head}");
    }
}

#[tokio::test]
async fn a_question_that_was_sent_is_not_sent_again_when_the_connection_fails() {
    let fake = Fake::replying([Reply::Close, Reply::ok(valid())]).await;
    let error = fake.verify().ask(&facts()).await.unwrap_err();
    assert!(matches!(error, VerifyError::Interrupted(_)), "{error}");
    assert_eq!(fake.questions().len(), 1);
}

#[tokio::test]
async fn silence_ends_with_the_timeout() {
    let fake = Fake::replying([Reply::Silence]).await;
    let verify = fake.verify().with_timeout(Duration::from_millis(50));
    let error = verify.ask(&facts()).await.unwrap_err();
    assert!(matches!(error, VerifyError::TimedOut), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    // Bound and closed again: nobody listens there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = verify(&url).ask(&facts()).await.unwrap_err();
    assert!(matches!(error, VerifyError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn neither_debug_nor_an_error_prints_a_secret() {
    let fake = Fake::replying([Reply::status("401 Unauthorized")]).await;
    let verify = fake.verify();
    let error = verify.ask(&facts()).await.unwrap_err();
    for text in [
        format!("{verify:?}"),
        format!("{error:?} {error}"),
        format!("{:?}", facts()),
    ] {
        assert!(
            !text.contains("hst_token") && !text.contains("c2VjcmV0"),
            "{text}"
        );
    }
}
