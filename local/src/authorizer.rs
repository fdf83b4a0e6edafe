//! Who is let through, and what the function is told of them: `requestContext.authorizer` of an event.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::issuer::Issuer;
use crate::problem::Problem;
use crate::template::Authorizer;

/// The identities of this machine.
pub(crate) struct Authorizers {
    pub(crate) issuer: Issuer,
    pub(crate) service_token: Zeroizing<String>,
}

impl Authorizers {
    /// The event's `authorizer`, if the request may pass.
    pub(crate) fn authorize(
        &self,
        authorizer: Authorizer,
        headers: &HeaderMap,
    ) -> Result<Value, Problem> {
        let token = bearer(headers)?;
        match authorizer {
            Authorizer::Jwt => {
                let claims = self.issuer.verify(token).map_err(Problem::invalid_token)?;
                Ok(json!({ "jwt": { "claims": as_text(&claims), "scopes": null } }))
            }
            Authorizer::Iam => {
                let known = self.service_token.trim_end().as_bytes();
                if bool::from(known.ct_eq(token.as_bytes())) {
                    Ok(LOCAL_SERVICE.clone())
                } else {
                    Err(Problem::invalid_token("not this machine's service token"))
                }
            }
        }
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut fields = headers.get_all(AUTHORIZATION).iter();
    let Some(field) = fields.next() else {
        return Err(Problem::unauthorized("send Authorization: Bearer <token>"));
    };
    if fields.next().is_some() {
        return Err(Problem::unauthorized("send one Authorization header"));
    }
    field
        .to_str()
        .ok()
        .and_then(|field| field.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
        .map(|(_, token)| token.trim_start_matches(' '))
        .ok_or_else(|| Problem::unauthorized("send Authorization: Bearer <token>"))
}

/// Every claim as text, the way API Gateway gives them to functions: an array becomes `[a b]`.
fn as_text(claims: &Map<String, Value>) -> Map<String, Value> {
    claims
        .iter()
        .map(|(name, value)| (name.clone(), Value::String(claim(value))))
        .collect()
}

fn claim(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let mut text = String::from("[");
            for (at, item) in items.iter().enumerate() {
                let space = if at == 0 { "" } else { " " };
                // Writing to a string can't fail.
                let _ = write!(text, "{space}{}", claim(item));
            }
            text + "]"
        }
        other => other.to_string(),
    }
}

/// What IAM would say of the one service there is here.
static LOCAL_SERVICE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "iam": {
            "accessKey": "AKIALOCAL",
            "accountId": crate::event::ACCOUNT_ID,
            "callerId": "AIDALOCAL",
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": format!("arn:aws:iam::{}:user/local-service", crate::event::ACCOUNT_ID),
            "userId": "AIDALOCAL",
        }
    })
});

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::DEMO_USERS;

    fn authorizers() -> Authorizers {
        Authorizers {
            issuer: Issuer::from_pem(&Issuer::generate_key().unwrap(), "http://127.0.0.1:3000")
                .unwrap(),
            service_token: Zeroizing::new("hst_secret\n".to_owned()),
        }
    }

    fn headers(authorization: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in authorization {
            headers.append(
                AUTHORIZATION,
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        headers
    }

    #[test]
    fn claims_reach_the_function_as_the_text_api_gateway_makes_of_them() {
        let authorizers = authorizers();
        let now = jiff::Timestamp::now().as_second();
        let token = authorizers.issuer.token(&DEMO_USERS[0], now, 60).unwrap();
        let told = authorizers
            .authorize(Authorizer::Jwt, &headers(&[&format!("bearer {token}")]))
            .unwrap();
        let claims = &told["jwt"]["claims"];
        assert_eq!(claims["cognito:groups"], "[Administrator]");
        assert_eq!(claims["exp"], (now + 60).to_string());
        assert_eq!(claim(&json!(["a", "b", 1, true])), "[a b 1 true]");
    }

    #[test]
    fn a_service_shows_the_whole_token_and_a_user_none_of_it() {
        let authorizers = authorizers();
        let allowed = |values: &[&str]| authorizers.authorize(Authorizer::Iam, &headers(values));
        assert_eq!(
            allowed(&["Bearer hst_secret"]).unwrap()["iam"]["cognitoIdentity"],
            Value::Null
        );
        for refused in [
            &[][..],
            &[""],
            &["Bearer"],
            &["Bearer "],
            &["Bearer hst_secre"],
            &["Bearer hst_secrets"],
            &["Basic hst_secret"],
            &["hst_secret"],
            &["Bearer hst_secret", "Bearer hst_secret"],
            &["Bearer h\u{e9}"],
        ] {
            assert!(allowed(refused).is_err(), "{refused:?}");
        }
        assert!(
            authorizers
                .authorize(Authorizer::Jwt, &headers(&["Bearer hst_secret"]))
                .is_err()
        );
    }
}
