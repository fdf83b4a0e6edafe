//! What a team writes behind an API whose authorizer is verify: one layer, and it knows who called.
//!
//! The authorizer has not seen the body. The layer compares it with the digest that was signed; without it, whoever stands between
//! client and gateway could change it.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hubkeys_client::{AuthorizerContext, Principal, Protect};
use lambda_http::http::header::CONTENT_TYPE;
use lambda_http::http::{HeaderValue, Method, Request, Response, StatusCode};
use lambda_http::request::RequestContext;
use lambda_http::service_fn;
use serde_json::json;
use tower_layer::Layer as _;
use tower_service::Service;

/// The API: `GET` and `POST /v1/messages` say who called.
pub fn protected() -> impl Service<
    lambda_http::Request,
    Response = Response<Either<Full<Bytes>, Full<Bytes>>>,
    Error = Infallible,
    Future: Send,
> + Clone {
    // From the gateway's event, where no client can put anything.
    let protect = Protect::after_authorizer(|parts| match parts.extensions.get()? {
        RequestContext::ApiGatewayV2(context) => Some(AuthorizerContext::new(
            context.authorizer.as_ref()?.fields.clone(),
        )),
        _ => None,
    });
    protect.layer(service_fn(answer))
}

async fn answer(request: Request<Full<Bytes>>) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut answer = Response::default();
    // The layer lets nobody through whom it does not know.
    let Some(caller) = request.extensions().get::<Principal>() else {
        *answer.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        return Ok(answer);
    };
    if request.method() == Method::POST {
        *answer.status_mut() = StatusCode::ACCEPTED;
    }
    let says = json!({"account": caller.account(), "key": caller.key(), "messages": []});
    *answer.body_mut() = Full::from(says.to_string());
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(answer)
}
