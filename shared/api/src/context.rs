//! What the runtime says of an invocation: its id, its time, how long it may take.

use std::time::{Duration, Instant, SystemTime};

use hubkeys_domain::Timestamp;
use hubkeys_store::WhoAndWhere;
use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt as _};

use crate::Problem;

/// How long a command may take where nobody says: below the 10 s of infra/template.yaml.
const LONGEST: Duration = Duration::from_secs(8);

/// The gateway's id of the request, or Lambda's.
pub fn request_id(request: &Request) -> String {
    let of_gateway = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.request_id.clone(),
        Some(RequestContext::ApiGatewayV1(context)) => context.request_id.clone(),
        _ => None,
    };
    let of_lambda = || {
        request
            .lambda_context_ref()
            .map(|context| context.request_id.clone())
    };
    of_gateway
        .or_else(of_lambda)
        .unwrap_or_else(|| "none".to_owned())
}

/// What events remember of the request, and when its caller stops listening.
pub fn who_and_where(request: &Request) -> WhoAndWhere {
    let remaining = request
        .lambda_context_ref()
        .and_then(|context| context.deadline().duration_since(SystemTime::now()).ok())
        .filter(|remaining| !remaining.is_zero());
    let patience = remaining.map_or(LONGEST, |remaining| remaining.min(LONGEST));
    WhoAndWhere {
        request_id: request_id(request),
        deadline: Instant::now() + patience,
    }
}

/// Now.
///
/// # Errors
/// The clock can't be read, or stands before 1970: nothing may be decided by it.
pub fn now() -> Result<Timestamp, Problem> {
    Timestamp::try_from(SystemTime::now()).map_err(Problem::unavailable)
}
