//! What the local stack needs of `infra/template.yaml`: routes with their authorizer and function, and tables. What is in
//! there beyond that is the cloud's business and skipped; what is understood is read strictly. An API or a function that does
//! not run locally says so itself (`Metadata: NotLocal`), with the reason; none is left out in silence.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The deployed template, part of the binary so that it stands alone.
const TEMPLATE: &str = include_str!("../../infra/template.yaml");

/// What the template declares.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Template {
    /// By path, then by method.
    pub(crate) routes: Vec<Route>,
    pub(crate) tables: Vec<Table>,
    /// What says of itself that it does not run locally.
    pub(crate) left_out: Vec<LeftOut>,
}

/// An API or a function that runs only where it is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Its name in the template.
    pub(crate) name: String,
    /// As the template says it.
    pub(crate) reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) method: String,
    /// E.g. `/v1/keys/{id}`.
    pub(crate) path: String,
    /// The folder under `functions/`.
    pub(crate) function: String,
    pub(crate) authorizer: Authorizer,
}

/// Who is let through to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authorizer {
    /// Users, by a token of the sign-in service.
    Jwt,
    /// Services, by their IAM identity; locally by the service token.
    Iam,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// Its name in the template, which is its name locally.
    pub(crate) name: String,
    pub(crate) partition_key: String,
    pub(crate) sort_key: String,
    /// The attribute that holds when an item may be deleted, in seconds since the epoch.
    pub(crate) time_to_live: Option<String>,
}

/// The template asks for something that does not run locally.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error("not a template: {0}")]
    Format(String),
    #[error("resource {resource}: {reason}")]
    Resource { resource: String, reason: String },
}

impl Route {
    /// As API Gateway names it, e.g. `GET /v1/keys/{id}`.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Template {
    /// Reads the template this binary was built with.
    pub(crate) fn embedded() -> Result<Self, TemplateError> {
        let template = Self::parse(TEMPLATE)?;
        for LeftOut { name, reason } in &template.left_out {
            tracing::debug!(name, reason, "not part of the local stack");
        }
        Ok(template)
    }

    /// Tags such as `!Ref` are dropped and leave the name they refer to, which is what is compared here.
    fn parse(text: &str) -> Result<Self, TemplateError> {
        let document: Document = serde_saphyr::from_str(text)
            .map_err(|error| TemplateError::Format(error.to_string()))?;
        let mut left_out = Vec::new();
        let mut apis = BTreeMap::new();
        for (name, resource) in document.of_type("AWS::Serverless::HttpApi") {
            match resource.left_out(name) {
                Some(out) => left_out.push(out),
                None => {
                    apis.insert(name, properties::<HttpApi>(name, resource)?);
                }
            }
        }
        let mut routes = Vec::new();
        for (name, resource) in document.of_type("AWS::Serverless::Function") {
            let function: Function = properties(name, resource)?;
            if let Some(out) = resource.left_out(name) {
                if function.answers_one_of(&apis) {
                    return Err(refused(
                        name,
                        "it is left out, and a route of a local API needs it",
                    ));
                }
                left_out.push(out);
                continue;
            }
            if function.events.is_empty() {
                return Err(refused(
                    name,
                    "nothing calls it, and it does not say that it is not local",
                ));
            }
            for event in function.events.values() {
                routes
                    .push(route(&apis, &function, event).map_err(|reason| refused(name, reason))?);
            }
        }
        routes.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
        if let Some([route, _]) = routes.array_windows().find(|[a, b]| a.key() == b.key()) {
            return Err(refused(&route.key(), "two functions answer this route"));
        }
        let mut tables = Vec::new();
        for (name, resource) in document.of_type("AWS::DynamoDB::Table") {
            let declared = properties(name, resource)?;
            tables.push(table(name, declared).map_err(|reason| refused(name, reason))?);
        }
        Ok(Self {
            routes,
            tables,
            left_out,
        })
    }
}

fn refused(resource: &str, reason: impl Into<String>) -> TemplateError {
    TemplateError::Resource {
        resource: resource.to_owned(),
        reason: reason.into(),
    }
}

fn properties<'a, P: Deserialize<'a>>(
    name: &str,
    resource: &'a Resource,
) -> Result<P, TemplateError> {
    P::deserialize(&resource.properties).map_err(|error| refused(name, error.to_string()))
}

