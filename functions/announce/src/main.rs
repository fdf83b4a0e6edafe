//! The `announce` Lambda.

use announce::{Announcement, Record};
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::tracing::init_default_subscriber();
    let stack = std::env::var("STACK")?;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Vec<Record>>| {
        let announced = announce(&stack, &event.payload);
        async move { announced }
    }))
    .await
}

fn announce(stack: &str, records: &[Record]) -> Result<Vec<Announcement>, Error> {
    if let Some(metric) = announce::age(stack, records, Timestamp::now()) {
        println!("{metric}");
    }
    Ok(announce::announce(records)?)
}
