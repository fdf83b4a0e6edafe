//! DynamoDB's answers as they go over the wire.

use std::io;

use futures::stream;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use serde_json::{Value, json};

pub(crate) type Body = BoxBody<Bytes, io::Error>;

const CHECKSUM: &str = "x-amz-crc32";

/// An answer, whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Those that DynamoDB's clients look at.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        self.status == 200
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn new(status: u16, body: &Value) -> Self {
        let body = Bytes::from(body.to_string());
        let headers = vec![("content-type", "application/x-amz-json-1.0".to_owned())];
        Self {
            status,
            headers,
            body,
        }
        .with_checksum()
    }

    /// The same answer with another body, which is what the server meant to say.
    pub(crate) fn saying(mut self, body: &Value) -> Self {
        self.body = Bytes::from(body.to_string());
        self.with_checksum()
    }

    fn with_checksum(mut self) -> Self {
        let checksum = crc32fast::hash(&self.body).to_string();
        self.headers.retain(|(name, _)| *name != CHECKSUM);
        self.headers.push((CHECKSUM, checksum));
        self
    }

    /// With one bit of the body changed.
    pub(crate) fn corrupted(mut self, which: u64) -> Self {
        let mut body = self.body.to_vec();
        let bits = body.len() as u64 * 8;
        if let Some(bit) = which.checked_rem(bits) {
            let byte = usize::try_from(bit / 8).unwrap_or_default();
            if let Some(byte) = body.get_mut(byte) {
                *byte ^= 1 << (bit % 8);
            }
        }
        self.body = body.into();
        self
    }

    pub(crate) fn whole(self) -> io::Result<Response<Body>> {
        let body = Full::new(self.body.clone()).map_err(|never| match never {});
        self.with_body(body.boxed())
    }

    /// The first half of it; then the connection breaks.
    pub(crate) fn truncated(self) -> io::Result<Response<Body>> {
        let half = self.body.slice(..self.body.len() / 2);
        let frames = [
            Ok(Frame::data(half)),
            Err(io::ErrorKind::ConnectionReset.into()),
        ];
        let body = StreamBody::new(stream::iter(frames)).boxed();
        let length = self.body.len().to_string();
        let mut response = self.with_body(body)?;
        let length = length.parse().map_err(io::Error::other)?;
        response.headers_mut().insert("content-length", length);
        Ok(response)
    }

    fn with_body(self, body: Body) -> io::Result<Response<Body>> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(body).map_err(io::Error::other)
    }
}

/// The last row of the transaction is why: every reason has to be read.
pub(crate) fn cancelled(request: &Value, code: &str) -> Answer {
    let rows = request.get("TransactItems").and_then(Value::as_array);
    let others = rows.map_or(0, Vec::len).saturating_sub(1);
    let mut reasons = vec![json!({"Code": "None"}); others];
    reasons.push(json!({"Code": code, "Message": "try again"}));
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{code}]"
    );
    Answer::new(
        400,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": message,
            "CancellationReasons": reasons,
        }),
    )
}

pub(crate) fn error(status: u16, code: &str) -> Answer {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    Answer::new(status, &json!({"__type": name, "message": "injected"}))
}