fn route(
    apis: &BTreeMap<&str, HttpApi>,
    function: &Function,
    event: &Event,
) -> Result<Route, String> {
    if event.kind != "HttpApi" {
        return Err(format!(
            "an event of type {} does not exist locally",
            event.kind
        ));
    }
    let request =
        HttpApiEvent::deserialize(&event.properties).map_err(|error| error.to_string())?;
    let api = apis
        .get(request.api_id.as_str())
        .ok_or_else(|| format!("there is no API {}", request.api_id))?;
    let name = request
        .auth
        .and_then(|auth| auth.authorizer)
        .or_else(|| api.auth.default_authorizer.clone())
        .ok_or_else(|| {
            format!(
                "{} has no authorizer: it would be open to everyone",
                request.path
            )
        })?;
    let authorizer = if name == "AWS_IAM" && api.auth.enable_iam_authorizer {
        Authorizer::Iam
    } else if api.auth.authorizers.contains_key(&name) {
        Authorizer::Jwt
    } else {
        return Err(format!(
            "{} names the unknown authorizer {name}",
            request.path
        ));
    };
    // `{proxy+}` and `$default` would take whatever no other route has.
    if !request.path.starts_with('/') || request.path.contains(['*', '+']) {
        return Err(format!(
            "the path {} does not exist locally: /, then names and {{parameters}}",
            request.path
        ));
    }
    let function = function
        .code_uri
        .strip_prefix("../functions/")
        .ok_or_else(|| format!("{} is not a folder under ../functions/", function.code_uri))?;
    Ok(Route {
        method: request.method.to_ascii_uppercase(),
        path: request.path,
        function: function.trim_end_matches('/').to_owned(),
        authorizer,
    })
}

fn table(name: &str, declared: DynamoDbTable) -> Result<Table, String> {
    let key = |kind: &str| {
        declared
            .key_schema
            .iter()
            .find(|key| key.key_type == kind)
            .map(|key| key.attribute_name.clone())
            .ok_or_else(|| format!("it has no {kind} key"))
    };
    if let Some(attribute) = declared
        .attribute_definitions
        .iter()
        .find(|attribute| attribute.attribute_type != "S")
    {
        return Err(format!(
            "its key {} is not a string",
            attribute.attribute_name
        ));
    }
    Ok(Table {
        name: name.to_owned(),
        partition_key: key("HASH")?,
        sort_key: key("RANGE")?,
        time_to_live: declared
            .time_to_live_specification
            .filter(|ttl| ttl.enabled)
            .map(|ttl| ttl.attribute_name),
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    resources: BTreeMap<String, Resource>,
}

impl Document {
    fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Resource)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
            .map(|(name, resource)| (name.as_str(), resource))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(default)]
    properties: Value,
    #[serde(default)]
    metadata: Metadata,
}

impl Resource {
    fn left_out(&self, name: &str) -> Option<LeftOut> {
        self.metadata.not_local.as_ref().map(|reason| LeftOut {
            name: name.to_owned(),
            reason: reason.clone(),
        })
    }
}

// Not strict: SAM and linters have theirs in it too.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    not_local: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HttpApi {
    auth: ApiAuth,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ApiAuth {
    default_authorizer: Option<String>,
    #[serde(default)]
    enable_iam_authorizer: bool,
    #[serde(default)]
    authorizers: BTreeMap<String, JwtAuthorizer>,
}

// Strict, so that an authorizer of another kind, such as a Lambda's, is not taken for one of tokens.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct JwtAuthorizer {
    #[serde(rename = "IdentitySource")]
    _identity_source: String,
    #[serde(rename = "JwtConfiguration")]
    _jwt_configuration: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Function {
    code_uri: String,
    #[serde(default)]
    events: BTreeMap<String, Event>,
}

