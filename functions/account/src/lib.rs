//! `GET /v1/account`, `POST /v1/account`, `POST /v1/account/verification` for an account's users, and
//! `POST /v1/accounts/{id}/verify` for the platform's operators.

mod view;

use hubkeys_api::context::{now, who_and_where};
use hubkeys_api::{Answer, Body, Problem, Request, Response, caller, json, path, respond};
use hubkeys_domain::account::AccountCommand;
use hubkeys_store::Store;
use lambda_http::http::{Method, StatusCode};
use view::AccountView;

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
    let caller = caller::principal(request)?;
    let standing = store.standing(&caller.account).await?;
    let live_keys = store.live_keys(&caller.account).await?;
    let account = AccountView::new(caller.account.clone(), standing.into(), live_keys);
    json(StatusCode::OK, &account.seen_by(caller))
}

async fn open(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let by = caller::principal(request)?;
    let caller = by.clone();
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
    let live_keys = store.live_keys(&account).await?;
    let account = AccountView::new(account, opened.aggregate, live_keys);
    json(status, &account.seen_by(caller))
}

async fn request_verification(store: &Store, request: &Request) -> Result<Response<Body>, Problem> {
    let by = caller::principal(request)?;
    let caller = by.clone();
    let account = by.account.clone();
    let command = AccountCommand::RequestVerification { by, at: now()? };
    let requested = store
        .execute_on_account(&account, command, &who_and_where(request))
        .await?;
    let live_keys = store.live_keys(&account).await?;
    let account = AccountView::new(account, requested.aggregate, live_keys);
    json(StatusCode::OK, &account.seen_by(caller))
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
    let live_keys = store.live_keys(&account).await?;
    let account = AccountView::new(account, verified.aggregate, live_keys);
    json(StatusCode::OK, &account)
}
