//! What the API's document says of this function.

use hubkeys_api::ProblemType;
use hubkeys_api::problems;
use hubkeys_auth::BoundBody;
use serde_json::json;
use utoipa::OpenApi;
use utoipa::openapi::schema::{ArrayBuilder, ArrayItems, SchemaType};
use utoipa::openapi::{Object, ObjectBuilder, RefOr, Schema, Type};

use crate::FactsDocument;
use crate::decision::Verdict;

/// This function's operations.
#[derive(OpenApi)]
#[openapi(paths(verify))]
pub struct Operations;

problems!(Problems: &[ProblemType::UnsupportedMediaType]);

/// Verify a request
///
/// Takes the facts of one request and answers who sent it, and whether it may pass. For services, not for clients.
///
/// **200 is not "valid"**: a refused request is a decision too. Let the request pass only if `allowed` is `true`; else
/// answer your client with the decision's `status` and one constant body, and keep `outcome` and `detail` for your log. A
/// 503 means that nothing was decided: never let the request pass.
///
/// A request that can't be stated in this form, say because a header is too long, is a refused request (`malformed`):
/// the service only passes on what a client sent. Ask about a request once: where replay protection covers it, the
/// second answer is `replayed`.
#[utoipa::path(
    post, path = "/v1/verify", operation_id = "verify", tag = "Verify",
    security(("service" = []), ("iam" = [])),
    request_body(content = FactsDocument, description = "512 KiB at most.", example = json!({
        "method": "POST", "target": "/v1/messages?x=1",
        "headers": [["Date", "Mon, 23 Nov 2026 08:30:00 GMT"], ["Authorization", "hmac …"]],
        "body_base64": "e30=", "source_address": "192.0.2.7"
    })),
    responses(
        (status = 200, description = "A decision, of a valid request and of a refused one.", body = Verdict, examples(
            ("Valid" = (value = json!({
                "outcome": "valid", "allowed": true, "key": "hk_01m84b5r5qpgcx1dcy13kaaqh7", "account": "acme",
                "scheme": "hmac", "version": 1,
                "bound": {
                    "method": true, "target": true, "authority": false, "date": "2026-11-23T13:57:50.000Z",
                    "body": "md5", "body_digest": "e4355dd089ef72a8730a238a3a324237", "body_compared": true,
                    "dialect": "hub-hmac", "algorithm": "hmac-sha256", "headers": ["Date", "Content-MD5"]
                }
            }))),
            ("Refused" = (value = json!({
                "outcome": "revoked", "allowed": false, "status": 401, "detail": "the key was revoked: use another one"
            }))),
        )),
        Problems,
    )
)]
#[expect(dead_code, reason = "carries what its attribute says")]
fn verify() {}

fn text(description: &str, names: &[&str]) -> Object {
    ObjectBuilder::new()
        .description(Some(description))
        .schema_type(Type::String)
        .enum_values(Some(names.iter().copied()))
        .build()
}

pub(crate) fn valid() -> Object {
    text("`valid`.", &["valid"])
}

fn constant(description: &str, value: bool) -> Object {
    ObjectBuilder::new()
        .description(Some(description))
        .schema_type(Type::Boolean)
        .enum_values(Some([value]))
        .build()
}

pub(crate) fn allowed() -> Object {
    constant("The request may pass.", true)
}

pub(crate) fn refused() -> Object {
    constant("The request must not pass.", false)
}

pub(crate) fn bound_body() -> Object {
    let all = [
        BoundBody::None,
        BoundBody::Md5([0; 16]),
        BoundBody::Sha256([0; 32]),
        BoundBody::Sha512([0; 64]),
    ];
    text(
        "How the body is bound; of several digests by the strongest.",
        &all.map(BoundBody::as_str),
    )
}

fn may_be_left_out(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some(description))
}

pub(crate) fn url_scheme() -> Object {
    let description = "The scheme of the URL that the client asked for: RFC 9421 may sign it, and the wire does not show it. Left out: `https`.";
    may_be_left_out(description)
        .enum_values(Some([json!("http"), json!("https"), json!(null)]))
        .build()
}

pub(crate) fn source_address() -> Object {
    let description =
        "Where the request came from, by IPv4 or IPv6. Recorded nowhere and used by nothing yet.";
    may_be_left_out(description)
        .examples(["192.0.2.7", "2001:db8::7"])
        .build()
}

/// A list of pairs.
pub(crate) fn headers() -> Schema {
    let text = |description: &str, example: &str| {
        Schema::from(
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(description))
                .examples([example])
                .build(),
        )
    };
    let pair = ArrayBuilder::new()
        .prefix_items([
            text("The field's name.", "Date"),
            text("Its value as sent.", "Mon, 23 Nov 2026 08:30:00 GMT"),
        ])
        .items(ArrayItems::False)
        .min_items(Some(2))
        .max_items(Some(2))
        .build();
    ArrayBuilder::new()
        .items(RefOr::T(Schema::from(pair)))
        .max_items(Some(128))
        .description(Some("Every header field as `[name, value]`, in order, with duplicates. 8 KiB a value and 64 KiB together at most."))
        .build()
        .into()
}
