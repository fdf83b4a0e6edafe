//! The sign-in service: tokens for the demo users, in the form Cognito gives them, and their verification.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::SecretKey;
use p256::pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use rand::TryRng as _;
use rand::rngs::SysRng;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::User;
use crate::http_server::is_port;

/// The one client of the sign-in service.
pub(crate) const AUDIENCE: &str = "hubkeys";
/// Seconds a token is good for.
pub(crate) const LIFETIME: i64 = 3600;

const NO_ID_TOKEN: &str = "not an id token, which alone names the account: send the id_token";

/// Signs and verifies tokens with ES256 (RFC 7518 section 3.4).
pub(crate) struct Issuer {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
    jwk: Jwk,
    key_id: String,
    origin: String,
}

/// The issuer's key can't be made or used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IssuerError {
    #[error("the operating system gave no randomness")]
    Randomness,
    /// Quotes nothing of the key.
    #[error("not a P-256 private key in PEM: delete the file to have a new one made")]
    BadKey,
}

impl Issuer {
    /// A new private key, as PKCS#8 PEM.
    pub(crate) fn generate_key() -> Result<Zeroizing<String>, IssuerError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        loop {
            SysRng
                .try_fill_bytes(bytes.as_mut_slice())
                .map_err(|_| IssuerError::Randomness)?;
            // Zero and what is beyond the curve's order are no keys; one in 2³² draws is.
            if let Ok(key) = SecretKey::from_slice(bytes.as_slice()) {
                return key
                    .to_pkcs8_pem(LineEnding::LF)
                    .map_err(|_| IssuerError::BadKey);
            }
        }
    }

    /// The issuer with this key, served at this origin: `http://127.0.0.1:<port>`.
    pub(crate) fn from_pem(pem: &str, origin: &str) -> Result<Self, IssuerError> {
        let secret: SecretKey =
            p256::pkcs8::DecodePrivateKey::from_pkcs8_pem(pem).map_err(|_| IssuerError::BadKey)?;
        let public = secret
            .public_key()
            .to_public_key_pem(LineEnding::LF)
            .map_err(|_| IssuerError::BadKey)?;
        let signing = EncodingKey::from_ec_pem(pem.as_bytes()).map_err(|_| IssuerError::BadKey)?;
        let verifying =
            DecodingKey::from_ec_pem(public.as_bytes()).map_err(|_| IssuerError::BadKey)?;
        let mut jwk =
            Jwk::from_encoding_key(&signing, Algorithm::ES256).map_err(|_| IssuerError::BadKey)?;
        let key_id = jwk
            .thumbprint(ThumbprintHash::SHA256)
            .map_err(|_| IssuerError::BadKey)?;
        jwk.common.key_id = Some(key_id.clone());
        // ES256 alone: a verifier that let the token choose could be given the public key as an HMAC secret.
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        Ok(Self {
            signing,
            verifying,
            validation,
            jwk,
            key_id,
            origin: origin.to_owned(),
        })
    }

    /// What tokens name as their issuer, and where it is: no slash at the end.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// An id token for `user`, who has just signed in, good for `lifetime` seconds from `now`; a negative lifetime gives one
    /// that has expired.
    pub(crate) fn token(&self, user: &User, now: i64, lifetime: i64) -> Result<String, Error> {
        self.signed(id_claims(user, now), now, lifetime)
    }

    /// The id token of a sign-in, with what binds it to the client's request and to the access token beside it (OpenID Connect
    /// Core sections 2 and 3.1.3.6).
    pub(crate) fn id_token(
        &self,
        user: &User,
        signed_in_at: i64,
        nonce: Option<&str>,
        access_token: &str,
        now: i64,
        lifetime: i64,
    ) -> Result<String, Error> {
        let mut claims = id_claims(user, signed_in_at);
        let digest = Sha256::digest(access_token.as_bytes());
        let (left_half, _) = digest.split_at(digest.len() / 2);
        claims.insert(
            "at_hash".to_owned(),
            URL_SAFE_NO_PAD.encode(left_half).into(),
        );
        if let Some(nonce) = nonce {
            claims.insert("nonce".to_owned(), nonce.into());
        }
        self.signed(claims, now, lifetime)
    }

    /// The access token of a sign-in. As Cognito's it names a client, no audience and no account.
    pub(crate) fn access_token(
        &self,
        user: &User,
        signed_in_at: i64,
        now: i64,
        lifetime: i64,
    ) -> Result<String, Error> {
        let claims = Map::from_iter([
            ("sub".to_owned(), user.name.into()),
            ("username".to_owned(), user.name.into()),
            ("cognito:groups".to_owned(), json!([user.group])),
            ("client_id".to_owned(), AUDIENCE.into()),
            ("token_use".to_owned(), "access".into()),
            ("scope".to_owned(), "openid".into()),
            ("auth_time".to_owned(), signed_in_at.into()),
        ]);
        self.signed(claims, now, lifetime)
    }

    fn signed(
        &self,
        mut claims: Map<String, Value>,
        now: i64,
        lifetime: i64,
    ) -> Result<String, Error> {
        claims.insert("iss".to_owned(), self.origin.as_str().into());
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), now.saturating_add(lifetime).into());
        claims.insert("jti".to_owned(), Uuid::now_v7().to_string().into());
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some(self.key_id.clone());
        jsonwebtoken::encode(&header, &claims, &self.signing)
    }

    /// The claims of an id token that is ours, for us and in its time; otherwise why not.
    pub(crate) fn verify(&self, token: &str) -> Result<Map<String, Value>, &'static str> {
        let claims = self.claims(token, &self.validation)?;
        if claims.get("token_use").and_then(Value::as_str) == Some("id") {
            Ok(claims)
        } else {
            Err(NO_ID_TOKEN)
        }
    }

    /// Whom an id token of ours was made for, whenever that was.
    pub(crate) fn user_of(&self, token: &str) -> Option<String> {
        let mut at_any_time = self.validation.clone();
        at_any_time.validate_exp = false;
        let claims = self.claims(token, &at_any_time).ok()?;
        claims.get("sub")?.as_str().map(str::to_owned)
    }

    fn claims(
        &self,
        token: &str,
        validation: &Validation,
    ) -> Result<Map<String, Value>, &'static str> {
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &self.verifying, validation)
            .map(|token| token.claims)
            .map_err(|error| match error.kind() {
                ErrorKind::ExpiredSignature => "the token has expired",
                ErrorKind::ImmatureSignature => "the token is not valid yet",
                ErrorKind::InvalidAudience => "the token is for another audience",
                ErrorKind::MissingRequiredClaim(claim) if claim == "aud" => NO_ID_TOKEN,
                ErrorKind::MissingRequiredClaim(_) => "the token lacks a required claim",
                _ => "the token is not one of this issuer",
            })?;
        match claims.get("iss").and_then(Value::as_str) {
            Some(issuer) if is_local_origin(issuer) => Ok(claims),
            _ => Err("the token is of another issuer"),
        }
    }

    /// The public key as a JSON Web Key Set (RFC 7517).
    pub(crate) fn key_set(&self) -> Value {
        json!({ "keys": [self.jwk] })
    }
}

