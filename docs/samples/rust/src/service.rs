//! A service that lets in only whom verify knows.
//!
//! Takes `HUBKEYS_URL` and `HUBKEYS_SERVICE_TOKEN` from the environment, and `PORT` (a free one if it is not set).
//! To be put behind a server that speaks TLS.

use std::env::var;
use std::error::Error;

use axum::{Extension, Router};
use hubkeys_client::{Principal, Protect, ServiceCredential, UrlScheme, Verify};
use serde_json::json;
use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // region verify
    let token = ServiceCredential::token(&var("HUBKEYS_SERVICE_TOKEN")?)?;
    let verify = Verify::over_https(&var("HUBKEYS_URL")?, token)?;
    // The layer asks verify about each request, and answers refusals itself. What can't be decided is 503.
    let service = Router::new()
        .fallback(whoami)
        .layer(Protect::asking(verify).url_scheme(UrlScheme::Http));
    // endregion
    let port = var("PORT").unwrap_or_else(|_| "0".to_owned()).parse()?;
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("Listening on http://{}", listener.local_addr()?);
    axum::serve(listener, service).await?;
    Ok(())
}

/// Any handler behind the layer knows the sender.
async fn whoami(Extension(sender): Extension<Principal>) -> String {
    json!({"account": sender.account(), "scheme": sender.scheme().as_str()}).to_string()
}
