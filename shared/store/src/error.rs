//! What can go wrong between us and the tables.

use std::error::Error;

/// The store could not answer. Never a verdict: whoever asked must refuse to decide.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB did not answer, or answered with an error that a later try may not meet.
    #[error("DynamoDB could not {operation}")]
    Unavailable {
        /// What was tried, as a verb with its object.
        operation: &'static str,
        /// What the SDK said.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// Others kept changing the same rows for as long as we tried. A later try will pass.
    #[error("the rows were changed by others at every one of {attempts} attempts")]
    Busy {
        /// How often it was tried.
        attempts: u32,
    },
    /// A row or event is not what this version of the code can read. Nothing may be decided by it.
    #[error("{row} can't be read: {problem}")]
    Unreadable {
        /// Which row, by its keys.
        row: String,
        /// What is wrong with it. Quotes no value.
        problem: String,
    },
}

impl StoreError {
    pub(crate) fn unavailable<E: Error + Send + Sync + 'static>(
        operation: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Unavailable {
            operation,
            source: Box::new(source),
        }
    }

    pub(crate) fn unreadable(row: impl Into<String>, problem: impl ToString) -> Self {
        Self::Unreadable {
            row: row.into(),
            problem: problem.to_string(),
        }
    }
}
