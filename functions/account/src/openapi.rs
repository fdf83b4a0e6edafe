//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::problems;
use hubkeys_domain::AccountId;
use utoipa::OpenApi;

use crate::view::{AccountView, OwnAccountView};

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(get_account, open_account, request_verification, verify_account))]
pub struct Operations;

problems!(OfUsers: &[ProblemType::NotAdministrator]);
problems!(OfAdministrators: &[ProblemType::NotAdministrator, ProblemType::AccountSuspended]);
problems!(OfOperators: &[ProblemType::NotOperator, ProblemType::AccountSuspended, ProblemType::NotFound]);

/// Show the account
///
/// How the caller's account stands. For every user of it. An account that nobody has opened is `unverified`, and its
/// instants are `null`.
#[utoipa::path(
    get, path = "/v1/account", operation_id = "getAccount", tag = "Accounts",
    security(("user" = [])),
    responses(
        (status = 200, description = "The account.", body = OwnAccountView),
        OfUsers,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn get_account() {}

/// Open the account
///
/// Makes the account known here. For its Administrators. May be sent again: what is open already stays as it is. Takes no
/// body.
#[utoipa::path(
    post, path = "/v1/account", operation_id = "openAccount", tag = "Accounts",
    security(("user" = [])),
    responses(
        (status = 201, description = "This opened the account.", body = OwnAccountView),
        (status = 200, description = "The account was open.", body = OwnAccountView),
        OfUsers,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn open_account() {}

/// Request the account's verification
///
/// Asks the platform to verify the account, and opens it if need be. For its Administrators. May be sent again. Takes no
/// body.
#[utoipa::path(
    post, path = "/v1/account/verification", operation_id = "requestVerification", tag = "Accounts",
    security(("user" = [])),
    responses(
        (status = 200, description = "The account.", body = OwnAccountView),
        OfAdministrators,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn request_verification() {}

/// Verify an account
///
/// Lets the account have keys, whether it asked or not. For the platform's operators. May be sent again. Takes no body.
#[utoipa::path(
    post, path = "/v1/accounts/{id}/verify", operation_id = "verifyAccount", tag = "Accounts",
    security(("user" = [])),
    params(("id" = AccountId, Path, description = "The account's id.")),
    responses(
        (status = 200, description = "The account, verified.", body = AccountView),
        OfOperators,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn verify_account() {}
