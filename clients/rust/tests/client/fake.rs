//! A server that answers questions as it is told to, mostly wrong.

use std::sync::{Arc, Mutex};

use hubkeys_client::{Body, Facts, ServiceCredential, UrlScheme, Verify};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A running server. It stops with the runtime it was started on.
pub(crate) struct Fake {
    pub(crate) url: String,
    questions: Arc<Mutex<Vec<String>>>,
}

/// What becomes of a question.
#[derive(Clone)]
pub(crate) enum Reply {
    /// This status line and further header lines, then this body.
    Answer(String, Vec<u8>),
    /// No answer, ever.
    Silence,
    /// The connection is closed.
    Close,
}

impl Reply {
    pub(crate) fn ok(body: impl ToString) -> Self {
        Self::Answer("200 OK".to_owned(), body.to_string().into_bytes())
    }

    pub(crate) fn status(head: &str) -> Self {
        Self::Answer(head.to_owned(), valid().to_string().into_bytes())
    }
}

impl Fake {
    /// A server that gives these replies in turn, and the last one from then on.
    pub(crate) async fn replying(replies: impl Into<Vec<Reply>>) -> Self {
        let replies = replies.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let questions = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&questions);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let question = question(&mut connection).await;
                let at = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(question);
                    seen.len() - 1
                };
                match &replies[at.min(replies.len() - 1)] {
                    Reply::Answer(head, body) => answer(connection, head, body).await,
                    Reply::Silence => kept.push(connection),
                    Reply::Close => {}
                }
            }
        });
        Self { url, questions }
    }

    /// The questions so far, as they came over the wire.
    pub(crate) fn questions(&self) -> Vec<String> {
        self.questions.lock().unwrap().clone()
    }

    /// The facts of the last question.
    pub(crate) fn facts(&self) -> Value {
        let question = self.questions().pop().unwrap();
        serde_json::from_str(question.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    pub(crate) fn verify(&self) -> Verify {
        verify(&self.url)
    }
}

pub(crate) fn verify(url: &str) -> Verify {
    Verify::over_https(url, ServiceCredential::token("hst_token\n").unwrap()).unwrap()
}

/// Until the body that `content-length` announces is there.
async fn question(connection: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8(bytes.clone()).unwrap();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.parse().unwrap());
            if body.len() >= length {
                return text;
            }
        }
        let mut chunk = [0; 4096];
        let read = connection.read(&mut chunk).await.unwrap();
        bytes.extend_from_slice(&chunk[..read]);
    }
}

async fn answer(mut connection: TcpStream, head: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    // A client that has read enough hangs up.
    let _ = connection.write_all(body).await;
}

/// Verify's answer to a request signed with HMAC, without a body.
pub(crate) fn valid() -> Value {
    json!({
        "outcome": "valid", "allowed": true, "key": "hk_01m84b5r5qpgcx1dcy13kaaqh7", "account": "acme",
        "scheme": "hmac", "version": 3,
        "bound": {
            "method": true, "target": true, "authority": false, "date": "2026-11-23T13:57:50.000Z",
            "body": "none", "body_compared": true,
            "algorithm": "hmac-sha256", "dialect": "hub-hmac", "headers": ["Date"]
        }
    })
}

/// The same, of a request whose body was signed.
pub(crate) fn valid_with_body(kind: &str, digest: &str) -> Value {
    let mut answer = valid();
    answer["bound"]["body"] = json!(kind);
    answer["bound"]["body_digest"] = json!(digest);
    answer
}

pub(crate) fn refused(outcome: &str) -> Value {
    json!({"outcome": outcome, "allowed": false, "status": 401, "detail": format!("because of {outcome}")})
}

pub(crate) fn facts() -> Facts {
    Facts {
        method: "GET".to_owned(),
        target: "/v1/replies?a=%20".to_owned(),
        headers: vec![("Authorization".to_owned(), "Basic c2VjcmV0".to_owned())],
        body: Body::Absent,
        source_address: None,
        url_scheme: UrlScheme::Https,
    }
}
