//! Problems in the API's document: every operation says which it answers, and each has an example.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::json;
use utoipa::openapi::example::Example;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::{AllOfBuilder, Type};
use utoipa::openapi::{
    Content, ContentBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Schema,
};
use utoipa::{PartialSchema, ToSchema};

use crate::ProblemType;
use crate::problem::Document;

/// What every operation may be answered with.
pub const ANY: &[ProblemType] = &[
    ProblemType::InvalidRequest,
    ProblemType::Unauthenticated,
    ProblemType::RequestTimeout,
    ProblemType::BodyTooLarge,
    ProblemType::Misdirected,
    ProblemType::HeaderFieldsTooLarge,
    ProblemType::Internal,
    ProblemType::Unavailable,
];

/// What a caller is told who may not manage keys.
pub const NOT_ALLOWED: &[ProblemType] = &[
    ProblemType::NotAdministrator,
    ProblemType::AccountNotVerified,
    ProblemType::AccountSuspended,
];

/// Names a set of problems, for the `responses(…)` of an operation: those of any, and these.
#[macro_export]
macro_rules! problems {
    ($name:ident: $($kinds:expr),* $(,)?) => {
        struct $name;

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::response::Response>,
            > {
                $crate::openapi::answers(&[$crate::openapi::ANY, $($kinds),*].concat())
            }
        }
    };
}

/// An answer for each status that these problems have.
pub fn answers(kinds: &[ProblemType]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status = BTreeMap::<u16, Vec<ProblemType>>::new();
    for kind in kinds {
        let same = by_status.entry(kind.status().as_u16()).or_default();
        same.push(*kind);
    }
    by_status
        .into_iter()
        .map(|(status, kinds)| (status.to_string(), answer(&kinds).into()))
        .collect()
}

fn answer(kinds: &[ProblemType]) -> Response {
    let meanings: Vec<_> = kinds
        .iter()
        .map(|kind| format!("`{}`: {}", kind.name(), meaning(*kind)))
        .collect();
    let answer = ResponseBuilder::new()
        .description(meanings.join("; "))
        .content("application/problem+json", content(kinds));
    let header = |description: &str, example: &str| {
        let schema = ObjectBuilder::new()
            .schema_type(Type::String)
            .examples([example]);
        HeaderBuilder::new()
            .schema(Some(schema))
            .description(Some(description))
            .build()
    };
    match kinds.first() {
        Some(ProblemType::Unauthenticated) => answer.header(
            "www-authenticate",
            header("What to authenticate with (RFC 6750).", "Bearer"),
        ),
        Some(ProblemType::Unavailable) => answer.header(
            "retry-after",
            header("When to send the same request again, in seconds.", "1"),
        ),
        _ => answer,
    }
    .build()
}

/// The document, its type one of these.
fn content(kinds: &[ProblemType]) -> Content {
    let uris = kinds.iter().map(|kind| kind.uri());
    let one_of_these = ObjectBuilder::new().property(
        "type",
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(uris)),
    );
    let schema = AllOfBuilder::new()
        .item(Ref::from_schema_name("Problem"))
        .item(one_of_these);
    let examples = kinds.iter().map(|kind| {
        let mut example = Example::new();
        let detail = detail(*kind);
        example.value = Some(json!(Document::new(
            *kind,
            detail,
            "01a208b2-2efe-76c1-a1c3-214469ecfe29"
        )));
        (kind.name(), example)
    });
    ContentBuilder::new()
        .schema(Some(Schema::from(schema.build())))
        .examples_from_iter(examples)
        .build()
}

/// The shape of a problem, under the name that every answer refers to.
pub fn schemas() -> Vec<(String, RefOr<Schema>)> {
    vec![
        ("Problem".to_owned(), Document::schema()),
        ("ProblemType".to_owned(), ProblemType::schema()),
    ]
}

impl PartialSchema for ProblemType {
    fn schema() -> RefOr<Schema> {
        let lines = Self::ALL.iter().map(|kind| {
            let status = kind.status().as_u16();
            format!("| `{}` | {status} | {} |", kind.name(), meaning(*kind))
        });
        let table: Vec<_> = lines.collect();
        let description = format!(
            "What kind of problem it is. A type may be added, none is renamed.\n\n\
             | after `urn:problem-type:hubkeys:` | status | means |\n|---|---|---|\n{}",
            table.join("\n")
        );
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(description))
            .enum_values(Some(Self::ALL.map(Self::uri)))
            .into()
    }
}

