//! What the verify function takes in process for a key that it answers from memory: an event of each shape in, its answer out, as the
//! text that Lambda sends.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use hdrhistogram::Histogram;
use lambda_runtime::{Context, LambdaEvent};
use rand::seq::SliceRandom as _;
use serde::Serialize;
use serde_json::{Value, json};
use verify::AuthorizerAnswer;

use crate::allocations::{self, Allocations};
use crate::report::{Quantiles, aim};
use crate::requests::Request;
use crate::sides::Sides;
use crate::{Result, interleaved};

/// The aim, in microseconds: the median of a call.
const MOST_US: f64 = 10.0;

/// Calls of the function, by the shape of their event.
#[derive(Debug, Serialize)]
pub(crate) struct HandlerReport {
    rounds: u32,
    shapes: Vec<Handled>,
}

#[derive(Debug, Serialize)]
struct Handled {
    name: String,
    took: Quantiles,
    allocations: Allocations,
}

struct Shape {
    name: String,
    event: Value,
    /// Where its answer says that the request may pass.
    allowed: fn(&Value) -> bool,
    times: Histogram<u64>,
}

/// Measures `rounds` calls of each shape. From then on the verifier is not strict.
pub(crate) fn measure(sides: &Sides, rounds: u32) -> Result<HandlerReport> {
    sides.lend()?;
    let (basic, hmac) = (&sides.basic.live, &sides.hmac.live);
    let requests = [
        ("Basic", Request::basic(basic.id.as_str(), &basic.secret)?),
        (
            "HMAC-SHA-256",
            Request::signed(hmac.id.as_str(), &hmac.secret, sides.now, Vec::new())?,
        ),
    ];
    let mut shapes = Vec::new();
    for (scheme, request) in &requests {
        let mut shape = |name: &str, event, allowed| -> Result<()> {
            shapes.push(Shape {
                name: format!("{name}, {scheme}"),
                event,
                allowed,
                times: Histogram::new(3)?,
            });
            Ok(())
        };
        let document = request.document();
        shape(
            "authorizer of an HTTP API",
            request.authorizer_event(),
            |answer| answer.get("isAuthorized") == Some(&Value::Bool(true)),
        )?;
        shape("POST /v1/verify", proxy_event(&document), |answer| {
            let body = answer.get("body").and_then(Value::as_str);
            body.is_some_and(|body| body.contains(r#""allowed":true"#))
        })?;
        shape("direct invocation", document, |answer| {
            answer.get("allowed") == Some(&Value::Bool(true))
        })?;
    }
    let mut order = interleaved::shuffler();
    let warm_up = rounds / 10;
    let mut indices: Vec<usize> = (0..shapes.len()).collect();
    for round in 0..rounds + warm_up {
        if round % 5_000 == 0 {
            eprintln!("bench: handler, round {round} of {}", rounds + warm_up);
        }
        indices.shuffle(&mut order);
        for index in &indices {
            let Some(shape) = shapes.get_mut(*index) else {
                continue;
            };
            let event = shape.event.clone();
            let start = Instant::now();
            let answer = handle(sides, event)?;
            let took = start.elapsed();
            let answer = serde_json::from_slice(&answer)?;
            if !(shape.allowed)(&answer) {
                return Err(format!("{}: a good request was refused: {answer}", shape.name).into());
            }
            if round >= warm_up {
                shape.times.record(u64::try_from(took.as_nanos())?)?;
            }
        }
    }
    let handled = |shape: &Shape| Handled {
        name: shape.name.clone(),
        took: Quantiles::of(&shape.times),
        allocations: allocations::of(|| handle(sides, shape.event.clone()))
            .without(allocations::of(|| shape.event.clone())),
    };
    Ok(HandlerReport {
        rounds,
        shapes: shapes.iter().map(handled).collect(),
    })
}

fn handle(sides: &Sides, event: Value) -> Result<Vec<u8>> {
    let event = LambdaEvent::new(event, Context::default());
    let verifier = Arc::clone(&sides.verifier);
    let handled = verify::handle(verifier, AuthorizerAnswer::default(), event);
    let answer = sides.runtime.block_on(handled);
    let answer = answer.map_err(|error| error.to_string())?;
    Ok(serde_json::to_vec(&answer)?)
}

/// A facts document as it comes through an HTTP API, from a service that IAM let in.
fn proxy_event(document: &Value) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "POST /v1/verify",
        "rawPath": "/v1/verify",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "hubkeys.example.com"},
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "api-id",
            "authorizer": {"iam": {
                "accessKey": "AKIAEXAMPLE",
                "accountId": "123456789012",
                "callerId": "AROAEXAMPLE:gateway",
                "cognitoIdentity": null,
                "principalOrgId": "o-example",
                "userArn": "arn:aws:sts::123456789012:assumed-role/gateway/gateway",
                "userId": "AROAEXAMPLE:gateway",
            }},
            "domainName": "hubkeys.example.com",
            "domainPrefix": "hubkeys",
            "http": {
                "method": "POST",
                "path": "/v1/verify",
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.9",
                "userAgent": "gateway/1.0",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "POST /v1/verify",
            "stage": "$default",
            "time": "23/Nov/2026:08:30:00 +0000",
            "timeEpoch": 1_795_422_600_000_u64,
        },
        "body": document.to_string(),
        "isBase64Encoded": false,
    })
}

impl fmt::Display for HandlerReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "verify's handler in process, answering from memory within a lease of 1 s: us a call, {} interleaved calls each. Aim: p50 at \
             most {MOST_US} us",
            self.rounds
        )?;
        writeln!(
            f,
            "{:<48} {:>8} {:>8}  {:<10}  allocations",
            "", "p50", "p99", ""
        )?;
        for shape in &self.shapes {
            writeln!(
                f,
                "{:<48} {:>8.1} {:>8.1}  {:<10}  {}",
                shape.name,
                shape.took.p50_us,
                shape.took.p99_us,
                aim(shape.took.p50_us <= MOST_US),
                shape.allocations
            )?;
        }
        Ok(())
    }
}
