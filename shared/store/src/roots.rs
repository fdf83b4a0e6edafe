//! Whose word a deployed function takes for it that a server is AWS.
//!
//! Certificates of AWS's services are issued by Amazon Trust Services, who name five roots to whoever does not take a system's
//! (<https://www.amazontrust.com/repository/>). A system believes some 140: any of them could vouch for a server that is not AWS. And the
//! SDK reads most of them twice, for they lie in a bundle and in files of their own, which is more than half of verify's start.

use aws_smithy_http_client::tls::TrustStore;

const AMAZON: &[u8] = include_bytes!("amazon_roots.pem");
/// How regions begin that are of other partitions than `aws`: in some of them others issue certificates.
const OTHER_PARTITIONS: [&str; 5] = ["cn-", "eu-iso", "eusc-", "us-gov-", "us-iso"];
/// What names a system's roots to the SDK's loader, and to most programs. Where TLS is opened on the way, it is by a root that is named here.
pub(crate) const NAMED: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// The roots to believe in a region: Amazon's, unless the environment has named others, or the region is of another partition.
pub(crate) fn of_region(region: &str, are_named: bool) -> TrustStore {
    let is_elsewhere = OTHER_PARTITIONS
        .iter()
        .any(|start| region.starts_with(start));
    if are_named || is_elsewhere {
        TrustStore::default()
    } else {
        TrustStore::empty().with_pem_certificate(AMAZON)
    }
}

#[cfg(test)]
mod tests {
    use aws_smithy_http_client::Connector;
    use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
    use aws_smithy_http_client::tls::{Provider, TlsContext};

    use super::*;

    #[test]
    fn a_connector_can_be_made_of_amazons_roots() {
        let context = TlsContext::builder().with_trust_store(of_region("eu-central-1", false));
        // It ends in a panic where a certificate can't be read.
        let made = Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.build().unwrap())
            .build();
        assert!(format!("{made:?}").starts_with("Connector"), "{made:?}");
        assert_eq!(
            AMAZON
                .windows(5)
                .filter(|window| window == b"BEGIN")
                .count(),
            5
        );
    }

    fn are_amazons(roots: &TrustStore) -> bool {
        let shown = format!("{roots:?}");
        let systems = shown.contains("enable_native_roots: true");
        assert_eq!(systems, shown.contains("custom_certs: []"), "{shown}");
        !systems
    }

    #[test]
    fn only_amazons_roots_are_believed_unless_others_are_named_or_issue_there() {
        for region in [
            "eu-central-1",
            "us-east-1",
            "ap-southeast-4",
            "il-central-1",
        ] {
            assert!(are_amazons(&of_region(region, false)), "{region}");
            assert!(!are_amazons(&of_region(region, true)), "{region}");
        }
        for region in [
            "cn-north-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eusc-de-east-1",
            "eu-isoe-west-1",
        ] {
            assert!(!are_amazons(&of_region(region, false)), "{region}");
        }
    }
}
