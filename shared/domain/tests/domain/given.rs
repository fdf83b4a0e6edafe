//! Who acts, when, and what has happened already.

use hubkeys_domain::account::{AccountEvent, Standing};
use hubkeys_domain::api_key::{ApiKeyEvent, DisabledBecause};
use hubkeys_domain::{
    Actor, AuthorizedAdministrator, KeyId, KeyName, KeyringVersion, Operator, Principal, Role,
    Scheme, StoredSecret, Timestamp,
};

pub(crate) const KEY: &str = "hk_01jd3v9m2x8c5q7w4n6t0r1z2y";

pub(crate) fn user(account: &str, role: Role) -> Principal {
    Principal {
        account: account.parse().unwrap(),
        user: format!("{}@{account}", role.as_str()).parse().unwrap(),
        role,
    }
}

pub(crate) fn administrator(account: &str) -> AuthorizedAdministrator {
    user(account, Role::Administrator)
        .administer_keys(Standing::Verified)
        .unwrap()
}

pub(crate) fn operator() -> Operator {
    Operator {
        user: "staff-7".parse().unwrap(),
    }
}

pub(crate) fn administrator_of_acme() -> Actor {
    administrator("acme").actor()
}

/// The instant `minute` minutes into the story.
pub(crate) fn minute(minute: i64) -> Timestamp {
    Timestamp::from_millis(1_795_422_600_000 + minute * 60_000).unwrap()
}

pub(crate) fn key_id() -> KeyId {
    KEY.parse().unwrap()
}

pub(crate) fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

pub(crate) fn digest() -> StoredSecret {
    StoredSecret::Digest {
        keyring: KeyringVersion::try_from("1".to_owned()).unwrap(),
        mac: [7; 32],
    }
}

pub(crate) fn sealed() -> StoredSecret {
    StoredSecret::Sealed {
        keyring: KeyringVersion::try_from("2".to_owned()).unwrap(),
        nonce: [1; 12],
        ciphertext: (0..68).collect(),
    }
}

/// What is kept of the secret, made anew under version 3 of the keyring.
pub(crate) fn moved(secret: &StoredSecret) -> StoredSecret {
    let keyring = KeyringVersion::try_from("3".to_owned()).unwrap();
    match secret {
        StoredSecret::Digest { .. } => StoredSecret::Digest {
            keyring,
            mac: [8; 32],
        },
        StoredSecret::Sealed { .. } => StoredSecret::Sealed {
            keyring,
            nonce: [2; 12],
            ciphertext: (1..69).collect(),
        },
    }
}

pub(crate) fn resealed(secret: &StoredSecret) -> ApiKeyEvent {
    ApiKeyEvent::KeyResealed {
        secret: moved(secret),
        by: Actor::from(&operator()),
        at: minute(3),
    }
}

pub(crate) fn created() -> ApiKeyEvent {
    ApiKeyEvent::KeyCreated {
        id: key_id(),
        account: "acme".parse().unwrap(),
        name: name("Billing"),
        scheme: Scheme::Basic,
        secret: digest(),
        signing: None,
        by: administrator_of_acme(),
        at: minute(0),
    }
}

pub(crate) fn renamed(to: &str) -> ApiKeyEvent {
    ApiKeyEvent::KeyRenamed {
        name: name(to),
        by: administrator_of_acme(),
        at: minute(1),
    }
}

pub(crate) fn disabled() -> ApiKeyEvent {
    ApiKeyEvent::KeyDisabled {
        because: DisabledBecause::AccountSuspended,
        by: Actor::from(&operator()),
        at: minute(4),
    }
}

pub(crate) fn enabled() -> ApiKeyEvent {
    ApiKeyEvent::KeyEnabled {
        by: Actor::from(&operator()),
        at: minute(5),
    }
}

pub(crate) fn revoked(reason: Option<&str>) -> ApiKeyEvent {
    ApiKeyEvent::KeyRevoked {
        reason: reason.map(|reason| reason.parse().unwrap()),
        by: administrator_of_acme(),
        at: minute(2),
    }
}

pub(crate) fn opened(by: Actor) -> AccountEvent {
    AccountEvent::AccountOpened {
        id: "acme".parse().unwrap(),
        by,
        at: minute(0),
    }
}

pub(crate) fn verification_requested() -> AccountEvent {
    AccountEvent::VerificationRequested {
        by: administrator_of_acme(),
        at: minute(0),
    }
}

pub(crate) fn verified() -> AccountEvent {
    AccountEvent::AccountVerified {
        by: Actor::from(&operator()),
        at: minute(0),
    }
}

pub(crate) fn suspended() -> AccountEvent {
    AccountEvent::AccountSuspended {
        by: Actor::from(&operator()),
        at: minute(0),
    }
}

pub(crate) fn reinstated() -> AccountEvent {
    AccountEvent::AccountReinstated {
        by: Actor::from(&operator()),
        at: minute(0),
    }
}
