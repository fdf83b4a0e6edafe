//! Which of the template's routes a request is for, by API Gateway's rules: of two paths the one wins that is fixed where the other has a
//! parameter, a parameter holds one segment that is not empty, and values are percent-decoded after the path was cut.

use std::collections::BTreeMap;
use std::sync::Arc;

use matchit::{InsertError, Match, Router};
use percent_encoding::percent_decode_str;

use crate::template::Route;

/// The routes by their method: what one method has at a path hides nothing of another's.
pub(crate) struct Routes(BTreeMap<String, Router<Keyed>>);

/// A route, and its key made once: every event and every line of the log has it.
struct Keyed {
    route: Route,
    key: Arc<str>,
}

/// The route of a request and its path's parameters.
#[derive(Debug)]
pub(crate) struct Matched<'a> {
    pub(crate) route: &'a Route,
    /// [`Route::key`].
    pub(crate) key: &'a Arc<str>,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// No route for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoute {
    UnknownPath,
    /// The path has routes of these methods only, joined by `, `.
    OtherMethods(String),
}

/// The path of a route is none, or can't be told from another's.
#[derive(Debug, thiserror::Error)]
#[error("{route}: {reason}")]
pub(crate) struct Unroutable {
    route: Arc<str>,
    reason: InsertError,
}

impl Routes {
    pub(crate) fn new(routes: Vec<Route>) -> Result<Self, Unroutable> {
        let mut by_method = BTreeMap::<_, Router<_>>::new();
        for route in routes {
            let (path, key) = (route.path.clone(), Arc::from(route.key()));
            let router = by_method.entry(route.method.clone()).or_default();
            let named = Arc::clone(&key);
            router
                .insert(path, Keyed { route, key })
                .map_err(|reason| Unroutable {
                    route: named,
                    reason,
                })?;
        }
        Ok(Self(by_method))
    }

    pub(crate) fn find(&self, method: &str, path: &str) -> Result<Matched<'_>, NoRoute> {
        let router = self.0.get(method);
        if let Some(found) = router.and_then(|router| at(router, path)) {
            let decoded = |value| percent_decode_str(value).decode_utf8_lossy().into_owned();
            let parameters = found.params.iter();
            return Ok(Matched {
                route: &found.value.route,
                key: &found.value.key,
                parameters: parameters
                    .map(|(name, value)| (name.to_owned(), decoded(value)))
                    .collect(),
            });
        }
        let methods: Vec<_> = self
            .0
            .iter()
            .filter(|(_, router)| at(router, path).is_some())
            .map(|(method, _)| method.as_str())
            .collect();
        Err(if methods.is_empty() {
            NoRoute::UnknownPath
        } else {
            NoRoute::OtherMethods(methods.join(", "))
        })
    }
}

/// What a router has at a path. It takes an empty segment for a parameter's value where another segment follows.
fn at<'a, 'p>(router: &'a Router<Keyed>, path: &'p str) -> Option<Match<'a, 'p, &'a Keyed>> {
    let found = router.at(path).ok()?;
    let is_empty = found.params.iter().any(|(_, value)| value.is_empty());
    (!is_empty).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Authorizer;

    fn routes() -> Routes {
        Routes::new(routes_of(&[
            "GET /v1/keys",
            "POST /v1/keys/revoke",
            "GET /v1/keys/{id}",
            "POST /v1/keys/{id}",
            "PATCH /v1/keys/{id}",
            "GET /v1/keys/{id}/history",
        ]))
        .unwrap()
    }

    fn routes_of(keys: &[&str]) -> Vec<Route> {
        let route = |key: &&str| {
            let (method, path) = key.split_once(' ').unwrap();
            Route {
                method: method.to_owned(),
                path: path.to_owned(),
                function: String::new(),
                authorizer: Authorizer::Jwt,
            }
        };
        keys.iter().map(route).collect()
    }

    #[test]
    fn the_most_specific_route_of_the_method_wins() {
        let routes = routes();
        for (method, path, expected) in [
            ("GET", "/v1/keys", "GET /v1/keys"),
            ("POST", "/v1/keys/revoke", "POST /v1/keys/revoke"),
            ("POST", "/v1/keys/other", "POST /v1/keys/{id}"),
            ("GET", "/v1/keys/revoke", "GET /v1/keys/{id}"),
            (
                "GET",
                "/v1/keys/revoke/history",
                "GET /v1/keys/{id}/history",
            ),
        ] {
            let found = routes.find(method, path).unwrap();
            assert_eq!(&**found.key, expected);
            assert_eq!(found.route.key(), expected);
        }
    }

    #[test]
    fn a_parameter_is_one_segment_decoded_after_the_cut() {
        let routes = routes();
        for (path, expected) in [
            ("/v1/keys/hk_1", "hk_1"),
            ("/v1/keys/a%2Fb", "a/b"),
            ("/v1/keys/%00%FF", "\0\u{fffd}"),
            ("/v1/keys/%zz", "%zz"),
            ("/v1/keys/..", ".."),
        ] {
            let found = routes.find("GET", path).unwrap();
            assert_eq!(found.parameters["id"], expected);
        }
        for path in [
            "/v1/keys/",
            "/v1/keys/a/b",
            "/v1/keys/a/",
            "//v1/keys",
            "/v1/keys//history",
            "/v1/keys//revoke",
            "/v1/Keys",
            "",
            "*",
        ] {
            for method in ["GET", "PUT"] {
                let none = routes.find(method, path).unwrap_err();
                assert_eq!(none, NoRoute::UnknownPath, "{method} {path}");
            }
        }
    }

    #[test]
    fn another_method_is_told_which_there_are() {
        assert_eq!(
            routes().find("DELETE", "/v1/keys/hk_1").unwrap_err(),
            NoRoute::OtherMethods("GET, PATCH, POST".to_owned())
        );
        assert!(routes().find("get", "/v1/keys").is_err());
    }

    #[test]
    fn a_path_that_is_none_or_that_nobody_could_tell_from_another_is_refused() {
        for (keys, reason) in [
            (
                ["GET /v1/keys/{id}", "GET /v1/keys/{key}"],
                "GET /v1/keys/{key}: Insertion failed due to conflict",
            ),
            (
                ["GET /v1/keys", "GET /v1/keys/{id"],
                "GET /v1/keys/{id: Parameters must be registered with a valid name",
            ),
        ] {
            let refused = Routes::new(routes_of(&keys)).err().unwrap().to_string();
            assert!(refused.starts_with(reason), "{refused}");
        }
    }
}
