//! How callers prove who they are.

use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

pub(crate) fn schemes() -> Vec<(String, SecurityScheme)> {
    let bearer = |format: &str, description: &str| {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format(format)
            .description(Some(description));
        SecurityScheme::Http(scheme.build())
    };
    let iam = ApiKeyValue::with_description(
        "authorization",
        "A service, when deployed: AWS Signature Version 4 for the service `execute-api`, which the SDKs of AWS make.",
    );
    vec![
        (
            "user".to_owned(),
            bearer(
                "JWT",
                "A user's id token from the sign-in service (OpenID Connect). Its claim `sub` is the user, `custom:account` the account, `cognito:groups` the role: `Administrator`, `Advanced` or `Basic`; of several the strongest counts. An operator of the platform has the group `Operator`.",
            ),
        ),
        (
            "service".to_owned(),
            bearer(
                "service token",
                "A service, locally: the token in `.hubkeys/service-token`.",
            ),
        ),
        (
            "iam".to_owned(),
            SecurityScheme::ApiKey(ApiKey::Header(iam)),
        ),
    ]
}
