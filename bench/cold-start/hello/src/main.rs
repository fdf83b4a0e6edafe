//! The least a function can be.

use lambda_http::{Body, Request, Response, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    lambda_http::tracing::init_default_subscriber();
    let hello =
        |_: Request| async { Ok::<_, lambda_http::Error>(Response::new(Body::from("hello"))) };
    lambda_http::run(service_fn(hello)).await
}
