//! Calls the platform's API with HTTP Basic.
//!
//! Takes `API_URL`, `HUBKEYS_KEY` and `HUBKEYS_SECRET` from the environment.

use std::env::var;
use std::error::Error;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fn main() -> Result<(), Box<dyn Error>> {
    let credentials = format!("{}:{}", var("HUBKEYS_KEY")?, var("HUBKEYS_SECRET")?);
    let mut answer = ureq::get(format!("{}/v1/replies", var("API_URL")?))
        .header(
            "Authorization",
            format!("Basic {}", STANDARD.encode(credentials)),
        )
        .call()?;
    println!(
        "{} {}",
        answer.status(),
        answer.body_mut().read_to_string()?
    );
    Ok(())
}
