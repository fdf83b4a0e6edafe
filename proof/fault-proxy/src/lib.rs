//! A proxy before DynamoDB, on 127.0.0.1, that can do what a network and a busy table do: refuse, lose an answer, take its
//! time, say everything twice, garble, and answer a read that did not ask for consistency with what was there before.
//!
//! The SDK's client speaks to it as to DynamoDB. It knows the wire format and nothing of the product, but for [`Defect`]s,
//! which break the product's promises on purpose, to see that somebody notices.

mod batch;
mod defect;
mod fault;
mod past;
mod plan;
mod proxy;
mod wire;

pub use defect::Defect;
pub use fault::{Fault, Twin};
pub use past::Past;
pub use plan::Call;
pub use proxy::FaultProxy;
