//! The decision: every step of it, in order.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use hubkeys_auth::{Binding, Claim, Outcome, Refusal, RequestFacts};
use hubkeys_domain::keyring::{Keyring, OpenError};
use hubkeys_domain::{KeyId, KnownSecret, Scheme, Secret, SigningPolicy, StoredSecret, Timestamp};
use hubkeys_store::{
    Credential, DigestMover, KeyringError, KeyringSource, LastUsed, LeasedReader, ReplayGuard,
    Status, StoreError, Use,
};

use crate::{Decision, FactsDocument};

/// Decides who sent a request.
#[derive(Debug)]
pub struct Verifier {
    reader: LeasedReader,
    guard: ReplayGuard,
    last_used: LastUsed,
    keyring: Arc<KeyringSource>,
    mover: Option<DigestMover>,
    decoy: Decoy,
}

/// Nothing could be decided. Never a refusal: the request may be valid.
#[derive(Debug, thiserror::Error)]
pub enum CannotDecide {
    /// The credential could not be read.
    #[error("the credential could not be read")]
    Store(#[from] StoreError),
    /// The keyring could not be read.
    #[error("the keyring could not be read")]
    Keyring(#[from] KeyringError),
    /// The stored secret could not be opened.
    #[error("the stored secret could not be opened")]
    Open(#[from] OpenError),
    /// The clock can't be read, or stands before 1970.
    #[error("the clock can't be read")]
    Clock,
    /// There was no randomness at the start.
    #[error("the operating system gave no randomness")]
    Randomness(#[source] Box<dyn Error + Send + Sync>),
}

/// Secrets that nobody holds. A key that does not exist is checked against one of them, so that it takes the work of one
/// that does.
#[derive(Debug)]
struct Decoy {
    keyring: Arc<Keyring>,
    basic: StoredSecret,
    hmac: StoredSecret,
}

const DECOY_KEY: &str = "decoy";

impl Verifier {
    /// A verifier of the credentials that `reader` reads, whose secrets are under `keyring`, whose used signatures `guard`
    /// remembers, and of which `last_used` records when they were valid.
    ///
    /// # Errors
    /// [`CannotDecide::Randomness`].
    pub async fn new(
        reader: LeasedReader,
        guard: ReplayGuard,
        last_used: LastUsed,
        keyring: KeyringSource,
    ) -> Result<Self, CannotDecide> {
        let decoy = Decoy::new(keyring.current().await).map_err(CannotDecide::Randomness)?;
        Ok(Self {
            reader,
            guard,
            last_used,
            keyring: Arc::new(keyring),
            mover: None,
            decoy,
        })
    }

    /// The same verifier, which proposes the digests of Basic secrets under the keyring's current version by `mover`. Without
    /// one they stay under the version they were made under.
    #[must_use]
    pub fn moving_digests(mut self, mover: DigestMover) -> Self {
        self.mover = Some(mover);
        self
    }

    /// The decision on a request at instant `now`.
    ///
    /// # Errors
    /// [`CannotDecide`].
    pub async fn decide(
        &self,
        document: FactsDocument,
        now: Timestamp,
    ) -> Result<Decision, CannotDecide> {
        match RequestFacts::try_from(document) {
            Ok(facts) => self.decide_on(&facts, now).await,
            Err(refusal) => Ok(Decision::refused(None, refusal)),
        }
    }

    /// The decision on these facts at instant `now`.
    ///
    /// # Errors
    /// [`CannotDecide`].
    pub async fn decide_on(
        &self,
        facts: &RequestFacts,
        now: Timestamp,
    ) -> Result<Decision, CannotDecide> {
        let claim = match hubkeys_auth::parse(facts) {
            Ok(claim) => claim,
            Err(refusal) => return Ok(Decision::refused(None, refusal)),
        };
        let Ok(key) = claim.key().parse::<KeyId>() else {
            return Ok(Decision::refused(None, unknown_key()));
        };
        if let Some(refusal) = garbage(&claim) {
            return Ok(Decision::refused(Some(key), refusal));
        }
        self.reader.landed(&key).await;
        if let Some(decision) = self.decide_from_memory(facts, &claim, &key, now).await? {
            return Ok(decision);
        }
        // Apart, so that an answer from memory does not carry the 6 KB of a call to the database.
        let credential = Box::pin(self.reader.read(&key)).await?;
        self.judge(facts, &claim, key, credential.as_deref(), now)
            .await
    }

    /// The decision on a credential that was read so lately that it may be answered from. Only what passes is decided like this: a
    /// refusal is never remembered, but made on what the row says now.
    async fn decide_from_memory(
        &self,
        facts: &RequestFacts,
        claim: &Claim<'_>,
        key: &KeyId,
        now: Timestamp,
    ) -> Result<Option<Decision>, CannotDecide> {
        let held = self.reader.held(key);
        let held = held.filter(|held| held.scheme == claim.scheme());
        let Some(credential) = held.as_deref() else {
            // A key that nobody has used lately takes the work of one that somebody has.
            let _ = hubkeys_auth::check(facts, claim, &self.decoy.open(claim.scheme())?, now);
            return Ok(None);
        };
        let Ok(known) = self.open(key, &credential.secret).await else {
            return Ok(None);
        };
        match hubkeys_auth::check(facts, claim, &known, now) {
            Ok(binding) if forbidden(credential, &binding).is_none() => self
                .admit(facts, claim, key, credential, binding, now)
                .await
                .map(Some),
            _ => Ok(None),
        }
    }

    /// Unknown key, wrong scheme and wrong secret all take one read, one opening and one check. Only who passed the check
    /// learns whether the key is revoked or its account suspended.
    async fn judge(
        &self,
        facts: &RequestFacts,
        claim: &Claim<'_>,
        key: KeyId,
        credential: Option<&Credential>,
        now: Timestamp,
    ) -> Result<Decision, CannotDecide> {
        let presented = claim.scheme();
        let refusal = match credential {
            Some(credential) if credential.scheme == presented => {
                let known = match self.open(&key, &credential.secret).await {
                    // Nobody can prove any more that they hold its secret, and nobody has to: versions are removed from
                    // the keyring that no live key needs.
                    Err(CannotDecide::Open(OpenError::UnknownVersion(_)))
                        if credential.status == Status::Revoked =>
                    {
                        self.decoy.open(presented)?
                    }
                    opened => opened?,
                };
                match check(facts, claim, &known, now) {
                    Ok(binding) => match forbidden(credential, &binding) {
                        Some(refusal) => refusal,
                        None => {
                            return self
                                .admit(facts, claim, &key, credential, binding, now)
                                .await;
                        }
                    },
                    Err(refusal) => refusal,
                }
            }
            other => {
                // Its verdict is of no interest: nobody holds the decoy's secret.
                let known = self.decoy.open(presented)?;
                let _ = check(facts, claim, &known, now);
                if other.is_some() {
                    wrong_scheme()
                } else {
                    unknown_key()
                }
            }
        };
        Ok(Decision::refused(Some(key), refusal))
    }

    /// The last step, for what passes everything else, so that only such a request uses its signature up: is it the first time?
    async fn admit(
        &self,
        facts: &RequestFacts,
        claim: &Claim<'_>,
        key: &KeyId,
        credential: &Credential,
        binding: Binding,
        now: Timestamp,
    ) -> Result<Decision, CannotDecide> {
        if let Some(signature) = &binding.signature
            && policy_of(credential)
                .replay_protection
                .covers(acting_method(facts), binding.nonce.is_some())
        {
            let what = match &binding.nonce {
                Some(nonce) => format!("nonce#{nonce}"),
                None => hex::encode(signature.as_slice()),
            };
            let good_until = binding.date.unwrap_or(now).plus(hubkeys_auth::MAX_SKEW);
            let used = Box::pin(self.guard.use_once(key, &what, good_until)).await?;
            if used == Use::Again {
                return Ok(Decision::refused(Some(key.clone()), replayed()));
            }
        }
        // The decision is made: this only starts a write, and nothing waits for it.
        self.last_used.record(&credential.account, key, now);
        self.move_digest(claim, key, credential, now).await;
        Ok(Decision::valid(key.clone(), credential, binding))
    }

    /// The decision is made: this only starts a write, and nothing waits for it. A Basic secret is there now and never
    /// again, so now is when its digest can be made under the keyring's current version.
    async fn move_digest(
        &self,
        claim: &Claim<'_>,
        key: &KeyId,
        credential: &Credential,
        now: Timestamp,
    ) {
        let (Some(mover), Claim::Basic(claim)) = (&self.mover, claim) else {
            return;
        };
        self.keyring.refresh();
        let keyring = self.keyring.current().await;
        if credential.secret.keyring() < keyring.current() {
            mover.propose(key, now, || {
                keyring.move_digest(key.as_str(), &credential.secret, claim.secret())
            });
        }
    }

    async fn open(&self, key: &KeyId, stored: &StoredSecret) -> Result<KnownSecret, CannotDecide> {
        let keyring = self.keyring.with_version(stored.keyring()).await?;
        Ok(keyring.open(key.as_str(), stored)?)
    }
}

impl Decoy {
    fn new(keyring: Arc<Keyring>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let secret = Secret::generate()?;
        let basic = keyring.store(Scheme::Basic, DECOY_KEY, &secret)?;
        let hmac = keyring.store(Scheme::Hmac, DECOY_KEY, &secret)?;
        Ok(Self {
            keyring,
            basic,
            hmac,
        })
    }

    fn open(&self, scheme: Scheme) -> Result<KnownSecret, OpenError> {
        let stored = match scheme {
            Scheme::Basic => &self.basic,
            Scheme::Hmac => &self.hmac,
        };
        self.keyring.open(DECOY_KEY, stored)
    }
}

/// The verifier's check, and for a signature that does not match whether another method was signed: the official SDKs
/// sign one PUT as a POST, and nobody finds that by looking at the request.
fn check(
    facts: &RequestFacts,
    claim: &Claim<'_>,
    known: &KnownSecret,
    now: Timestamp,
) -> Result<Binding, Refusal> {
    let refusal = match hubkeys_auth::check(facts, claim, known, now) {
        Err(refusal) if refusal.outcome == Outcome::SignatureMismatch => refusal,
        decided => return decided,
    };
    let KnownSecret::Plain(secret) = known else {
        return Err(refusal);
    };
    Err(match hubkeys_auth::method_signed(facts, claim, secret) {
        Some(signed) => Refusal::new(
            Outcome::SignatureMismatch,
            format!(
                "the request was signed as {signed} and sent as {}",
                facts.method()
            ),
        ),
        None => refusal,
    })
}

/// What can't be a secret of ours is refused without a read: its form is public, so this tells nobody anything.
fn garbage(claim: &Claim<'_>) -> Option<Refusal> {
    match claim {
        Claim::Basic(claim) => {
            let error = claim.secret().check_format().err()?;
            Some(Refusal::new(Outcome::WrongSecret, error.to_string()))
        }
        Claim::HubHmac(_) | Claim::Rfc9421(_) | Claim::Cavage12(_) => None,
    }
}

fn unknown_key() -> Refusal {
    Refusal::new(Outcome::UnknownKey, "there is no such key")
}

fn wrong_scheme() -> Refusal {
    Refusal::new(
        Outcome::WrongScheme,
        "the key is of another scheme: a Basic key never signs, an HMAC secret is never sent",
    )
}

fn revoked() -> Refusal {
    Refusal::new(Outcome::Revoked, "the key was revoked: use another one")
}

fn account_suspended() -> Refusal {
    Refusal::new(
        Outcome::AccountSuspended,
        "the account of the key is suspended: no key of it is accepted until it is reinstated",
    )
}

fn replayed() -> Refusal {
    Refusal::new(
        Outcome::Replayed,
        "the signature was used before, and is good for one use only: sign each request anew",
    )
}

fn policy_of(credential: &Credential) -> Cow<'_, SigningPolicy> {
    match &credential.signing {
        Some(policy) => Cow::Borrowed(policy),
        None => Cow::Owned(SigningPolicy::default()),
    }
}

/// What only the holder of the secret gets to: is the key live, and may it prove itself like this?
fn forbidden(credential: &Credential, binding: &Binding) -> Option<Refusal> {
    match credential.status {
        Status::Active => {}
        Status::Disabled => return Some(account_suspended()),
        Status::Revoked => return Some(revoked()),
    }
    // Basic signs nothing.
    binding.signature.as_ref()?;
    let policy = policy_of(credential);
    if !binding
        .dialect
        .signing()
        .is_some_and(|dialect| policy.dialects.contains(&dialect))
    {
        return Some(Refusal::new(
            Outcome::ForbiddenDialect,
            "the key does not allow to sign in this dialect",
        ));
    }
    if !binding
        .algorithm
        .is_some_and(|algorithm| policy.algorithms.contains(&algorithm))
    {
        return Some(Refusal::new(
            Outcome::ForbiddenAlgorithm,
            "the key does not allow this algorithm",
        ));
    }
    None
}

/// The method as far as replay protection goes. What overrides it may make a `GET` do anything, so it counts as unsafe.
fn acting_method(facts: &RequestFacts) -> &str {
    const OVERRIDES: [&str; 4] = [
        "x-http-method",
        "x-http-method-override",
        "x-method-override",
        "x-original-method",
    ];
    let overrides = |name: &str| {
        OVERRIDES
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
    };
    if facts.headers().iter().any(|(name, _)| overrides(name)) {
        "overridden"
    } else {
        facts.method()
    }
}
