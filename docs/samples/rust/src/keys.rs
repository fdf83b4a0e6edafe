//! Manages keys: creates one, lists all, revokes it.
//!
//! Takes `HUBKEYS_URL` and `HUBKEYS_TOKEN` (an administrator's) from the environment.

use std::env::var;
use std::error::Error;

use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Key {
    id: String,
    name: String,
    status: String,
}

#[derive(Deserialize)]
struct Page {
    keys: Vec<Key>,
    next_cursor: Option<String>,
}

/// The URL of a path, and the header that says who asks.
fn to(path: &str) -> Result<(String, String), Box<dyn Error>> {
    let url = var("HUBKEYS_URL")? + path;
    Ok((url, format!("Bearer {}", var("HUBKEYS_TOKEN")?)))
}

// region create
/// Sent again for the same job, this gives the same key, and no secret. The first answer has the member `secret`, too: add
/// it to `Key` and keep it where you keep secrets.
fn create(name: &str, scheme: &str, job: &str) -> Result<Key, Box<dyn Error>> {
    let (url, bearer) = to("/v1/keys")?;
    let mut answer = ureq::post(url)
        .header("Authorization", bearer)
        .header("Idempotency-Key", job)
        .send_json(json!({"name": name, "scheme": scheme}))?;
    Ok(answer.body_mut().read_json()?)
}
// endregion

// region list
/// All of them, asked for a page at a time.
fn live_keys() -> Result<Vec<Key>, Box<dyn Error>> {
    let (url, bearer) = to("/v1/keys")?;
    let mut keys = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut request = ureq::get(&url)
            .header("Authorization", &bearer)
            .query("status", "active");
        if let Some(cursor) = &cursor {
            request = request.query("cursor", cursor);
        }
        let page: Page = request.call()?.body_mut().read_json()?;
        keys.extend(page.keys);
        if page.next_cursor.is_none() {
            return Ok(keys);
        }
        cursor = page.next_cursor;
    }
}
// endregion

// region revoke
/// Once this returns, the key is refused. Revoking it again succeeds and changes nothing.
fn revoke(key: &str, reason: &str) -> Result<Key, Box<dyn Error>> {
    let (url, bearer) = to(&format!("/v1/keys/{key}/revoke"))?;
    let mut answer = ureq::post(url)
        .header("Authorization", bearer)
        .send_json(json!({"reason": reason}))?;
    Ok(answer.body_mut().read_json()?)
}
// endregion

fn main() -> Result<(), Box<dyn Error>> {
    let key = create("Nightly export", "hmac", "nightly-export-rust")?;
    println!("created {}", key.id);
    for live in live_keys()? {
        println!("live    {} {}", live.id, live.name);
    }
    let revoked = revoke(&key.id, "replaced by a new one")?;
    println!("{} {}", revoked.status, revoked.id);
    Ok(())
}
