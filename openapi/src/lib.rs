//! The API's document: what the functions say of their operations, put together.
//!
//! Only this crate has the functions built with their feature `openapi`. What is deployed knows nothing of the document.

mod everywhere;
mod security;

use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

/// What is true of all operations.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hubkeys",
        description = include_str!("introduction.md"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "Where this document is served.")),
    tags(
        (name = "Keys", description = "Credentials for the REST API: create, list, show, rename, revoke. For Administrators of verified accounts."),
        (name = "Accounts", description = "How an account stands, and its verification. Only a verified account can have keys."),
        (name = "Verify", description = "Who sent this request, and may it pass? For services that protect an API."),
    ),
)]
struct Api;

/// The whole document.
pub fn document() -> Document {
    let mut document = Api::openapi();
    // Of the package, which is one version with all others.
    document.info.contact = None;
    for function in [
        account::openapi::Operations::openapi(),
        create_key::openapi::Operations::openapi(),
        get_key::openapi::Operations::openapi(),
        list_keys::openapi::Operations::openapi(),
        rename_key::openapi::Operations::openapi(),
        revoke::openapi::Operations::openapi(),
        verify::openapi::Operations::openapi(),
    ] {
        document.merge(function);
    }
    let components = document.components.get_or_insert_default();
    components.schemas.extend(hubkeys_api::openapi::schemas());
    components.security_schemes.extend(
        security::schemes()
            .into_iter()
            .map(|(name, scheme)| (name, scheme.into())),
    );
    everywhere::describe(&mut document);
    document
}

/// The document as it is kept in `docs/openapi.json`.
///
/// # Errors
/// It can't be written as JSON.
pub fn text() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&document()).map(|text| text + "\n")
}
