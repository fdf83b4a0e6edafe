//! The facts of a request, from its head.

use http::header::HOST;
use http::request::Parts;
use http::{Uri, Version};

use super::Options;
use super::body::Read;
use crate::{Body, Facts};

/// A request that can't be stated: a header that is not text, or a host in contradiction to the authority.
pub(super) struct Unstatable;

impl Options {
    pub(super) fn facts(&self, head: &Parts, body: &Read) -> Result<Facts, Unstatable> {
        let mut headers = Vec::with_capacity(head.headers.len() + 1);
        for (name, value) in &head.headers {
            let value = str::from_utf8(value.as_bytes()).map_err(|_| Unstatable)?;
            headers.push((name.as_str().to_owned(), value.to_owned()));
        }
        let target = if head.version >= Version::HTTP_2 {
            headers.extend(host_of_authority(head)?);
            head.uri.path_and_query().map(ToString::to_string)
        } else {
            origin_form(&head.uri)
        };
        Ok(Facts {
            method: head.method.as_str().to_owned(),
            target: target.unwrap_or_else(|| head.uri.to_string()),
            headers,
            body: Body::Digests(body.digests.clone()),
            source_address: self
                .source_address
                .as_ref()
                .and_then(|address| address(head)),
            url_scheme: self.url_scheme,
        })
    }
}

/// None for a URI in absolute form: that is what stood on the request line.
fn origin_form(uri: &Uri) -> Option<String> {
    match uri.authority() {
        Some(_) => None,
        None => uri.path_and_query().map(ToString::to_string),
    }
}

/// From HTTP/2 on the authority takes the place of `Host` (RFC 9113 section 8.3.1), which signatures cover.
fn host_of_authority(head: &Parts) -> Result<Option<(String, String)>, Unstatable> {
    let Some(authority) = head.uri.authority() else {
        return Ok(None);
    };
    match head.headers.get(HOST) {
        None => Ok(Some(("host".to_owned(), authority.as_str().to_owned()))),
        Some(host)
            if host
                .as_bytes()
                .eq_ignore_ascii_case(authority.as_str().as_bytes()) =>
        {
            Ok(None)
        }
        Some(_) => Err(Unstatable),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Request;

    use super::*;
    use crate::{BodyDigests, Protect};

    fn facts(request: Request<()>) -> Result<Facts, Unstatable> {
        let body = Read {
            bytes: Bytes::new(),
            digests: BodyDigests::default(),
        };
        Protect::after_authorizer(|_| None)
            .options
            .facts(&request.into_parts().0, &body)
    }

    #[test]
    fn the_target_is_as_it_was_sent() {
        for target in [
            "/",
            "/a//b/../%41?z=1&a=%20&&a",
            "/?",
            "*",
            "http://example.com/a?b",
        ] {
            let request = Request::get(target).body(()).unwrap();
            assert_eq!(facts(request).ok().unwrap().target, target);
        }
    }

    #[test]
    fn duplicate_headers_are_kept_in_order() {
        let request = Request::get("/")
            .header("X-A", "1")
            .header("X-A", "2")
            .body(())
            .unwrap();
        let expected =
            [("x-a", "1"), ("x-a", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(facts(request).ok().unwrap().headers, expected);
    }

    #[test]
    fn a_header_that_is_not_text_can_not_be_stated() {
        let request = Request::get("/")
            .header("X-A", &b"\xff"[..])
            .body(())
            .unwrap();
        assert!(facts(request).is_err());
    }

    #[test]
    fn http_2_has_its_host_from_the_authority_and_refuses_another() {
        let request = |host: Option<&str>| {
            let mut request = Request::get("https://example.com/a?b").version(Version::HTTP_2);
            if let Some(host) = host {
                request = request.header(HOST, host);
            }
            request.body(()).unwrap()
        };
        for host in [None, Some("example.com")] {
            let facts = facts(request(host)).ok().unwrap();
            assert_eq!(facts.target, "/a?b");
            assert_eq!(
                facts.headers,
                [("host".to_owned(), "example.com".to_owned())]
            );
        }
        assert!(facts(request(Some("evil.example"))).is_err());
    }
}
