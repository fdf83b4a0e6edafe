//! `POST <url>/v1/verify`.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt as _;

use super::credential::{Kind, ServiceCredential};
use super::retry::Failure;
use super::{LARGEST_ANSWER, SetupError, VerifyError};

/// Shorter than a question may take, so that one lost packet leaves time for another connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(1_500);
/// Shorter than gateways keep a connection, for one that closes under a question loses it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
const JSON: HeaderValue = HeaderValue::from_static("application/json");

pub(super) struct Https {
    client: Client,
    url: Url,
    credential: Kind,
}

impl Https {
    pub(super) fn new(url: &str, credential: ServiceCredential) -> Result<Self, SetupError> {
        let url = endpoint(url)?;
        let is_https = url.scheme() == "https";
        let mut client = Client::builder()
            .tls_backend_preconfigured(
                tls(is_https).map_err(|error| SetupError::Tls(error.into()))?,
            )
            // A redirect would take the credential and the client's secret to another host.
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT);
        if !is_https {
            client = client.no_proxy();
        }
        Ok(Self {
            client: client
                .build()
                .map_err(|error| SetupError::Tls(error.into()))?,
            url,
            credential: credential.0,
        })
    }

    pub(super) fn url(&self) -> &str {
        self.url.as_str()
    }

    pub(super) async fn ask(&self, question: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, JSON), (ACCEPT, JSON)]);
        match &self.credential {
            Kind::Token(token) => {
                headers.insert(AUTHORIZATION, token.clone());
            }
            #[cfg(feature = "iam")]
            Kind::Iam(signer) => {
                signer
                    .sign(self.url.as_str(), &mut headers, question)
                    .await?;
            }
        }
        let answer = self
            .client
            .request(Method::POST, self.url.clone())
            .headers(headers)
            .body(question.to_vec())
            .send()
            .await
            .map_err(failure)?;
        match answer.status() {
            StatusCode::OK => read(answer).await,
            StatusCode::SERVICE_UNAVAILABLE => Err(Failure {
                error: VerifyError::Unavailable,
                again: retry_after(answer.headers()),
            }),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                Err(VerifyError::NotAService { status }.into())
            }
            status => Err(VerifyError::Unexpected { status }.into()),
        }
    }
}

fn endpoint(url: &str) -> Result<Url, SetupError> {
    let mut url = Url::parse(url).map_err(|_| SetupError::Url)?;
    let has_more = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if has_more {
        return Err(SetupError::UrlParts);
    }
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(url.host_str().unwrap_or_default()) => {}
        "http" => return Err(SetupError::PlainHttp),
        _ => return Err(SetupError::Url),
    }
    url.path_segments_mut()
        .map_err(|()| SetupError::Url)?
        .pop_if_empty()
        .extend(["v1", "verify"]);
    Ok(url)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

/// TLS by ring, with the system's roots; with none where there is no TLS, so that nothing is read for nothing.
fn tls(is_used: bool) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    let builder = if is_used {
        builder.with_platform_verifier()?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}

fn failure(error: reqwest::Error) -> Failure {
    // Without the connection nothing was sent. After it, nobody can tell.
    let again = error.is_connect().then_some(Duration::ZERO);
    let source = error.without_url().into();
    let error = match again {
        Some(_) => VerifyError::Unreachable(source),
        None => VerifyError::Interrupted(source),
    };
    Failure { error, again }
}

/// Seconds only: verify says no date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .parse::<u32>()
        .ok()?;
    Some(Duration::from_secs(seconds.into()))
}

async fn read(mut answer: Response) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(interrupted)? {
        if bytes.len() + chunk.len() > LARGEST_ANSWER {
            return Err(VerifyError::TooLarge.into());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn interrupted(error: reqwest::Error) -> Failure {
    VerifyError::Interrupted(error.without_url().into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_below_the_url_with_its_path() {
        for (url, expected) in [
            (
                "https://api.example.com",
                "https://api.example.com/v1/verify",
            ),
            (
                "https://api.example.com/",
                "https://api.example.com/v1/verify",
            ),
            (
                "https://api.example.com/prod",
                "https://api.example.com/prod/v1/verify",
            ),
            (
                "https://api.example.com/prod/",
                "https://api.example.com/prod/v1/verify",
            ),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/v1/verify"),
            ("http://[::1]:3000", "http://[::1]:3000/v1/verify"),
            ("http://localhost", "http://localhost/v1/verify"),
        ] {
            assert_eq!(endpoint(url).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for url in [
            "http://api.example.com",
            "http://10.0.0.1",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://[2001:db8::1]",
        ] {
            assert!(matches!(endpoint(url), Err(SetupError::PlainHttp)), "{url}");
        }
    }

    #[test]
    fn what_is_no_bare_url_is_refused() {
        for url in [
            "",
            "api.example.com",
            "ftp://api.example.com",
            "data:text/plain,x",
            "https://",
        ] {
            assert!(matches!(endpoint(url), Err(SetupError::Url)), "{url}");
        }
        for url in [
            "https://user@example.com",
            "https://:p@example.com",
            "https://example.com?x",
            "https://example.com#x",
        ] {
            assert!(matches!(endpoint(url), Err(SetupError::UrlParts)), "{url}");
        }
    }

    #[test]
    fn a_token_is_trimmed_and_must_fit_a_header() {
        assert!(ServiceCredential::token("hst_x\n").is_ok());
        for token in ["", " \n", "a\nb", "a\0b"] {
            assert!(matches!(
                ServiceCredential::token(token),
                Err(SetupError::ServiceToken)
            ));
        }
        let credential = ServiceCredential::token("hst_x").unwrap();
        assert!(!format!("{credential:?}").contains("hst_x"));
    }
}
