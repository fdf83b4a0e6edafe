//! What every answer has, and what answers share.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::schema::Type;
use utoipa::openapi::{Header, ObjectBuilder, OpenApi, Ref, RefOr, Response};

/// Adds it to every answer of every operation.
pub(crate) fn describe(document: &mut OpenApi) {
    let no_store = header(
        "`no-store`: what an answer says may be about keys.",
        "no-store",
    );
    let request_id = header(
        "The request's id, as in a problem's `request_id` and in a key's history. Locally; API Gateway calls it `apigw-requestid`.",
        "01a208b2-2efe-76c1-a1c3-214469ecfe29",
    );
    let mut shared = BTreeMap::new();
    for place in answers(document) {
        let RefOr::T(answer) = place else { continue };
        let headers = &mut answer.headers;
        headers.insert("cache-control".to_owned(), no_store.clone().into());
        headers.insert("x-request-id".to_owned(), request_id.clone().into());
        if let Some(name) = problems(answer) {
            let reference = Ref::from_response_name(&name);
            if let RefOr::T(answer) = std::mem::replace(place, reference.into()) {
                shared.insert(name, answer.into());
            }
        }
    }
    let components = document.components.get_or_insert_default();
    components.responses.extend(shared);
}

fn answers(document: &mut OpenApi) -> impl Iterator<Item = &mut RefOr<Response>> {
    let paths = document.paths.paths.values_mut();
    let operations = paths.flat_map(|path| {
        [&mut path.get, &mut path.post, &mut path.patch]
            .into_iter()
            .flatten()
    });
    operations.flat_map(|operation| operation.responses.responses.values_mut())
}

/// A name for the answer after the problems it can be. Written out at every operation they would be most of the document.
fn problems(answer: &Response) -> Option<String> {
    let RefOr::T(content) = answer.content.get("application/problem+json")? else {
        return None;
    };
    let names: Vec<_> = content.examples.keys().map(String::as_str).collect();
    Some(names.join("-or-"))
}

fn header(description: &str, example: &str) -> Header {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .examples([example]);
    HeaderBuilder::new()
        .schema(Some(text))
        .description(Some(description))
        .build()
}
