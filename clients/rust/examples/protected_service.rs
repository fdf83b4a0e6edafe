//! A service that knows who calls it:
//!
//! ```sh
//! cargo run -p hubkeys-client --example protected_service -- \
//!   --verify http://127.0.0.1:3000 --token-file .hubkeys/service-token
//! curl -u "$KEY:$SECRET" http://127.0.0.1:8080/whoami
//! ```

use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;

use axum::extract::ConnectInfo;
use axum::routing::{get, post};
use axum::{Extension, Router};
use clap::Parser;
use hubkeys_client::{Principal, Protect, ServiceCredential, UrlScheme, Verify};
use tokio::net::TcpListener;

/// A protected service.
#[derive(Parser)]
struct Arguments {
    /// The URL of the API that has /v1/verify
    #[arg(long, value_name = "URL")]
    verify: String,
    /// The file of this service's token
    #[arg(long, value_name = "PATH")]
    token_file: PathBuf,
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let token = std::fs::read_to_string(arguments.token_file)?;
    let verify = Verify::over_https(&arguments.verify, ServiceCredential::token(&token)?)?;
    let protect = Protect::asking(verify)
        // There is no TLS in front of this example.
        .url_scheme(UrlScheme::Http)
        .source_address(|request| {
            let ConnectInfo(peer) = request.extensions.get::<ConnectInfo<SocketAddr>>()?;
            Some(peer.ip())
        });
    let service = Router::new()
        .route("/whoami", get(whoami))
        .route("/echo", post(echo))
        .layer(protect)
        .into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind(arguments.listen).await?;
    println!("Listening on http://{}", listener.local_addr()?);
    axum::serve(listener, service).await?;
    Ok(())
}

/// Whom the credential is of, and what it vouches for.
async fn whoami(Extension(sender): Extension<Principal>) -> String {
    let bound = &sender.decision().bound;
    format!(
        "{} of {}, by {}; method and target bound: {}\n",
        sender.key(),
        sender.account(),
        sender.scheme().as_str(),
        bound.method && bound.target,
    )
}

/// The body, once it is known to be the one that was signed.
async fn echo(body: String) -> String {
    body
}
