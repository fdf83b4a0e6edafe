//! Prints the API's document: `cargo run -p hubkeys-openapi > docs/openapi.json`.

use std::io::{self, Write as _};

fn main() -> Result<(), io::Error> {
    io::stdout().write_all(hubkeys_openapi::text()?.as_bytes())
}
