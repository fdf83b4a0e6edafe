//! The embedded DynamoDB over HTTP, empty, for functions that run in containers. It checks no signatures: whoever reaches the address
//! may do everything. `script/sam-local` gives it one that only containers and this machine reach.

use std::io::Write as _;

use tokio::net::TcpListener;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args()
        .nth(1)
        .ok_or("usage: dynamodb <address>:<port>")?;
    let listener = TcpListener::bind(&address).await?;
    println!("http://{}", listener.local_addr()?);
    std::io::stdout().flush()?;
    dynoxide::server::serve_on(listener, dynoxide::Database::memory()?).await;
    Ok(())
}
