//! The sign-in service's pages: plain HTML, no script. Everything from outside goes through maud, which escapes it.

use axum::body::Body;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};
use maud::{DOCTYPE, Markup, html};

use super::parameters::Parameters;
use crate::http_server::Site;
use crate::{DEMO_USERS, User};

/// On every page of the stack itself. With a referrer policy of `no-referrer` a form's `Origin` would be `null`. No
/// `Cross-Origin-Opener-Policy`, as a sign-in service elsewhere has none: the Hub opens this in a window of its own.
const HEADERS: [(HeaderName, &str); 5] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-store"),
    (REFERRER_POLICY, "same-origin"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The page to choose a demo user from. Its form sends what was asked for again, and who was chosen.
pub(crate) async fn choose(site: &Site, asked: &Parameters, now: Option<User>) -> Response {
    let mut accounts = Vec::new();
    for user in DEMO_USERS {
        if accounts.iter().all(|(account, _)| *account != user.account) {
            accounts.push((user.account, standing(site, &user).await));
        }
    }
    let button = |user: &User| {
        html! {
            button.user type="submit" name="user" value=(user.name) {
                span.role { (user.group) }
                span.name { (user.name) }
                @if now.is_some_and(|now| now == *user) {
                    span.now { "Signed in now" }
                }
            }
        }
    };
    let main = html! {
        h1 { "Sign in to Hubkeys" }
        p.lead {
            "This stack runs on your machine. Its users are made up and have no passwords: choose who to be."
        }
        form method="post" action="/oauth2/authorize" {
            @for (name, value) in asked.without(&["user", "deny"]) {
                input type="hidden" name=(name) value=(value);
            }
            @for (account, standing) in &accounts {
                @let id = format!("account-{}", account.unwrap_or("none"));
                section aria-labelledby=(id) {
                    div.head {
                        h2 id=(id) { (account.unwrap_or("Platform staff")) }
                        @if let Some(standing) = standing {
                            span class=(format!("standing {}", standing.class)) { (standing.text) }
                        }
                    }
                    div.users {
                        @for user in DEMO_USERS.iter().filter(|user| user.account == *account) {
                            (button(user))
                        }
                    }
                }
            }
            p.end { button.cancel type="submit" name="deny" value="yes" { "Cancel" } }
        }
    };
    page(StatusCode::OK, "Sign in", &main)
}

/// What is wrong, to a browser that can't be sent back.
pub(crate) fn refused(status: StatusCode, error: &str, why: &str) -> Response {
    let main = html! {
        h1 { "This sign-in can't go on" }
        p.lead { "The request was refused: " (why) "." }
        p { "Error code: " code { (error) } }
        p { a href="/" { "Go to the start page" } }
    };
    page(status, "Sign-in refused", &main)
}

/// To a browser that signed out and has nowhere to go.
pub(crate) fn signed_out() -> Response {
    let main = html! {
        h1 { "You are signed out" }
        p { a href="/" { "Go to the start page" } }
    };
    page(StatusCode::OK, "Signed out", &main)
}

struct Standing {
    class: &'static str,
    text: &'static str,
}

/// How the user's account stands at this moment; nothing for the platform's staff.
async fn standing(site: &Site, user: &User) -> Option<Standing> {
    user.account?;
    let answer = site.gateway.ask_as(user, http::Method::GET, "/v1/account");
    let answer = answer.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the sign-in page does not know how an account stands");
        serde_json::Value::Null
    });
    let (class, text) = match answer.get("standing").and_then(serde_json::Value::as_str) {
        Some("verified") => ("good", "Verified"),
        Some("unverified") => ("open", "Not verified"),
        Some("verification_requested") => ("open", "Verification requested"),
        Some("suspended") => ("bad", "Suspended"),
        _ => ("open", "Standing not known"),
    };
    Some(Standing { class, text })
}

/// A page of this status, with the frame around it that all have.
pub(crate) fn page(status: StatusCode, title: &str, main: &Markup) -> Response {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – Hubkeys" }
                // An empty one: there is none, and browsers ask.
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/local/pages.css";
            }
            body {
                header { span.brand { "Hubkeys" } span.where { "Local stack" } }
                main { (main) }
            }
        }
    };
    let mut response = Response::new(Body::from(document.into_string()));
    *response.status_mut() = status;
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `GET /local/pages.css`.
pub(crate) async fn stylesheet() -> Response {
    let mut response = Response::new(Body::from(include_str!("page.css")));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/css; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
