//! Which request meets what.

use std::collections::{BTreeMap, HashMap, VecDeque};

use hyper::body::Bytes;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::{Defect, Fault};

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Call {
    /// DynamoDB's operation, e.g. `GetItem`.
    pub operation: String,
    /// How many requests of this operation came before it.
    pub number: usize,
    pub(crate) body: Bytes,
}

impl Call {
    /// Whether this text stands in the request, e.g. the key of a row.
    pub fn names(&self, text: &str) -> bool {
        let length = text.len().max(1);
        self.body
            .windows(length)
            .any(|window| window == text.as_bytes())
    }

    pub(crate) fn request(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

pub(crate) type Chooser = Box<dyn Fn(&Call) -> Fault + Send>;

#[derive(Default)]
pub(crate) struct Plan {
    pub(crate) next: HashMap<String, VecDeque<Fault>>,
    pub(crate) always: HashMap<String, fn() -> Fault>,
    pub(crate) nth: Option<Nth>,
    pub(crate) choose: Option<Chooser>,
    pub(crate) defect: Option<Defect>,
    pub(crate) calls: HashMap<String, usize>,
    pub(crate) happened: BTreeMap<&'static str, u64>,
    pub(crate) death: Option<Death>,
}

/// A fault of some requests, by their number among all.
pub(crate) struct Nth {
    /// How many requests are left in peace.
    pub(crate) left: usize,
    /// Whether all after it meet it, too.
    pub(crate) on: bool,
    pub(crate) fault: Box<dyn Fn() -> Fault + Send>,
    /// Whether one met it.
    pub(crate) met: bool,
}

/// Whoever sends the requests is killed while one of them is under way.
pub(crate) struct Death {
    /// How many requests are still answered.
    pub(crate) left: usize,
    /// Whether the one that is under way is done.
    pub(crate) done: bool,
    /// A process that is really killed must not learn that its connection broke: it gets no answer at all.
    pub(crate) silent: bool,
    /// Told when the last one arrived, or was done.
    pub(crate) then: Option<oneshot::Sender<()>>,
}

impl Plan {
    /// The number of this call among those of its operation.
    pub(crate) fn count(&mut self, operation: &str) -> usize {
        let calls = self.calls.entry(operation.to_owned()).or_default();
        *calls += 1;
        *calls - 1
    }

    pub(crate) fn fault(&mut self, call: &Call) -> Fault {
        if let Some(death) = &mut self.death {
            match death.left.checked_sub(1) {
                Some(left) => death.left = left,
                None => return death.strike(),
            }
        }
        if let Some(nth) = &mut self.nth {
            match nth.left.checked_sub(1) {
                Some(left) => nth.left = left,
                None if nth.on || !nth.met => {
                    nth.met = true;
                    return (nth.fault)();
                }
                None => {}
            }
        }
        if let Some(planned) = self
            .next
            .get_mut(&call.operation)
            .and_then(VecDeque::pop_front)
        {
            return planned;
        }
        if let Some(fault) = self.always.get(&call.operation) {
            return fault();
        }
        self.choose
            .as_ref()
            .map_or(Fault::None, |choose| choose(call))
    }
}

impl Death {
    fn strike(&mut self) -> Fault {
        let done = std::mem::take(&mut self.done);
        if self.silent {
            let then = self.then.take();
            return Fault::Silent { done, then };
        }
        if done {
            Fault::LostAnswer
        } else {
            Fault::LostRequest
        }
    }
}
