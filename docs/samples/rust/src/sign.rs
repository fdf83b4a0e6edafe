//! Signs requests in Hub HMAC with SHA-256: a GET, and a POST with a body.
//!
//! Takes `API_URL`, `HUBKEYS_KEY` and `HUBKEYS_SECRET` from the environment.

use std::env::var;
use std::error::Error;
use std::time::SystemTime;

use http::Request;
use hubkeys_client::sign::{Algorithm, Secret, Timestamp, Unsigned, hub_hmac};

// region sign
/// The headers that prove who sends this request. The target is the path with its query, exactly as it is sent.
fn sign(method: &str, target: &str, body: &[u8]) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let secret = Secret::of_any_form(&var("HUBKEYS_SECRET")?);
    let request = Unsigned {
        method,
        target,
        date: Timestamp::try_from(SystemTime::now())?,
        body: Some(body),
    };
    let names = hub_hmac::NameStyle::Documented;
    let algorithm = Algorithm::HmacSha256;
    Ok(hub_hmac::sign(
        &var("HUBKEYS_KEY")?,
        &secret,
        algorithm,
        names,
        &request,
    )?)
}
// endregion

fn call(method: &str, target: &str, body: &'static [u8]) -> Result<(), Box<dyn Error>> {
    let mut request = Request::builder()
        .method(method)
        .uri(var("API_URL")? + target)
        .header("Content-Type", "application/json");
    for (name, value) in sign(method, target, body)? {
        request = request.header(name, value);
    }
    let mut answer = if body.is_empty() {
        ureq::run(request.body(())?)?
    } else {
        ureq::run(request.body(body)?)?
    };
    println!(
        "{} {}",
        answer.status(),
        answer.body_mut().read_to_string()?
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    call("GET", "/v1/replies?limit=10", b"")?;
    call(
        "POST",
        "/v1/messages",
        br#"{"messages":[{"content":"Hello World","destination_number":"+61491570156","format":"SMS"}]}"#,
    )
}
