//! AWS Signature Version 4, for an API that lets services in by IAM.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use http::{HeaderMap, Request};
use tokio::sync::Mutex;

use super::VerifyError;

/// What API Gateway calls itself in a signature.
const SERVICE: &str = "execute-api";
/// Credentials that are about to expire are replaced before they do.
const MARGIN: Duration = Duration::from_secs(60);

pub(super) struct Signer {
    region: String,
    provider: SharedCredentialsProvider,
    kept: Mutex<Option<Credentials>>,
}

impl Signer {
    pub(super) fn new(region: String, provider: SharedCredentialsProvider) -> Self {
        Self {
            region,
            provider,
            kept: Mutex::new(None),
        }
    }

    /// Adds the signature of `POST url` with this body to its headers.
    pub(super) async fn sign(
        &self,
        url: &str,
        headers: &mut HeaderMap,
        body: &[u8],
    ) -> Result<(), VerifyError> {
        let now = SystemTime::now();
        let credentials = self.credentials(now).await?;
        self.sign_with(credentials, now, url, headers, body)
            .map_err(VerifyError::Signing)
    }

    fn sign_with(
        &self,
        credentials: Credentials,
        now: SystemTime,
        url: &str,
        headers: &mut HeaderMap,
        body: &[u8],
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let identity = credentials.into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable =
            SignableRequest::new("POST", url, std::iter::empty(), SignableBody::Bytes(body))?;
        let (instructions, _) = sign(signable, &params)?.into_parts();
        let mut signed = Request::post(url).body(())?;
        instructions.apply_to_request_http1x(&mut signed);
        headers.extend(std::mem::take(signed.headers_mut()));
        Ok(())
    }

    /// Kept while they are good. Those without an expiry are the provider's to keep.
    async fn credentials(&self, now: SystemTime) -> Result<Credentials, VerifyError> {
        let mut kept = self.kept.lock().await;
        if let Some(credentials) = kept.as_ref()
            && credentials
                .expiry()
                .is_some_and(|expiry| now + MARGIN < expiry)
        {
            return Ok(credentials.clone());
        }
        let provided = self.provider.provide_credentials().await;
        let credentials = provided.map_err(|error| VerifyError::Credentials(error.into()))?;
        *kept = Some(credentials.clone());
        Ok(credentials)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_credential_types::provider::{ProvideCredentials, future};

    use super::*;

    #[derive(Debug)]
    struct Counted {
        expiry: Option<SystemTime>,
        asked: Arc<AtomicUsize>,
    }

    impl ProvideCredentials for Counted {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            self.asked.fetch_add(1, Ordering::Relaxed);
            future::ProvideCredentials::ready(Ok(Credentials::new(
                "AKIDEXAMPLE",
                "secret",
                Some("session".to_owned()),
                self.expiry,
                "test",
            )))
        }
    }

    fn signer(expiry: Option<SystemTime>) -> (Signer, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let provider = Counted {
            expiry,
            asked: Arc::clone(&asked),
        };
        let provider = SharedCredentialsProvider::new(provider);
        (Signer::new("eu-central-1".to_owned(), provider), asked)
    }

    #[tokio::test]
    async fn a_question_is_signed_for_the_api_in_its_region_with_its_session() {
        let (signer, _) = signer(None);
        let mut headers = HeaderMap::new();
        signer
            .sign(
                "https://api.example.com/prod/v1/verify",
                &mut headers,
                b"{}",
            )
            .await
            .unwrap();
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(
            authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"),
            "{authorization}"
        );
        assert!(
            authorization.contains("/eu-central-1/execute-api/aws4_request"),
            "{authorization}"
        );
        assert!(
            authorization.contains("SignedHeaders=host;"),
            "{authorization}"
        );
        assert_eq!(headers["x-amz-security-token"], "session");
        assert!(headers.contains_key("x-amz-date"));
    }

    #[tokio::test]
    async fn credentials_are_kept_until_shortly_before_they_expire() {
        let now = SystemTime::now();
        for (left, expected) in [(Some(MARGIN * 2), 1), (Some(MARGIN / 2), 3), (None, 3)] {
            let (signer, asked) = signer(left.map(|left| now + left));
            for _ in 0..3 {
                signer.credentials(now).await.unwrap();
            }
            assert_eq!(asked.load(Ordering::Relaxed), expected, "{left:?}");
        }
    }
}
