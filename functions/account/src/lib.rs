//! `GET /v1/account`, `POST /v1/account`, `POST /v1/account/verification` for an account's users, and
//! `POST /v1/accounts/{id}/verify` for the platform's operators.

#[cfg(feature = "openapi")]
pub mod openapi;

use hubkeys_api::context::{now, who_and_where};
use hubkeys_api::{Answer, Body, Problem, Request, Response, caller, json, path, respond};
use hubkeys_domain::account::{Account, AccountCommand, Standing};
use hubkeys_domain::{AccountId, MAX_LIVE_KEYS, Timestamp};
use hubkeys_store::{AccountStanding, Committed, Store};
use lambda_http::http::{Method, StatusCode};
use serde::Serialize;

/// An account as its users see it.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = Account))]
struct AccountView {
    id: AccountId,
    standing: Standing,
    #[cfg_attr(feature = "openapi", schema(required))]
    standing_since: Option<Timestamp>,
    #[cfg_attr(feature = "openapi", schema(required))]
    opened_at: Option<Timestamp>,
    /// How many live keys it may have.
    #[cfg_attr(feature = "openapi", schema(example = 100))]
    key_limit: u32,
}

impl AccountView {
    fn new(id: AccountId, standing: AccountStanding) -> Self {
        let AccountStanding {
            standing,
            standing_since,
            opened_at,
            ..
        } = standing;
        Self {
            id,
            standing,
            standing_since,
            opened_at,
            key_limit: MAX_LIVE_KEYS,
        }
    }

    fn after(id: AccountId, committed: Committed<Account>) -> Self {
        let Account {
            standing,
            standing_since,
            opened_at,
        } = committed.aggregate;
        Self {
            id,
            standing,
            standing_since,
            opened_at,
            key_limit: MAX_LIVE_KEYS,
        }
    }
}

/// Answers one request.
pub async fn handle(store: &Store, request: Request) -> Answer {
    let outcome = match (request.method(), path::last_part(&request)) {
        (&Method::GET, "account") => show(store, &request).await,
        (&Method::POST, "account") => open(store, &request).await,
        (&Method::POST, "verification") => request_verification(store, &request).await,
        (&Method::POST, "verify") => verify(store, &request).await,
        _ => Err(Problem::internal(
            "the template routes to this function what it does not do",
        )),
    };
    respond(&request, outcome)
}

/// How the account stands: every user of it may know.
async fn show(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let account = caller::principal(request)?.account;
    let standing = store.standing(&account).await?;
    json(StatusCode::OK, &AccountView::new(account, standing))
}

async fn open(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let by = caller::principal(request)?;
    let account = by.account.clone();
    let command = AccountCommand::Open { by, at: now()? };
    let opened = store
        .execute_on_account(&account, command, &who_and_where(request))
        .await?;
    let status = if opened.changed {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    json(status, &AccountView::after(account, opened))
}

async fn request_verification(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let by = caller::principal(request)?;
    let account = by.account.clone();
    let command = AccountCommand::RequestVerification { by, at: now()? };
    let requested = store
        .execute_on_account(&account, command, &who_and_where(request))
        .await?;
    json(StatusCode::OK, &AccountView::after(account, requested))
}

async fn verify(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let by = caller::operator(request)?;
    let account = path::account_id(request)?;
    let command = AccountCommand::Verify {
        account: account.clone(),
        by,
        at: now()?,
    };
    let verified = store
        .execute_on_account(&account, command, &who_and_where(request))
        .await?;
    json(StatusCode::OK, &AccountView::after(account, verified))
}
