//! Who may administer keys.

use hubkeys_domain::account::Standing;
use hubkeys_domain::{Actor, NotAllowed, Role};

use crate::given::user;

#[test]
fn only_an_administrator_of_a_verified_account_may_administer_keys() {
    use NotAllowed::{AccountNotVerified, AccountSuspended, NotAdministrator};
    for (role, standing, refusal) in [
        (Role::Administrator, Standing::Verified, None),
        (
            Role::Administrator,
            Standing::Unverified,
            Some(AccountNotVerified),
        ),
        (
            Role::Administrator,
            Standing::VerificationRequested,
            Some(AccountNotVerified),
        ),
        (
            Role::Administrator,
            Standing::Suspended,
            Some(AccountSuspended),
        ),
        // A lesser user does not even learn how the account stands.
        (Role::Advanced, Standing::Verified, Some(NotAdministrator)),
        (Role::Advanced, Standing::Unverified, Some(NotAdministrator)),
        (
            Role::Advanced,
            Standing::VerificationRequested,
            Some(NotAdministrator),
        ),
        (Role::Advanced, Standing::Suspended, Some(NotAdministrator)),
        (Role::Basic, Standing::Verified, Some(NotAdministrator)),
        (Role::Basic, Standing::Unverified, Some(NotAdministrator)),
        (
            Role::Basic,
            Standing::VerificationRequested,
            Some(NotAdministrator),
        ),
        (Role::Basic, Standing::Suspended, Some(NotAdministrator)),
    ] {
        let decision = user("acme", role).administer_keys(standing);
        assert_eq!(
            decision.as_ref().err(),
            refusal.as_ref(),
            "{role:?}, {standing:?}"
        );
        if let Ok(proof) = decision {
            assert_eq!(proof.account().as_str(), "acme");
            assert_eq!(proof.actor(), Actor::from(&user("acme", role)));
        }
    }
}

#[test]
fn an_account_nobody_opened_has_no_keys_to_administer() {
    assert_eq!(Standing::default(), Standing::Unverified);
}
