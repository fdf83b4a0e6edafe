//! Parameters of a query or a form, each once (RFC 6749 section 3.1).

use std::collections::BTreeMap;

use crate::issuer::LIFETIME;

/// Parameters by name. One without a value is like one that was left out, as the RFC wants it.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    values: BTreeMap<String, String>,
    repeated: bool,
}

impl Parameters {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            if value.is_empty() {
                continue;
            }
            if parameters
                .values
                .insert(name.into_owned(), value.into_owned())
                .is_some()
            {
                parameters.repeated = true;
            }
        }
        parameters
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    pub(crate) fn require_once(&self) -> Result<(), &'static str> {
        if self.repeated {
            Err("a parameter stands more than once")
        } else {
            Ok(())
        }
    }

    /// Every parameter but these, in a fixed order.
    pub(crate) fn without<'a>(
        &'a self,
        others: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| !others.contains(name))
    }

    /// The seconds a token is to be good for; of the past with a minus. An extension of ours, so that a client can be shown
    /// an expired token without an hour's wait.
    pub(crate) fn expires_in(&self) -> Result<Option<i64>, &'static str> {
        let Some(text) = self.get("expires_in") else {
            return Ok(None);
        };
        text.parse()
            .ok()
            .filter(|seconds| (-LIFETIME..=LIFETIME).contains(seconds))
            .map(Some)
            .ok_or("expires_in is -3600 to 3600 seconds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_stands_once_and_without_a_value_not_at_all() {
        let parameters = Parameters::parse(b"a=1&b=&b=2&c=%26+%C3%A9");
        assert_eq!(parameters.get("a"), Some("1"));
        assert_eq!(parameters.get("b"), Some("2"));
        assert_eq!(parameters.get("c"), Some("& \u{e9}"));
        assert_eq!(parameters.get("d"), None);
        assert!(parameters.require_once().is_ok());
        assert!(Parameters::parse(b"a=1&a=1").require_once().is_err());
    }

    #[test]
    fn a_lifetime_is_an_hour_at_most_and_may_lie_in_the_past() {
        let expires_in =
            |text: &str| Parameters::parse(format!("expires_in={text}").as_bytes()).expires_in();
        assert_eq!(expires_in(""), Ok(None));
        assert_eq!(expires_in("-1"), Ok(Some(-1)));
        assert_eq!(expires_in("3600"), Ok(Some(3600)));
        for wrong in ["3601", "-3601", "soon", "1.5", "99999999999999999999"] {
            assert!(expires_in(wrong).is_err(), "{wrong}");
        }
    }
}