impl ToSchema for ProblemType {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProblemType")
    }
}

fn meaning(kind: ProblemType) -> &'static str {
    match kind {
        ProblemType::InvalidRequest => {
            "the body, a parameter or a header is not of the form this operation takes"
        }
        ProblemType::UnsupportedMediaType => {
            "the body says that it is something other than `application/json`"
        }
        ProblemType::BodyTooLarge => "the body is larger than this operation takes",
        ProblemType::Unauthenticated => {
            "no token, or one that is invalid, has expired, or names nobody this operation is for"
        }
        ProblemType::NotAdministrator => "the user has Basic or Advanced permissions",
        ProblemType::AccountNotVerified => "the account is not verified: request its verification",
        ProblemType::AccountSuspended => "the account is suspended",
        ProblemType::NotOperator => "the operation is for the platform's operators",
        ProblemType::KeyNotFound => "there is no such key in the account",
        ProblemType::KeyRevoked => "the key is revoked and the operation wants a live one",
        ProblemType::RenameLimitReached => "the key was renamed 500 times: make a new one",
        ProblemType::KeyLimitReached => "the account has 100 live keys: revoke one",
        ProblemType::IdempotencyKeyReused => "the idempotency key was used for another request",
        ProblemType::InvalidCursor => "the cursor is not one of this list with these filters",
        ProblemType::Unavailable => {
            "the service can't decide now; of a command it is not known whether it was carried out: send the same request again"
        }
        ProblemType::Internal => "a fault of ours; the log has its cause under `request_id`",
        ProblemType::NotFound => "no route has this path (local gateway)",
        ProblemType::MethodNotAllowed => {
            "the path has other methods, which `allow` names (local gateway)"
        }
        ProblemType::RequestTimeout => "the body did not arrive in 20 s (local gateway)",
        ProblemType::Misdirected => "the request is for another host (local gateway)",
        ProblemType::HeaderFieldsTooLarge => {
            "request line and headers are over 10,240 bytes (local gateway)"
        }
    }
}

fn detail(kind: ProblemType) -> &'static str {
    match kind {
        ProblemType::InvalidRequest => {
            "the body is not what this takes: unknown field `nmae`, expected `name` at line 1 column 7"
        }
        ProblemType::UnsupportedMediaType => "send the body as content-type application/json",
        ProblemType::BodyTooLarge => "the body has 20000 bytes: 16384 are the most",
        ProblemType::Unauthenticated => "send Authorization: Bearer <token>",
        ProblemType::NotAdministrator => {
            "only an Administrator of the account can manage API keys, and you are not one: ask your administrator"
        }
        ProblemType::AccountNotVerified => {
            "API keys are for verified accounts, and this one is not verified yet: request its verification"
        }
        ProblemType::AccountSuspended => {
            "this account is suspended, and none of its keys is accepted: contact support"
        }
        ProblemType::NotOperator => "this operation is for the platform's staff",
        ProblemType::KeyNotFound => "no such key in this account",
        ProblemType::KeyRevoked => "the key is revoked: it keeps its name",
        ProblemType::RenameLimitReached => "the key was renamed 500 times: make a new one",
        ProblemType::KeyLimitReached => {
            "the account has 100 live keys, the most it may have: revoke one that is not needed"
        }
        ProblemType::IdempotencyKeyReused => {
            "this Idempotency-Key was used for another key in the last 24 hours: use a new one for a new key"
        }
        ProblemType::InvalidCursor => {
            "the cursor is not one of this list with these filters: start without one"
        }
        ProblemType::Unavailable => {
            "the service can't answer now: send the same request again (a create with the same Idempotency-Key)"
        }
        ProblemType::Internal => {
            "it failed on our side: the same request may be sent again (a create with the same Idempotency-Key); tell support the request id"
        }
        ProblemType::NotFound => "no route has this path",
        ProblemType::MethodNotAllowed => "allowed here: GET, POST",
        ProblemType::RequestTimeout => "send the whole body without pause",
        ProblemType::Misdirected => "use 127.0.0.1 or localhost",
        ProblemType::HeaderFieldsTooLarge => "10240 bytes are the most",
    }
}
