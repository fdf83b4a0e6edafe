//! What can go wrong between us and the tables.

use std::error::Error;
use std::fmt;

/// The store could not answer. Never a verdict: whoever asked must refuse to decide.
#[derive(thiserror::Error)]
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

/// As it reads, with its causes. What the SDK would print of a cause has whole answers of DynamoDB in it, and a row with a stored
/// secret belongs in no log.
impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreError({self}")?;
        let mut next = self.source();
        while let Some(cause) = next {
            write!(f, ": {cause}")?;
            next = cause.source();
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("response error")]
    struct Raw {
        row: &'static str,
    }

    #[test]
    fn an_error_prints_no_answer_of_the_database() {
        let raw = Raw { row: "ciphertext" };
        assert_eq!(raw.row, "ciphertext");
        let printed = format!("{:?}", StoreError::unavailable("read a row")(raw));
        assert_eq!(
            printed,
            "StoreError(DynamoDB could not read a row: response error)"
        );
    }
}
