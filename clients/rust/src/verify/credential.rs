//! Who a service is, to verify.

use std::fmt;

use http::HeaderValue;
use zeroize::Zeroizing;

use super::SetupError;

/// What a service identifies itself to verify with.
pub struct ServiceCredential(pub(super) Kind);

pub(super) enum Kind {
    Token(HeaderValue),
    #[cfg(feature = "iam")]
    Iam(super::iam::Signer),
}

impl ServiceCredential {
    /// The service token of a local stack, `.hubkeys/service-token`. White space around it is taken off.
    ///
    /// # Errors
    /// [`SetupError::ServiceToken`]
    pub fn token(token: &str) -> Result<Self, SetupError> {
        let token = token.trim();
        if token.is_empty() {
            return Err(SetupError::ServiceToken);
        }
        let field = Zeroizing::new(format!("Bearer {token}"));
        let mut field: HeaderValue = field.parse().map_err(|_| SetupError::ServiceToken)?;
        field.set_sensitive(true);
        Ok(Self(Kind::Token(field)))
    }

    /// AWS credentials that sign each question, for an API that takes IAM signatures in this region. The provider is the one
    /// of `aws_config`'s `SdkConfig`; what it gives is kept until a minute before it expires.
    #[cfg(feature = "iam")]
    pub fn iam(
        region: impl Into<String>,
        provider: aws_credential_types::provider::SharedCredentialsProvider,
    ) -> Self {
        Self(Kind::Iam(super::iam::Signer::new(region.into(), provider)))
    }
}

impl fmt::Debug for ServiceCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Token(_) => "ServiceCredential(token)",
            #[cfg(feature = "iam")]
            Kind::Iam(_) => "ServiceCredential(iam)",
        })
    }
}
