//! Logs of a deployed function: JSON lines on standard output, where Lambda takes them.

/// Starts logging. `RUST_LOG` or `AWS_LAMBDA_LOG_LEVEL` set the level; infra/template.yaml sets neither.
pub fn init() {
    lambda_http::tracing::init_default_subscriber();
}
