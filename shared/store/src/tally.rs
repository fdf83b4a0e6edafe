//! Counts of live keys, compared while the rows of an account pass by: without a read of their own, and without a list of all
//! accounts.
//!
//! It is right in whatever order rows come. Should those of an account not come together, its parts are compared each by itself,
//! and they agree only if the whole does: the count stands in one of them, so in every other there must be no live key. Where one
//! does not agree, the account is counted by itself, and that decides.

use hubkeys_domain::account::Account;

use crate::projection::Projected as _;
use crate::stored_event::Item;
use crate::transaction::keys_of;
use crate::views::{key_list, limits, number};
use crate::walk::RowPosition;

/// What was seen of an account.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) account: String,
    /// Live keys in its list.
    live: i64,
    /// What its count says.
    counted: i64,
    /// It was not seen whole, or something was there that should not be.
    pub(crate) doubtful: bool,
}

impl Tally {
    fn of(account: &str) -> Self {
        Self {
            account: account.to_owned(),
            ..Self::default()
        }
    }

    fn agrees(&self) -> bool {
        !self.doubtful && self.counted == self.live
    }
}

/// The accounts that have rows among these, in their order.
pub(crate) fn tallies(rows: &[Item]) -> Vec<Tally> {
    let mut tallies: Vec<Tally> = Vec::new();
    for row in rows {
        let (pk, sk) = keys_of(row);
        let Some(account) = pk.strip_prefix(Account::PREFIX) else {
            continue;
        };
        if tallies.last().is_none_or(|last| last.account != account) {
            tallies.push(Tally::of(account));
        }
        if let Some(tally) = tallies.last_mut() {
            if sk.starts_with(key_list::SORT_PREFIX) {
                tally.live += i64::from(limits::takes_place(row));
            } else if sk == limits::SORT_KEY {
                tally.counted += number(row, "live").unwrap_or(0);
            }
        }
    }
    tallies
}

/// The account that is being passed, in each segment.
pub(crate) struct Tallies(Vec<Option<Tally>>);

impl Tallies {
    /// Of a walk that goes on from these positions: what was seen before of an account is not known any more.
    pub(crate) fn of(positions: &[RowPosition]) -> Self {
        let open = positions.iter().map(|position| {
            let account = position.open_account.as_ref()?;
            Some(Tally {
                doubtful: true,
                ..Tally::of(account)
            })
        });
        Self(open.collect())
    }

    /// Takes up what a page showed. Gives the accounts that were passed and whose count does not agree with what was seen.
    pub(crate) fn pass(&mut self, segment: usize, page: Vec<Tally>, last: bool) -> Vec<String> {
        let Some(open) = self.0.get_mut(segment) else {
            return Vec::new();
        };
        let mut passed = Vec::new();
        for tally in page {
            match open {
                Some(open) if open.account == tally.account => {
                    open.live += tally.live;
                    open.counted += tally.counted;
                    open.doubtful |= tally.doubtful;
                }
                _ => passed.extend(open.replace(tally)),
            }
        }
        if last {
            passed.extend(open.take());
        }
        passed.retain(|tally| !tally.agrees());
        passed.into_iter().map(|tally| tally.account).collect()
    }

    /// The account that is being passed in this segment.
    pub(crate) fn account(&self, segment: usize) -> Option<String> {
        let open = self.0.get(segment)?.as_ref()?;
        Some(open.account.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(account: &str, live: i64, counted: i64) -> Tally {
        Tally {
            live,
            counted,
            ..Tally::of(account)
        }
    }

    fn passed(pages: Vec<Vec<Tally>>) -> Vec<String> {
        let mut open = Tallies::of(&[RowPosition::default()]);
        let last = pages.len() - 1;
        let pages = pages.into_iter().enumerate();
        pages
            .flat_map(|(number, page)| open.pass(0, page, number == last))
            .collect()
    }

    #[test]
    fn an_account_that_spans_pages_is_compared_once_and_whole() {
        let pages = || vec![vec![tally("acme", 2, 0)], vec![], vec![tally("acme", 3, 5)]];
        assert!(passed(pages()).is_empty());
        let mut wrong = pages();
        wrong[0][0].live += 1;
        assert_eq!(passed(wrong), ["acme"]);
    }

    #[test]
    fn parts_of_an_account_that_come_apart_agree_only_if_the_whole_does() {
        let other = || tally("globex", 0, 0);
        let apart = |first, second| passed(vec![vec![first, other(), second]]);
        assert!(apart(tally("acme", 0, 0), tally("acme", 5, 5)).is_empty());
        // 2 + 3 are 5 and not 3: the first part tells.
        assert_eq!(apart(tally("acme", 2, 0), tally("acme", 3, 3)), ["acme"]);
        // They would add up, but nobody added them: it is counted by itself.
        assert_eq!(
            apart(tally("acme", 2, 0), tally("acme", 3, 5)),
            ["acme", "acme"]
        );
    }

    #[test]
    fn an_account_that_was_being_passed_at_a_pause_is_counted_by_itself() {
        let open_account = Some("acme".to_owned());
        let position = crate::walk::Position::Start;
        let open = || {
            Tallies::of(&[RowPosition {
                position: position.clone(),
                open_account: open_account.clone(),
            }])
        };
        // The rest of its rows would agree, and so would none of them.
        assert_eq!(open().pass(0, vec![tally("acme", 3, 3)], true), ["acme"]);
        assert_eq!(open().pass(0, vec![tally("globex", 1, 1)], true), ["acme"]);
    }
}