impl Function {
    fn answers_one_of(&self, apis: &BTreeMap<&str, HttpApi>) -> bool {
        self.events.values().any(|event| {
            let api = event.properties.get("ApiId").and_then(Value::as_str);
            api.is_some_and(|api| apis.contains_key(api))
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Event {
    #[serde(rename = "Type")]
    kind: String,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct HttpApiEvent {
    api_id: String,
    method: String,
    path: String,
    auth: Option<EventAuth>,
}

// Strict: a condition that is not checked here, such as a required scope, must not go unnoticed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct EventAuth {
    authorizer: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DynamoDbTable {
    key_schema: Vec<KeyElement>,
    attribute_definitions: Vec<AttributeDefinition>,
    time_to_live_specification: Option<TimeToLive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct KeyElement {
    attribute_name: String,
    key_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AttributeDefinition {
    attribute_name: String,
    attribute_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TimeToLive {
    attribute_name: String,
    enabled: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: SignIn
        EnableIamAuthorizer: true
        Authorizers: {SignIn: {IdentitySource: $request.header.Authorization, JwtConfiguration: {issuer: !Ref Issuer}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../functions/f
      Events:
        E: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: get, Path: /v1/f}}
";

    #[test]
    fn the_embedded_template_declares_every_route_with_its_authorizer() {
        let template = Template::embedded().unwrap();
        let routes: Vec<_> = template
            .routes
            .iter()
            .map(|route| (route.key(), route.function.as_str(), route.authorizer))
            .collect();
        let jwt = |key: &str, function| (key.to_owned(), function, Authorizer::Jwt);
        assert_eq!(
            routes,
            [
                jwt("GET /v1/account", "account"),
                jwt("POST /v1/account", "account"),
                jwt("POST /v1/account/verification", "account"),
                jwt("POST /v1/accounts/{id}/verify", "account"),
                jwt("GET /v1/keys", "list-keys"),
                jwt("POST /v1/keys", "create-key"),
                jwt("POST /v1/keys/revoke", "revoke"),
                jwt("GET /v1/keys/{id}", "get-key"),
                jwt("PATCH /v1/keys/{id}", "rename-key"),
                jwt("GET /v1/keys/{id}/history", "get-key"),
                jwt("POST /v1/keys/{id}/revoke", "revoke"),
                ("POST /v1/verify".to_owned(), "verify", Authorizer::Iam),
            ]
        );
    }

    #[test]
    fn the_embedded_template_declares_both_tables() {
        let table = |name: &str, time_to_live: Option<&str>| Table {
            name: name.to_owned(),
            partition_key: "pk".to_owned(),
            sort_key: "sk".to_owned(),
            time_to_live: time_to_live.map(str::to_owned),
        };
        assert_eq!(
            Template::embedded().unwrap().tables,
            [table("Events", None), table("Views", Some("expires"))]
        );
    }

    #[test]
    fn what_the_embedded_template_leaves_out_says_why() {
        let template = Template::embedded().unwrap();
        let names: Vec<_> = template
            .left_out
            .iter()
            .map(|out| out.name.as_str())
            .collect();
        assert_eq!(
            names,
            ["SampleApi", "Announce", "CheckProjections", "SampleBackend"]
        );
        assert!(
            template
                .left_out
                .iter()
                .all(|out| out.reason.ends_with('.'))
        );
    }

    #[test]
    fn what_is_left_out_is_marked_and_needed_by_no_local_route() {
        let marked = |resource: &str| {
            let at = format!("  {resource}:\n");
            assert!(SMALL.contains(&at));
            SMALL.replacen(
                &at,
                &format!("{at}    Metadata: {{NotLocal: It is elsewhere.}}\n"),
                1,
            )
        };
        let error = Template::parse(&marked("F")).unwrap_err();
        assert!(error.to_string().contains("needs it"), "{error}");
        let error = Template::parse(&marked("Api")).unwrap_err();
        assert!(error.to_string().contains("no API Api"), "{error}");

        let idle = SMALL.split("      Events:").next().unwrap();
        let error = Template::parse(idle).unwrap_err();
        assert!(error.to_string().contains("nothing calls it"), "{error}");
        let idle = idle.replacen(
            "  F:\n",
            "  F:\n    Metadata: {NotLocal: A schedule calls it.}\n",
            1,
        );
        let template = Template::parse(&idle).unwrap();
        assert_eq!(template.routes, []);
        assert_eq!(template.left_out[0].reason, "A schedule calls it.");
    }

    #[test]
    fn what_does_not_run_locally_is_an_error_that_names_it() {
        assert_eq!(Template::parse(SMALL).unwrap().routes.len(), 1);
        for (from, to, expected) in [
            (
                "DefaultAuthorizer: SignIn",
                "DefaultAuthorizer: Other",
                "unknown authorizer Other",
            ),
            (
                "        DefaultAuthorizer: SignIn\n",
                "",
                "open to everyone",
            ),
            (
                "Path: /v1/f}",
                "Path: /v1/f, Auth: {Authorizer: NONE}}",
                "unknown authorizer NONE",
            ),
            (
                "Path: /v1/f}",
                "Path: /v1/f, Auth: {AuthorizationScopes: [a]}}",
                "AuthorizationScopes",
            ),
            (
                "JwtConfiguration: {issuer: !Ref Issuer}",
                "FunctionArn: !GetAtt A.Arn",
                "FunctionArn",
            ),
            ("Type: HttpApi,", "Type: SQS,", "type SQS"),
            (
                "Path: /v1/f}",
                "Path: '/v1/{proxy+}'}",
                "path /v1/{proxy+} does not exist",
            ),
            (
                "Path: /v1/f}",
                "Path: $default}",
                "path $default does not exist",
            ),
            (
                "ApiId: !Ref Api",
                "ApiId: !Ref Elsewhere",
                "no API Elsewhere",
            ),
            ("../functions/f", "s3://bucket/f.zip", "../functions/"),
        ] {
            assert!(SMALL.contains(from), "{from}");
            let error = Template::parse(&SMALL.replacen(from, to, 1)).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn services_need_the_iam_authorizer_to_be_enabled() {
        let with = SMALL.replacen(
            "Path: /v1/f}",
            "Path: /v1/f, Auth: {Authorizer: AWS_IAM}}",
            1,
        );
        assert_eq!(
            Template::parse(&with).unwrap().routes[0].authorizer,
            Authorizer::Iam
        );
        let without = with.replacen("EnableIamAuthorizer: true", "EnableIamAuthorizer: false", 1);
        assert!(Template::parse(&without).is_err());
    }

    #[test]
    fn one_route_has_one_function() {
        let twice = format!(
            "{SMALL}        F: {{Type: HttpApi, Properties: {{ApiId: Api, Method: GET, Path: /v1/f}}}}\n"
        );
        assert!(
            Template::parse(&twice)
                .unwrap_err()
                .to_string()
                .contains("GET /v1/f")
        );
    }
}
