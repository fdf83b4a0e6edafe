//! The Hub and the portal, from the folder they are built into. Looked at anew for every request, so that a build beside a
//! running stack is seen at once.

mod headers;

use std::fs;
use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, VARY};
use http::{HeaderValue, Method, Request, StatusCode};
use maud::html;
use percent_encoding::percent_decode_str;
use tower_http::services::ServeFile;

use crate::problem::Problem;
use crate::sign_in::{page, redirect, to_canonical_origin};
use headers::PageHeaders;

const HUB: &str = "index.html";
const PORTAL: &str = "docs/index.html";
const REFERENCE: &str = "docs/reference/index.html";

/// The pages' folder, and what they are sent with.
pub(crate) struct Pages {
    folder: PathBuf,
    headers: PageHeaders,
}

impl Pages {
    /// Those in this folder, which may be built later.
    ///
    /// # Errors
    /// `infra/pages-headers.json` is not as it should be.
    pub(crate) fn new(folder: &Path) -> Result<Self, String> {
        Ok(Self {
            folder: folder.to_owned(),
            headers: PageHeaders::embedded()?,
        })
    }

    /// Whether the Hub is there.
    pub(crate) fn are_built(&self) -> bool {
        self.folder.join(HUB).is_file()
    }

    /// The page or asset that is asked for, if there is one.
    pub(crate) async fn answer(
        &self,
        request: &Request<()>,
        origin: &str,
    ) -> Option<Result<Response, Problem>> {
        let path = request.uri().path();
        let found = self.file(path);
        let is_start = path == "/";
        // As people type it. One address for each page, though.
        let without_slash = path
            .strip_suffix('/')
            .filter(|path| is_page(path) && self.file(path).is_some());
        if found.is_none() && !is_start && without_slash.is_none() {
            return None;
        }
        if ![Method::GET, Method::HEAD].contains(request.method()) {
            return Some(Err(Problem::method_not_allowed("GET, HEAD")));
        }
        if let Some(elsewhere) = to_canonical_origin(request, origin) {
            return Some(Ok(elsewhere));
        }
        if let Some(path) = without_slash {
            return Some(Ok(redirect(&format!("{origin}{path}"))));
        }
        let Some(file) = found else {
            return Some(Ok(not_built(&self.folder)));
        };
        Some(self.send(&file, path, request).await)
    }

    async fn send(
        &self,
        file: &Path,
        path: &str,
        request: &Request<()>,
    ) -> Result<Response, Problem> {
        let mut read = Request::new(());
        *read.method_mut() = request.method().clone();
        *read.headers_mut() = request.headers().clone();
        let mut service = ServeFile::new(file);
        if self.inside(&beside(file)).is_some() {
            service = service.precompressed_gzip();
        }
        let sent = service.try_call(read).await.map_err(|error| {
            tracing::error!(%error, "a page could not be read");
            Problem::internal()
        })?;
        let mut response = sent.map(Body::new);
        if response.status() == StatusCode::NOT_FOUND {
            // It went away between the look and the read: a build is under way.
            return Err(Problem::not_found());
        }
        let headers = response.headers_mut();
        self.headers.apply(path, headers);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == "text/html")
        {
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            );
        }
        Ok(response)
    }

    /// The file for a path: that of its name, or the page that shows such paths.
    fn file(&self, path: &str) -> Option<PathBuf> {
        let name = relative(path)?;
        if !name.is_empty()
            && let Some(file) = self.inside(&self.folder.join(&name))
        {
            return Some(file);
        }
        self.inside(&self.folder.join(shown_by(&name)?))
    }

    /// The file with all links followed, if it is one and still in the folder.
    fn inside(&self, file: &Path) -> Option<PathBuf> {
        let folder = fs::canonicalize(&self.folder).ok()?;
        let file = fs::canonicalize(file).ok()?;
        (file.starts_with(&folder) && file.is_file()).then_some(file)
    }
}

/// Where the file is that was compressed beforehand.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".gz");
    PathBuf::from(name)
}

/// The path as a name in the folder, decoded. None where a segment is empty, is or begins with a dot, or holds what has a
/// meaning in some file system.
fn relative(path: &str) -> Option<String> {
    let path = path.strip_prefix('/')?;
    if path.is_empty() {
        return Some(String::new());
    }
    let segments = path.split('/').map(|segment| {
        let segment = percent_decode_str(segment).decode_utf8().ok()?;
        let plain = !segment.is_empty()
            && !segment.starts_with('.')
            && !segment
                .chars()
                .any(|character| matches!(character, '/' | '\\' | ':') || character.is_control());
        plain.then(|| segment.into_owned())
    });
    Some(segments.collect::<Option<Vec<_>>>()?.join("/"))
}

/// Whether the path is one of a page, and not of a file.
fn is_page(path: &str) -> bool {
    relative(path).is_some_and(|name| !name.is_empty() && shown_by(&name).is_some())
}

/// The page that shows what is at a path, in the browser.
fn shown_by(path: &str) -> Option<&'static str> {
    let under = |prefix: &str| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    match path {
        "" | "signed-out" => Some(HUB),
        "docs/reference" => Some(REFERENCE),
        "docs" => Some(PORTAL),
        _ if under("settings") || under("sign-in") => Some(HUB),
        _ if under("docs/guides") => Some(PORTAL),
        _ => None,
    }
}

/// The start page of a stack without the Hub.
fn not_built(folder: &Path) -> Response {
    let main = html! {
        h1 { "The API runs, the Hub is not built" }
        p.lead {
            "This stack serves the API, the sign-in and the command line. It would serve the Hub, too, but found no page in "
            code { (folder.display()) } "."
        }
        p { "To get it, install Node 20 or newer with npm, stop the stack, and start it with" }
        pre tabindex="0" { "script/server" }
        p { "which builds the Hub first. A stack that runs sees it as soon as it is built." }
        p { "There already:" }
        ul {
            li { a href="/health" { "/health" } " whether it runs" }
            li { a href="/local/users" { "/local/users" } " the demo users" }
            li {
                a href="/.well-known/openid-configuration" { "/.well-known/openid-configuration" }
                " the sign-in"
            }
        }
    };
    page(StatusCode::OK, "Not built", &main)
}

#[cfg(test)]
mod tests;
