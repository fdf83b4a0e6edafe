//! What can happen to a request.

use std::time::Duration;

use tokio::sync::oneshot;

/// What happens to one request.
#[derive(Debug)]
pub enum Fault {
    /// Nothing: a later request is meant.
    None,
    /// Another transaction holds one of the rows. Of reads nothing: they are in nobody's way.
    TransactionConflict,
    /// One of the rows is written to too often.
    RowThrottled,
    /// The account sends too many requests.
    Throttled,
    /// The server fails before it does anything.
    InternalError,
    /// The connection breaks before the request arrives.
    LostRequest,
    /// It is done, and the connection breaks before the answer arrives.
    LostAnswer,
    /// It arrives later.
    Delayed(Duration),
    /// It arrives twice.
    Duplicated(Twin),
    /// It is done, and one bit of the answer is another. Which one, the number decides.
    Corrupted(u64),
    /// It is done, and the connection breaks in the middle of the answer.
    Truncated,
    /// A read that did not ask for consistency sees each row as it was so many writes ago, or before all that are known.
    Stale(usize),
    /// Of a `BatchGetItem`, one row of each table is read and the others are left for another time.
    Unprocessed,
    /// Of a `BatchGetItem`, nothing is read.
    NothingProcessed,
    /// It is done once `until` says so; `arrived` tells that it waits.
    Held {
        /// Told when the request is here.
        arrived: oneshot::Sender<()>,
        /// Lets it go.
        until: oneshot::Receiver<()>,
    },
    /// It is done or not, as `done` says, `then` is told, and there is no answer and no end to the connection.
    Silent {
        /// Whether it is done first.
        done: bool,
        /// Told then.
        then: Option<oneshot::Sender<()>>,
    },
}

/// Which of two equal requests is answered.
#[derive(Clone, Copy, Debug)]
pub enum Twin {
    /// The first; the second is done before it is answered.
    First,
    /// The second.
    Second,
    /// The first, at once. The second arrives so much later.
    Late(Duration),
}

impl Fault {
    /// Its name, in tables of what happened.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::TransactionConflict => "transaction conflict",
            Self::RowThrottled => "row throttled",
            Self::Throttled => "throttled",
            Self::InternalError => "internal error",
            Self::LostRequest => "lost request",
            Self::LostAnswer => "lost answer",
            Self::Delayed(_) => "delayed",
            Self::Duplicated(_) => "duplicated",
            Self::Corrupted(_) => "corrupted",
            Self::Truncated => "truncated",
            Self::Stale(_) => "stale read",
            Self::Unprocessed => "unprocessed keys",
            Self::NothingProcessed => "nothing processed",
            Self::Held { .. } => "held",
            Self::Silent { .. } => "silent",
        }
    }
}
