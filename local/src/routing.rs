//! Which of the template's routes a request is for, by API Gateway's rules: the most specific path wins, a parameter
//! holds one segment that is not empty, and values are percent-decoded after the path was cut.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::template::Route;

/// The route of a request and its path's parameters.
#[derive(Debug)]
pub(crate) struct Matched<'a> {
    pub(crate) route: &'a Route,
    pub(crate) parameters: BTreeMap<String, String>,
}

/// No route for a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoute {
    UnknownPath,
    /// The path has routes of these methods only, joined by `, `.
    OtherMethods(String),
}

pub(crate) fn find<'a>(
    routes: &'a [Route],
    method: &str,
    path: &str,
) -> Result<Matched<'a>, NoRoute> {
    let most_specific = routes
        .iter()
        .filter(|route| route.method == method)
        .filter_map(|route| Some((route, parameters(&route.path, path)?)))
        .min_by_key(|(_, parameters)| parameters.len());
    if let Some((route, parameters)) = most_specific {
        return Ok(Matched { route, parameters });
    }
    let methods: Vec<_> = routes
        .iter()
        .filter(|route| parameters(&route.path, path).is_some())
        .map(|route| route.method.as_str())
        .collect();
    Err(if methods.is_empty() {
        NoRoute::UnknownPath
    } else {
        NoRoute::OtherMethods(methods.join(", "))
    })
}

/// The parameters of `path` if it has the form of `pattern`.
fn parameters(pattern: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut segments = path.split('/');
    for expected in pattern.split('/') {
        let segment = segments.next()?;
        let name = expected
            .strip_prefix('{')
            .and_then(|name| name.strip_suffix('}'));
        match name {
            Some(name) if !segment.is_empty() => {
                let value = percent_decode_str(segment).decode_utf8_lossy();
                parameters.insert(name.to_owned(), value.into_owned());
            }
            None if segment == expected => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Authorizer;

    fn routes() -> Vec<Route> {
        [
            "GET /v1/keys",
            "POST /v1/keys/revoke",
            "GET /v1/keys/{id}",
            "POST /v1/keys/{id}",
            "PATCH /v1/keys/{id}",
        ]
        .map(|key| {
            let (method, path) = key.split_once(' ').unwrap();
            Route {
                method: method.to_owned(),
                path: path.to_owned(),
                function: String::new(),
                authorizer: Authorizer::Jwt,
            }
        })
        .to_vec()
    }

    #[test]
    fn the_most_specific_route_of_the_method_wins() {
        let routes = routes();
        for (method, path, expected) in [
            ("GET", "/v1/keys", "GET /v1/keys"),
            ("POST", "/v1/keys/revoke", "POST /v1/keys/revoke"),
            ("POST", "/v1/keys/other", "POST /v1/keys/{id}"),
            ("GET", "/v1/keys/revoke", "GET /v1/keys/{id}"),
        ] {
            assert_eq!(find(&routes, method, path).unwrap().route.key(), expected);
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
            assert_eq!(
                find(&routes, "GET", path).unwrap().parameters["id"],
                expected
            );
        }
        for path in [
            "/v1/keys/",
            "/v1/keys/a/b",
            "/v1/keys/a/",
            "//v1/keys",
            "/v1/Keys",
            "",
            "*",
        ] {
            assert_eq!(
                find(&routes, "GET", path).unwrap_err(),
                NoRoute::UnknownPath,
                "{path}"
            );
        }
    }

    #[test]
    fn another_method_is_told_which_there_are() {
        assert_eq!(
            find(&routes(), "DELETE", "/v1/keys/hk_1").unwrap_err(),
            NoRoute::OtherMethods("GET, POST, PATCH".to_owned())
        );
        assert!(find(&routes(), "get", "/v1/keys").is_err());
    }
}
