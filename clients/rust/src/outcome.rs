//! Why a request was refused.

use std::fmt;

/// The kind of a refusal, as verify names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// The request or its header is not of the form its scheme prescribes, or can be read in two ways.
    Malformed,
    /// The credential is of a scheme that is not verified.
    UnsupportedScheme,
    /// There is no such key.
    UnknownKey,
    /// The Basic secret is not the key's.
    WrongSecret,
    /// The signature is not that of this request under the key's secret.
    SignatureMismatch,
    /// The key is of another scheme than the one it was presented with.
    WrongScheme,
    /// The key was revoked.
    Revoked,
    /// The key, or the signature, has expired.
    Expired,
    /// The key is disabled.
    Disabled,
    /// The signed date is too far from now.
    ClockSkew,
    /// The body is not the one that was signed.
    BodyMismatch,
    /// The signature is silent about a part of the request that has to be bound.
    InsufficientCoverage,
    /// The signature was used before, and is good for one use.
    Replayed,
    /// The key does not sign in this dialect.
    ForbiddenDialect,
    /// The key does not sign with this algorithm.
    ForbiddenAlgorithm,
    /// The key's policy does not cover the operation.
    ForbiddenScope,
    /// The key's policy does not cover the address the request came from.
    ForbiddenAddress,
    /// The key's account is suspended.
    AccountSuspended,
    /// Something this version of the client does not know. A refusal like the others.
    Other(String),
}

/// Every outcome with its name.
const NAMES: [(Outcome, &str); 18] = [
    (Outcome::Malformed, "malformed"),
    (Outcome::UnsupportedScheme, "unsupported_scheme"),
    (Outcome::UnknownKey, "unknown_key"),
    (Outcome::WrongSecret, "wrong_secret"),
    (Outcome::SignatureMismatch, "signature_mismatch"),
    (Outcome::WrongScheme, "wrong_scheme"),
    (Outcome::Revoked, "revoked"),
    (Outcome::Expired, "expired"),
    (Outcome::Disabled, "disabled"),
    (Outcome::ClockSkew, "clock_skew"),
    (Outcome::BodyMismatch, "body_mismatch"),
    (Outcome::InsufficientCoverage, "insufficient_coverage"),
    (Outcome::Replayed, "replayed"),
    (Outcome::ForbiddenDialect, "forbidden_dialect"),
    (Outcome::ForbiddenAlgorithm, "forbidden_algorithm"),
    (Outcome::ForbiddenScope, "forbidden_scope"),
    (Outcome::ForbiddenAddress, "forbidden_address"),
    (Outcome::AccountSuspended, "account_suspended"),
];

impl Outcome {
    /// The outcome of this name; [`Outcome::Other`] for one that is not known.
    pub fn named(name: impl Into<String>) -> Self {
        let name = name.into();
        match NAMES.into_iter().find(|(_, known)| *known == name) {
            Some((outcome, _)) => outcome,
            None => Self::Other(name),
        }
    }

    /// The name, as it stands in verify's answer.
    pub fn as_str(&self) -> &str {
        if let Self::Other(name) = self {
            return name;
        }
        // Every outcome but `Other` is in the list; a test goes through them.
        NAMES
            .iter()
            .find(|(outcome, _)| outcome == self)
            .map_or("", |(_, name)| name)
    }

    /// Whether the sender is known and may not do this: `forbidden_*` and `account_suspended`, answered with 403. All
    /// other refusals are about who the sender is, and have one answer in common, 401.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::AccountSuspended) || self.as_str().starts_with("forbidden_")
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_as_its_outcome() {
        for (outcome, name) in NAMES {
            assert_eq!(Outcome::named(name), outcome);
            assert_eq!(outcome.as_str(), name);
        }
    }

    #[test]
    fn every_outcome_of_the_decision_is_known_here() {
        use hubkeys_auth::Outcome as Decided;
        for decided in [
            Decided::Malformed,
            Decided::UnsupportedScheme,
            Decided::UnknownKey,
            Decided::WrongSecret,
            Decided::SignatureMismatch,
            Decided::WrongScheme,
            Decided::Revoked,
            Decided::AccountSuspended,
            Decided::Expired,
            Decided::Replayed,
            Decided::ForbiddenDialect,
            Decided::ForbiddenAlgorithm,
            Decided::ClockSkew,
            Decided::BodyMismatch,
            Decided::InsufficientCoverage,
        ] {
            let outcome = Outcome::named(decided.as_str());
            assert!(!matches!(outcome, Outcome::Other(_)), "{outcome}");
        }
    }

    #[test]
    fn only_what_names_itself_forbidden_or_suspended_is_forbidden() {
        let forbidden: Vec<_> = NAMES
            .into_iter()
            .filter(|(outcome, _)| outcome.is_forbidden())
            .map(|(_, name)| name)
            .collect();
        assert_eq!(
            forbidden,
            [
                "forbidden_dialect",
                "forbidden_algorithm",
                "forbidden_scope",
                "forbidden_address",
                "account_suspended"
            ]
        );
        assert!(Outcome::named("forbidden_hour").is_forbidden());
        assert!(!Outcome::named("unforbidden_hour").is_forbidden());
    }
}
