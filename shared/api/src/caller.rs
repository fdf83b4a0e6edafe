//! Who asks, as the gateway's authorizer established it. Never from a header or a body: those are the client's.

use std::collections::HashMap;

use hubkeys_domain::{AccountId, Operator, Principal, Role, UserId};
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _};

use crate::{Problem, ProblemType};

// The claims of a Cognito token. The local issuer makes the same.
const USER: &str = "sub";
const ACCOUNT: &str = "custom:account";
const GROUPS: &str = "cognito:groups";
/// The group of the platform's staff.
const OPERATOR: &str = "Operator";

/// The signed-in user of an account.
///
/// # Errors
/// 401 if the gateway passed no claims, or claims that name no user, account or role of ours; 403 for an operator.
pub fn principal(request: &Request) -> Result<Principal, Problem> {
    let claims = claims(request)?;
    let account = claims
        .get(ACCOUNT)
        .and_then(|account| account.parse::<AccountId>().ok());
    // Of several groups the strongest counts, as it does in Cognito's own order of precedence.
    let role = groups(claims).filter_map(role).max();
    if account.is_none() && groups(claims).any(|group| group == OPERATOR) {
        return Err(Problem::new(
            ProblemType::NotAdministrator,
            "an operator belongs to no account and manages no keys",
        ));
    }
    match (account, role) {
        (Some(account), Some(role)) => Ok(Principal {
            account,
            user: user(claims)?,
            role,
        }),
        _ => Err(unauthenticated(
            "the token names no account, or no role in it",
        )),
    }
}

/// A signed-in member of the platform's staff.
///
/// # Errors
/// 401 if the gateway passed no claims, 403 if they are of somebody else.
pub fn operator(request: &Request) -> Result<Operator, Problem> {
    let claims = claims(request)?;
    if groups(claims).any(|group| group == OPERATOR) {
        Ok(Operator {
            user: user(claims)?,
        })
    } else {
        Err(Problem::new(
            ProblemType::NotOperator,
            "this operation is for the platform's staff",
        ))
    }
}

/// The gateway authenticated no service (by IAM), and the operation is for services: 401.
pub fn no_service() -> Problem {
    unauthenticated("this operation is for services, and the gateway authenticated none")
}

fn claims(request: &Request) -> Result<&HashMap<String, String>, Problem> {
    request
        .request_context_ref()
        .and_then(RequestContext::authorizer)
        .and_then(|authorizer| authorizer.jwt.as_ref())
        .map(|jwt| &jwt.claims)
        .ok_or_else(|| unauthenticated("the gateway passed no user"))
}

fn user(claims: &HashMap<String, String>) -> Result<UserId, Problem> {
    let user = claims.get(USER).and_then(|user| user.parse().ok());
    user.ok_or_else(|| unauthenticated("the token names no user"))
}

/// API Gateway passes a list of claims as one text: `[Administrator Operator]`.
fn groups(claims: &HashMap<String, String>) -> impl Iterator<Item = &str> {
    let text = claims.get(GROUPS).map_or("", String::as_str);
    let text = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text);
    text.split_ascii_whitespace()
}

fn role(group: &str) -> Option<Role> {
    match group {
        "Administrator" => Some(Role::Administrator),
        "Advanced" => Some(Role::Advanced),
        "Basic" => Some(Role::Basic),
        _ => None,
    }
}

fn unauthenticated(detail: &str) -> Problem {
    Problem::new(ProblemType::Unauthenticated, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(authorizer: serde_json::Value) -> Request {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "GET /v1/keys", "rawPath": "/v1/keys", "rawQueryString": "", "headers": {
                "x-account": "globex", "x-custom-account": "globex"
            },
            "requestContext": {"http": {"method": "GET", "path": "/v1/keys"}, "authorizer": authorizer},
            "isBase64Encoded": false
        });
        lambda_http::request::from_str(&event.to_string()).expect("an event of API Gateway")
    }

    fn signed_in(account: &str, groups: &str) -> Request {
        request(serde_json::json!({"jwt": {
            "claims": {"sub": "ada", "custom:account": account, "cognito:groups": groups}, "scopes": null
        }}))
    }

    #[test]
    fn the_principal_is_the_one_the_gateway_established() {
        let principal =
            principal(&signed_in("acme", "[Basic Administrator Mailing]")).expect("a principal");
        assert_eq!(
            (principal.account.as_str(), principal.user.as_str()),
            ("acme", "ada")
        );
        assert_eq!(principal.role, Role::Administrator);
    }

    #[test]
    fn claims_without_an_account_or_a_role_of_ours_are_nobody() {
        for request in [
            signed_in("", "[Administrator]"),
            signed_in("acme#x", "[Administrator]"),
            signed_in("acme", "[]"),
            signed_in("acme", "[administrator Administrators]"),
            request(serde_json::json!({"iam": {"userArn": "arn:aws:iam::1:user/x"}})),
            request(serde_json::json!(null)),
        ] {
            let problem = principal(&request).expect_err("nobody");
            assert_eq!(problem.kind, ProblemType::Unauthenticated);
        }
    }

    #[test]
    fn an_administrator_of_an_account_is_no_operator() {
        assert!(operator(&signed_in("acme", "[Administrator]")).is_err());
        assert!(operator(&signed_in("", "[Operator]")).is_ok());
        let stranger = principal(&signed_in("", "[Operator]")).expect_err("no principal");
        assert_eq!(stranger.kind, ProblemType::NotAdministrator);
    }
}