/// Who the user is, in Cognito's words.
fn id_claims(user: &User, signed_in_at: i64) -> Map<String, Value> {
    let mut claims = Map::from_iter([
        ("aud".to_owned(), AUDIENCE.into()),
        ("sub".to_owned(), user.name.into()),
        ("cognito:username".to_owned(), user.name.into()),
        ("email".to_owned(), user.name.into()),
        ("cognito:groups".to_owned(), json!([user.group])),
        ("token_use".to_owned(), "id".into()),
        ("auth_time".to_owned(), signed_in_at.into()),
    ]);
    if let Some(account) = user.account {
        claims.insert("custom:account".to_owned(), account.into());
    }
    claims
}

/// Whether it is an origin this stack has, or had before it was started on another port. Which of them does not matter: only
/// the data folder's key makes a token ours, and a sign-in should outlive a restart.
fn is_local_origin(issuer: &str) -> bool {
    issuer
        .strip_prefix("http://127.0.0.1:")
        .is_some_and(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEMO_USERS;

    const ORIGIN: &str = "http://127.0.0.1:3000";

    fn issuer() -> Issuer {
        Issuer::from_pem(&Issuer::generate_key().unwrap(), ORIGIN).unwrap()
    }

    fn now() -> i64 {
        jiff::Timestamp::now().as_second()
    }

    fn claims() -> Value {
        json!({
            "iss": ORIGIN, "aud": AUDIENCE, "sub": "admin@acme", "token_use": "id", "exp": now() + 60
        })
    }

    fn signed(issuer: &Issuer, claims: &Value) -> String {
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), claims, &issuer.signing).unwrap()
    }

    #[test]
    fn a_token_carries_who_the_user_is_as_cognito_says_it() {
        let issuer = issuer();
        let token = issuer.token(&DEMO_USERS[0], now(), LIFETIME).unwrap();
        let claims = issuer.verify(&token).unwrap();
        assert_eq!(claims["sub"], "admin@acme");
        assert_eq!(claims["custom:account"], "acme");
        assert_eq!(claims["cognito:groups"], json!(["Administrator"]));
        assert_eq!(claims["exp"], json!(claims["iat"].as_i64().unwrap() + 3600));
    }

    #[test]
    fn an_operator_belongs_to_no_account() {
        let issuer = issuer();
        let token = issuer.token(&DEMO_USERS[9], now(), LIFETIME).unwrap();
        let claims = issuer.verify(&token).unwrap();
        assert_eq!(claims["cognito:groups"], json!(["Operator"]));
        assert!(!claims.contains_key("custom:account"));
    }

    #[test]
    fn a_token_outlives_a_restart_but_not_its_hour() {
        let pem = Issuer::generate_key().unwrap();
        let before = Issuer::from_pem(&pem, ORIGIN).unwrap();
        let after = Issuer::from_pem(&pem, "http://127.0.0.1:3001").unwrap();
        let token = before.token(&DEMO_USERS[0], now(), LIFETIME).unwrap();
        assert!(after.verify(&token).is_ok());
        let expired = before.token(&DEMO_USERS[0], now(), -1).unwrap();
        assert_eq!(after.verify(&expired), Err("the token has expired"));
    }

    #[test]
    fn a_token_of_another_key_issuer_or_audience_or_without_an_end_is_refused() {
        let issuer = issuer();
        assert!(issuer.verify(&signed(&issuer, &claims())).is_ok());
        let other = self::issuer();
        assert!(issuer.verify(&signed(&other, &claims())).is_err());
        for (claim, value) in [
            ("iss", json!("someone-else")),
            ("iss", json!("http://127.0.0.1:3000/")),
            ("iss", json!("http://127.0.0.1:+3000")),
            ("iss", json!("http://127.0.0.1.evil.example:3000")),
            ("token_use", json!("access")),
            ("token_use", Value::Null),
            ("aud", json!("another-client")),
            ("exp", Value::Null),
            ("exp", json!("soon")),
            ("sub", Value::Null),
            ("iss", Value::Null),
            ("aud", Value::Null),
            ("nbf", json!(now() + 60)),
        ] {
            let mut claims = claims();
            claims[claim] = value.clone();
            let token = signed(&issuer, &claims);
            assert!(issuer.verify(&token).is_err(), "{claim} {value}");
        }
    }

    #[test]
    fn a_token_chooses_neither_its_algorithm_nor_none() {
        let issuer = issuer();
        let genuine = signed(&issuer, &claims());
        let body = genuine.split('.').nth(1).unwrap();
        for alg in ["none", "None", "NONE", "ES384", "RS256"] {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": alg, "typ": "JWT" }).to_string());
            for signature in ["", genuine.split('.').nth(2).unwrap()] {
                assert!(
                    issuer
                        .verify(&format!("{header}.{body}.{signature}"))
                        .is_err()
                );
            }
        }
        // The public key is public: whoever may use it as an HMAC secret makes any token.
        let DecodingKeyBytes(public) = DecodingKeyBytes::of(&issuer);
        for secret in [public.as_slice(), issuer.key_set().to_string().as_bytes()] {
            let token = jsonwebtoken::encode(
                &Header::new(Algorithm::HS256),
                &claims(),
                &EncodingKey::from_secret(secret),
            )
            .unwrap();
            assert!(issuer.verify(&token).is_err());
        }
    }

    struct DecodingKeyBytes(Vec<u8>);

    impl DecodingKeyBytes {
        fn of(issuer: &Issuer) -> Self {
            Self(issuer.verifying.try_get_as_bytes().unwrap().to_vec())
        }
    }

    #[test]
    fn garbage_is_refused_without_a_panic() {
        let issuer = issuer();
        for text in [
            "",
            ".",
            "..",
            "...",
            "a.b.c",
            "\u{e9}.\u{e9}.\u{e9}",
            "e30.e30.",
            "bnVsbA.bnVsbA.AA",
        ] {
            assert!(issuer.verify(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_key_set_shows_the_public_key_and_no_more() {
        let set = issuer().key_set();
        let key = set["keys"][0].as_object().unwrap();
        assert_eq!(key["kty"], "EC");
        assert_eq!(key["crv"], "P-256");
        assert_eq!(key["alg"], "ES256");
        assert!(key.contains_key("kid") && !key.contains_key("d"));
    }
}
