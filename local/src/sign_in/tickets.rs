//! Secrets that are handed out and taken back: sessions, codes and refresh tokens. In memory only, bounded, and each good
//! until an instant. A restart forgets them all, and everybody signs in again.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::{SysError, SysRng};
use zeroize::Zeroizing;

/// Of each kind. More than a person and their tests need, and nothing that anybody could fill memory with.
const MOST: usize = 1_000;

/// What was handed out, the oldest first. All of one kind live equally long, so the oldest ends first, too.
pub(crate) struct Tickets<T> {
    lifetime: i64,
    issued: Mutex<VecDeque<Ticket<T>>>,
}

struct Ticket<T> {
    secret: Zeroizing<String>,
    ends_at: i64,
    stands_for: T,
}

impl<T: Clone> Tickets<T> {
    /// Each good for `lifetime` seconds.
    pub(crate) fn new(lifetime: i64) -> Self {
        Self {
            lifetime,
            issued: Mutex::default(),
        }
    }

    /// A new secret that stands for this.
    pub(crate) fn issue(&self, now: i64, stands_for: T) -> Result<Zeroizing<String>, SysError> {
        let secret = random()?;
        let mut issued = self.live(now);
        if issued.len() >= MOST {
            issued.pop_front();
        }
        issued.push_back(Ticket {
            secret: secret.clone(),
            ends_at: now.saturating_add(self.lifetime),
            stands_for,
        });
        Ok(secret)
    }

    /// What it stands for, if it is one of ours and in its time.
    pub(crate) fn read(&self, now: i64, secret: &str) -> Option<T> {
        self.change(now, secret, |found| found.clone())
    }

    /// Reads and changes what it stands for in one step, so that of two at once only one can be the first.
    pub(crate) fn change<R>(
        &self,
        now: i64,
        secret: &str,
        change: impl FnOnce(&mut T) -> R,
    ) -> Option<R> {
        let mut issued = self.live(now);
        let found = issued
            .iter_mut()
            .find(|ticket| ticket.secret.as_str() == secret)?;
        Some(change(&mut found.stands_for))
    }

    /// Forgets those that stand for such.
    pub(crate) fn revoke(&self, stands_for: impl Fn(&T) -> bool) {
        self.lock().retain(|ticket| !stands_for(&ticket.stands_for));
    }

    fn live(&self, now: i64) -> MutexGuard<'_, VecDeque<Ticket<T>>> {
        let mut issued = self.lock();
        issued.retain(|ticket| now < ticket.ends_at);
        issued
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Ticket<T>>> {
        // No panic can leave it half changed.
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 256 random bits as text.
pub(crate) fn random() -> Result<Zeroizing<String>, SysError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    SysRng.try_fill_bytes(bytes.as_mut_slice())?;
    Ok(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_good_until_its_end_and_not_after() {
        let tickets = Tickets::new(60);
        let secret = tickets.issue(1_000, "ada").unwrap();
        assert_eq!(secret.len(), 43);
        assert_eq!(tickets.read(1_059, &secret), Some("ada"));
        assert_eq!(tickets.read(1_059, "another"), None);
        assert_eq!(tickets.read(1_060, &secret), None);
    }

    #[test]
    fn the_oldest_make_room_so_that_memory_is_bounded() {
        let tickets = Tickets::new(60);
        let first = tickets.issue(0, 0).unwrap();
        let second = tickets.issue(0, 1).unwrap();
        for number in 2..=MOST {
            tickets.issue(0, number).unwrap();
        }
        assert_eq!(tickets.read(0, &first), None);
        assert_eq!(tickets.read(0, &second), Some(1));
        assert_eq!(tickets.lock().len(), MOST);
    }

    #[test]
    fn what_is_revoked_is_forgotten_and_the_rest_kept() {
        let tickets = Tickets::new(60);
        let ada = tickets.issue(0, "ada").unwrap();
        let bob = tickets.issue(0, "bob").unwrap();
        tickets.revoke(|user| *user == "ada");
        assert_eq!(tickets.read(0, &ada), None);
        assert_eq!(tickets.read(0, &bob), Some("bob"));
    }
}
