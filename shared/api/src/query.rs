//! What stands behind the `?`.

use std::collections::BTreeMap;
use std::str::FromStr;

use lambda_http::{Request, RequestExt as _};

use crate::Problem;

/// The query's parameters, each known and given once.
#[derive(Debug)]
pub struct Query(BTreeMap<String, String>);

impl Query {
    /// The parameters of a request that may have those `known`.
    ///
    /// # Errors
    /// 400 for an unknown or a repeated one: a misspelt filter must not silently list everything.
    pub fn of(request: &Request, known: &[&str]) -> Result<Self, Problem> {
        let mut parameters = BTreeMap::new();
        if let Some(query) = request.query_string_parameters_ref() {
            for (name, value) in query.iter() {
                if !known.contains(&name) {
                    return Err(Problem::invalid(format!(
                        "there is no such query parameter: those there are: {}",
                        known.join(", ")
                    )));
                }
                if parameters
                    .insert(name.to_owned(), value.to_owned())
                    .is_some()
                {
                    return Err(Problem::invalid(format!(
                        "the query parameter {name} is given twice"
                    )));
                }
            }
        }
        Ok(Self(parameters))
    }

    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A parameter as its type.
    ///
    /// # Errors
    /// 400 if it is none.
    pub fn parsed<T: FromStr<Err: std::fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|error| Problem::invalid(format!("the query parameter {name}: {error}")))
    }
}
